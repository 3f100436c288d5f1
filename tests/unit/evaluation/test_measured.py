"""What is measured of a candidate's answers."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.evaluation.document import document
from interlock.engine.evaluation.economics import cost_per_success
from interlock.engine.evaluation.measure import Identity, Observed, Terms, measure, not_measured, top_mistakes
from interlock.engine.evaluation.scored import Scored, ScoredCase, accuracy, mistakes
from interlock.engine.evaluation.slices import risky_slices
from interlock.engine.evaluation.words import (
    budget_percent,
    lines_in_words,
    percent,
    proved_percent,
    usd,
    whole_percents,
)
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import CandidateKind, Mistake

TERMS = Terms(budget=0.02, promise=Promise.JOINT, delta=0.05, cost_wrong_usd=50.0, cost_review_usd=2.0)
IDENTITY = Identity("one", CandidateKind.SMALL_MODEL, 2, "It is one.")


def case(confidence: float, *, right: bool = True, line: int = 2, text: str = "t", channel: str = "") -> ScoredCase:
    at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=line)
    return ScoredCase(line, text, "a", "a" if right else "b", confidence, at, {"channel": channel})


def scored(*pairs: tuple[float, bool]) -> Scored:
    return Scored.of([case(confidence, right=right, line=line) for line, (confidence, right) in enumerate(pairs, 2)])


def columns(*pairs: tuple[float, bool]) -> tuple[list[float], list[bool]]:
    return [confidence for confidence, _ in pairs], [not right for _, right in pairs]


def test_mistakes_are_the_surest_first_and_short() -> None:
    cases = Scored.of([case(0.2, right=False), case(0.9), case(0.7, right=False, line=9, text="x  y\n" + "z" * 400)])
    first, second = mistakes(cases)
    assert (first.line, second.line) == (9, 2)
    assert first == Mistake(9, "x y " + "z" * 295 + "…", "a", "b", 0.7)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=200))
def test_the_curve_never_cuts_a_tie_and_ends_at_everything(pairs: list[tuple[float, bool]]) -> None:
    curve = risk_coverage(*columns(*pairs))
    assert len(curve) <= 60
    for point in curve:
        above = [right for confidence, right in pairs if confidence >= point.threshold]
        assert point.share == pytest.approx(len(above) / len(pairs))
        assert point.error == rate(above.count(False), len(above))
    assert curve[-1].share == 1.0
    assert 1 - (curve[-1].error.value or 0) == pytest.approx(accuracy(scored(*pairs)).value or 0)


def test_the_curve_has_at_most_sixty_points() -> None:
    assert len(risk_coverage(*columns(*((number / 1000, True) for number in range(1000))))) == 60
    assert risk_coverage([], []) == ()


def test_slices_are_ordered_by_what_is_sure_about_them() -> None:
    cases = [case(0.9, right=number >= 10, line=number, channel="mail") for number in range(40)]
    cases += [case(0.9, line=number, channel="chat") for number in range(40)]
    cases += [case(0.9, right=False, channel="fax") for _ in range(19)]
    cases += [case(0.1, right=False, channel="mail") for _ in range(30)]
    found = risky_slices(Scored.of(cases), threshold=0.5)
    named = [(part.name, part.wrong, part.error.n) for part in found if part.name.startswith("channel")]
    assert named == [("channel: mail", 10, 40), ("channel: chat", 0, 40)]
    lows = [part.error.low or 0.0 for part in found]
    assert lows == sorted(lows, reverse=True)


def test_cost_per_success_counts_everything() -> None:
    cases = scored(*[(0.9, True)] * 58, *[(0.9, False)] * 2, *[(0.1, False)] * 40)
    found = cost_per_success(cases, threshold=0.5, cost_wrong_usd=50.0, cost_review_usd=2.0, cost_per_case_usd=0.1)
    assert found.value == pytest.approx((100 * 0.1 + 40 * 2.0 + 2 * 50.0) / 98)
    assert found.low is not None
    assert found.high is not None
    assert found.low < (found.value or 0) < found.high
    assert found.n == 100


def test_all_wrong_has_no_cost_per_success() -> None:
    cases = scored(*[(0.9, False)] * 10)
    found = cost_per_success(cases, threshold=0.5, cost_wrong_usd=1.0, cost_review_usd=1.0, cost_per_case_usd=None)
    assert (found.value, found.high) == (None, None)


def observed(calibration: Scored, evaluation: Scored | None) -> Observed:
    return Observed(calibration, evaluation, (5.0,) * 100, 1.5, 0.01, ("a note",))


def test_every_budget_has_both_promises() -> None:
    sure = scored(*[(0.5 + number / 4000, True) for number in range(1900)], *[(0.1, False)] * 100)
    found = measure(IDENTITY, observed(sure, sure), TERMS, facts=(("C", "20"),))
    asked = [(shown.certificate.budget, shown.certificate.promise) for shown in found.certificates]
    assert asked == [(budget, promise) for budget in (0.005, 0.01, 0.02, 0.05) for promise in Promise]
    joint = found.certificates[5]
    assert joint.certificate.share == 0.95
    assert joint.evaluation_share == rate(1900, 2000)
    assert joint.evaluation_risk == rate(0, 2000)
    assert found.certificates[4].evaluation_risk == rate(0, 1900)
    assert (found.latency_p95_ms and found.latency_p95_ms.value, found.fit_seconds) == (5.0, 1.5)
    assert (found.facts, found.notes) == ((("C", "20"),), ("a note",))


def test_an_own_budget_is_certified_beside_the_usual_ones() -> None:
    terms = Terms(0.03, Promise.JOINT, 0.05, 50.0, 2.0)
    assert terms.budgets == (0.005, 0.01, 0.02, 0.03, 0.05)


def test_without_an_evaluation_set_nothing_is_checked() -> None:
    found = measure(IDENTITY, observed(scored(*[(0.9, True)] * 400), None), TERMS)
    assert {(shown.evaluation_share, shown.evaluation_risk) for shown in found.certificates} == {(None, None)}
    assert found.accuracy == rate(400, 400)


def test_nothing_certified_means_no_slices_and_no_cost() -> None:
    found = measure(IDENTITY, observed(scored(*[(0.9, True)] * 10), None), TERMS)
    assert (found.slices, found.cost_per_success_usd) == ((), None)


def test_top_mistakes_tell_whether_they_alone_are_in_the_way() -> None:
    few = scored(*[(1.0, False)] * 5, *[(0.9 - number / 10_000, True) for number in range(400)])
    strict = Terms(0.008, Promise.SELECTIVE, 0.05, 50.0, 2.0)
    assert top_mistakes(few, strict).lines == (2, 3, 4, 5, 6)
    assert top_mistakes(few, strict).alone
    many = scored(*[(1.0, False)] * 200, *[(0.9, True)] * 400)
    assert not top_mistakes(many, strict).alone


def test_the_document_is_plain() -> None:
    found = document(not_measured(IDENTITY, "no such host"))  # type: ignore[arg-type] # any record will do
    assert (found["schema_version"], found["kind"], found["unavailable"]) == (1, "small model", "no such host")
    assert found["certificates"] == []


def test_figures_in_words() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.02, 0.0994, 0.716, 1.0)] == [
        "0 %", "0.4 %", "2 %", "9.9 %", "72 %", "100 %",
    ]  # fmt: skip
    assert (budget_percent(0.0025), usd(0.004), usd(1234.5)) == ("0.25 %", "USD 0.0040", "USD 1,234.50")
    assert lines_in_words((3, 14, 15)) == "lines 3, 14 and 15"
    assert whole_percents(0.001) == ("less than 1 %", "more than 99 %")
    assert whole_percents(0.29) == ("29 %", "71 %")


@settings(deadline=None)
@given(st.floats(0.01, 1.0))
def test_a_proved_share_is_never_shown_larger_than_it_is(share: float) -> None:
    shown = int(proved_percent(share).removesuffix(" %"))
    assert shown <= 100 * share + 1e-6 < shown + 1 + 1e-6
