"""The bake-off as a flow: no files, no libraries that learn, candidates that answer by rule."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from interlock.flows.evaluation.evaluate import evaluate
from interlock.flows.evaluation.request import ColumnsAsked, Needs, Request
from interlock.ports.candidates import Answer, Candidate
from interlock.ports.progress import Progress, silent
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evaluation import CandidateKind, Evaluation, SourceFile
from interlock.terms.table import RawTable

NOW = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
COLUMNS = ("message", "team", "customer", "received", "guess", "sureness")
ASKED = ColumnsAsked(text=("message",), label="team", prediction="-", confidence="-", group="-", time="-")


def table(n: int, *, wrong_every: int = 0) -> RawTable:
    """Cases of two teams; every third message is vague. `guess` is the recorded answer, wrong where it is not sure."""
    rows = []
    for number in range(n):
        team = "cards" if number % 2 else "loans"
        vague = number % 3 == 0
        wrong = vague or (wrong_every and number % wrong_every == 0)
        message = f"{'vague' if vague else 'plain'} words about {team} number {number}"
        day = (dt.date(2024, 1, 1) + dt.timedelta(days=number // 10)).isoformat()
        guess = {"cards": "loans", "loans": "cards"}[team] if wrong else team
        rows.append((message, team, f"c{number // 2}", day, guess, "0.2" if vague else "0.9"))
    source = SourceFile("past.csv", "0" * 64, 1000, "CSV", n, n, 0, (), ())
    return RawTable(source, COLUMNS, tuple(rows), tuple(range(2, n + 2)))


class ByRule:
    """Sure and right on plain messages, unsure and wrong on vague ones."""

    description = "A rule."
    facts: Mapping[str, str] = {"rule": "1"}

    def __init__(self, name: str, kind: CandidateKind, *, sure: str = "plain", broken: str | None = None) -> None:
        self.name, self.kind, self._sure, self._broken = name, kind, sure, broken
        self.fitted = 0
        self.asked: list[int] = []

    def fit(self, texts: Sequence[str], labels: Sequence[str], *, progress: Progress) -> None:
        if self._broken:
            raise Unavailable(self._broken)
        self.fitted = len(texts)

    def answer(self, texts: Sequence[str], *, progress: Progress) -> Sequence[Answer]:
        self.asked.append(len(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Answer:
        if "number 7" in text and self.kind is CandidateKind.EXTERNAL:
            return Answer("", 0.0, error="the answer was not the schema", cost_usd=0.5)
        team = "cards" if "cards" in text else "loans"
        if self._sure in text:
            return Answer(team, 0.9, latency_ms=4.0, cost_usd=0.5 if self.kind is CandidateKind.EXTERNAL else None)
        return Answer("neither", 0.2, latency_ms=4.0)


class Listening:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.lines: list[str] = []

    def stage(self, name: str) -> Progress:
        self.stages.append(name)
        return silent

    def tell(self, line: str) -> None:
        self.lines.append(line)


def run(raw: RawTable, *candidates: Candidate, watch: Listening | None = None, **asked: object) -> Evaluation:
    def read(path: Path, *, rows_max: int, seed: int, skip_broken: bool, progress: Progress) -> RawTable:
        return raw

    ticks: Callable[[], dt.datetime] = lambda: NOW  # noqa: E731
    request = replace(Request(path=Path("past.csv"), columns=ASKED), **asked)  # type: ignore[arg-type]
    return evaluate(request, Needs(read, lambda: candidates, ticks, watch or Listening(), "1.2.3"))


def heuristic() -> ByRule:
    return ByRule("rule", CandidateKind.HEURISTIC)


def test_the_whole_answer() -> None:
    rule = heuristic()
    watch = Listening()
    found = run(table(3000), rule, watch=watch)
    assert found.recommendation.candidate == "rule"
    assert found.recommendation.sentence.startswith("At an error budget of 2 %, the rule may handle 6")
    assert (found.split.by, rule.fitted, found.created_at) == ("random", 1500, "2025-03-01T12:00:00+00:00")
    assert found.labels == (("cards", 1500), ("loans", 1500))
    assert (found.source.rows_used, found.interlock_version) == (3000, "1.2.3")
    (one,) = found.candidates
    assert (one.unavailable, one.complexity, one.facts) == (None, 1, (("rule", "1"),))
    assert (one.accuracy and one.accuracy.n, len(one.certificates)) == (600, 8)
    assert watch.stages[0] == "Reading past.csv"
    assert "label: team (given)" in watch.lines


def test_delta_is_spent_over_the_candidates_that_ran() -> None:
    broken = ByRule("gone", CandidateKind.EXTERNAL, broken="nobody listens")
    two = (heuristic(), ByRule("other", CandidateKind.SMALL_MODEL))
    watch = Listening()
    found = run(table(3000), *two, broken, watch=watch)
    deltas = {shown.certificate.delta for one in found.candidates for shown in one.certificates}
    assert deltas == {0.025}
    assert [one.unavailable for one in found.candidates] == [None, None, "nobody listens"]
    assert "unavailable: gone: nobody listens" in watch.lines
    assert any("best of 2 candidates" in line for line in found.assumptions)
    assert found.recommendation.candidate == "rule"


def test_when_nothing_can_run_there_is_no_answer() -> None:
    with pytest.raises(Unavailable, match=r"no candidate could be run \(gone: nobody listens\)"):
        run(table(3000), ByRule("gone", CandidateKind.EXTERNAL, broken="nobody listens"))


def test_an_outside_candidate_is_asked_a_sample_and_its_failures_are_counted() -> None:
    outside = ByRule("far", CandidateKind.EXTERNAL)
    found = run(table(3000), outside, outside_cases=200)
    assert outside.asked == [320]
    notes = " ".join(found.candidates[0].notes)
    assert "Asked 200 of 900 calibration and 120 of 600 evaluation cases" in notes
    assert "answers could not be used; they count as not right" in notes
    assert "times: the answer was not the schema" in notes
    assert found.candidates[0].cost_per_case_usd == 0.5


def test_recorded_predictions_need_no_candidate() -> None:
    def never() -> Sequence[Candidate]:
        raise AssertionError("nothing is to be fitted")

    columns = replace(ASKED, prediction="guess", confidence="sureness")
    request = Request(path=Path("past.csv"), columns=columns)
    needs = Needs(lambda path, **_: table(3000), never, lambda: NOW, Listening(), "1")
    found = evaluate(request, needs)
    (one,) = found.candidates
    assert (one.kind, found.split.n_train, found.split.n_calibration, found.split.n_evaluation) == (
        CandidateKind.RECORDED, 0, 3000, 0,
    )  # fmt: skip
    assert (one.accuracy and one.accuracy.n, one.accuracy and one.accuracy.value) == (3000, 2000 / 3000)
    assert {(shown.evaluation_share, shown.evaluation_risk) for shown in one.certificates} == {(None, None)}
    assert found.recommendation.certificate is not None
    assert found.recommendation.certificate.share == 2000 / 3000
    timed = evaluate(replace(request, columns=replace(columns, time="received")), needs)
    assert (timed.split.n_calibration, timed.split.n_evaluation) == (2100, 900)


def test_recorded_predictions_may_be_left_alone() -> None:
    columns = replace(ASKED, prediction="guess", confidence="sureness")
    found = run(table(3000), heuristic(), columns=columns, use_recorded=False)
    assert [one.name for one in found.candidates] == ["rule"]


def test_too_few_labels_are_told_before_anything_is_fitted() -> None:
    rule = heuristic()
    with pytest.raises(BadInput) as refusal:
        run(table(150), rule)
    assert str(refusal.value) == (
        "past.csv: too few labelled rows. 45 of them would calibrate; to prove an error budget of 2 % takes at least "
        "149 calibration cases without a mistake, which is a file of at least 497 labelled rows. This file has 150 "
        "labelled rows with 150 different texts. Label more past cases, or ask for a larger --budget."
    )
    assert rule.fitted == 0


def test_between_too_few_and_enough_the_missing_labels_are_counted() -> None:
    found = run(table(300), heuristic())
    assert found.recommendation.candidate is None
    assert "cannot be proved with 90 calibration cases; about 197 more labelled rows" in found.recommendation.sentence
    assert any(shown.certificate.threshold is not None for shown in found.candidates[0].certificates)


def test_groups_and_times_shape_the_split() -> None:
    found = run(table(3000), heuristic(), columns=replace(ASKED, group="customer", time="received"))
    assert (found.split.by, found.split.n_train, found.split.n_calibration, found.split.n_groups) == (
        "time", 1500, 450, 1500,
    )  # fmt: skip
    assert found.audit is not None
    known = {assumption.name: assumption for assumption in found.audit.assumptions}
    assert known["automatic_per_day"].origin.startswith("measured")
    share = found.recommendation.certificate.share if found.recommendation.certificate else 0.0
    assert known["automatic_per_day"].value == pytest.approx(3000 / 299 * share)
    assert known["budget"].value == pytest.approx(0.02 / share)


def test_the_promise_asked_for_is_the_one_recommended() -> None:
    found = run(
        table(3000), heuristic(), promise=Promise.SELECTIVE, budget=0.03, cost_wrong_usd=9.0, cost_wrong_given=True
    )
    certificate = found.recommendation.certificate
    assert certificate is not None
    assert (certificate.promise, certificate.budget) == (Promise.SELECTIVE, 0.03)
    assert found.audit is not None
    assert {assumption.name: assumption.value for assumption in found.audit.assumptions}["budget"] == 0.03
    assert "A wrong decision costs USD 9.00 (given)." in found.assumptions
    assert found.costs_assumed


def test_overconfident_mistakes_name_their_lines() -> None:
    raw = table(3000)
    rows = [
        (f"plain words about {'loans' if row[1] == 'cards' else 'cards'} number {n}", *row[1:]) if n % 4 else row
        for n, row in enumerate(raw.rows)
    ]
    found = run(replace(raw, rows=tuple(rows)), heuristic())
    assert found.recommendation.candidate is None
    assert "wrong too often" in found.recommendation.sentence
    assert "its surest mistakes: lines" in found.recommendation.reasons[0]
    assert len(found.candidates[0].mistakes) == 10


def test_same_seed_same_answer_other_seed_other_split() -> None:
    first, second = run(table(3000), heuristic(), seed=4), run(table(3000), heuristic(), seed=4)
    assert first == second
    assert run(table(3000), heuristic(), seed=5).candidates != first.candidates
