"""Running candidates: fit, answer, measure; one that fails is reported and the others go on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interlock.engine.evaluation.cases import CaseRow
from interlock.engine.evaluation.measure import Identity, Observed, mean_cost_usd
from interlock.engine.evaluation.scored import Scored, ScoredCase
from interlock.engine.evaluation.split import Division
from interlock.engine.evaluation.words import usd
from interlock.flows.evaluation.request import Needs, Request
from interlock.ports.candidates import Answer, Candidate
from interlock.ports.progress import silent
from interlock.terms.errors import Unavailable
from interlock.terms.evaluation import CandidateKind

TIMED_CASES_MAX = 200
WARM_UP_CASES = 3
OUTSIDE_EVALUATION_RATIO = 0.6
ERRORS_NAMED = 3

RECORDED = Identity(
    name="recorded predictions",
    kind=CandidateKind.RECORDED,
    complexity=1,
    description="The predictions and confidences that the file holds, as some AI made them; nothing was run.",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """A candidate's run, or why there was none. `facts` identify the release that was measured."""

    identity: Identity
    observed: Observed | None
    unavailable: str | None
    facts: tuple[tuple[str, str], ...] = ()


def run_candidate(
    candidate: Candidate, complexity: int, cases: Sequence[CaseRow], division: Division, request: Request, needs: Needs
) -> Ran:
    """Fit on the training cases, answer the others, time single cases."""
    identity = Identity(candidate.name, candidate.kind, complexity, candidate.description)
    train = [cases[index] for index in division.train]
    calibration, evaluation, notes = _asked(candidate, division, request)
    if candidate.kind is CandidateKind.EXTERNAL:
        texts = len(calibration) + len(evaluation)
        needs.watch.tell(
            f"{candidate.name}: up to {texts:,} texts and the examples of its prompt leave this machine. "
            f"{candidate.description}"
        )
    began = needs.clock()
    try:
        candidate.fit(
            [case.text for case in train],
            [case.label for case in train],
            progress=needs.watch.stage(f"{candidate.name}: learns from {len(train):,} cases"),
        )
    except Unavailable as exc:
        return Ran(identity, None, str(exc))
    fit_seconds = (needs.clock() - began).total_seconds()
    answers = candidate.answer(
        [cases[index].text for index in (*calibration, *evaluation)],
        progress=needs.watch.stage(
            f"{candidate.name}: answers {len(calibration):,} calibration and {len(evaluation):,} evaluation cases"
        ),
    )
    calibration_answers, evaluation_answers = answers[: len(calibration)], answers[len(calibration) :]
    observed = Observed(
        calibration=score([cases[index] for index in calibration], calibration_answers),
        evaluation=score([cases[index] for index in evaluation], evaluation_answers) if evaluation else None,
        latencies_ms=_latencies_ms(candidate, [cases[index].text for index in evaluation], evaluation_answers, needs),
        fit_seconds=fit_seconds,
        cost_per_case_usd=mean_cost_usd([answer.cost_usd for answer in answers]),
        notes=(*notes, *_notes_on(answers, candidate)),
    )
    return Ran(identity, observed, None, tuple(candidate.facts.items()))


def run_recorded(cases: Sequence[CaseRow], division: Division) -> Ran:
    """Take the predictions of the file as they are."""

    def recorded(indices: Sequence[int]) -> Scored:
        chosen = [cases[index] for index in indices]
        return Scored.of([_scored_case(case, case.prediction or "", case.confidence or 0.0) for case in chosen])

    observed = Observed(
        calibration=recorded(division.calibration),
        evaluation=recorded(division.evaluation) if division.evaluation else None,
        latencies_ms=(),
        fit_seconds=None,
        cost_per_case_usd=None,
        notes=("Latency and cost per case are unknown: the file does not say.",),
    )
    return Ran(RECORDED, observed, None)


def score(cases: Sequence[CaseRow], answers: Sequence[Answer]) -> Scored:
    """Hold answers against decisions; an error is not right and has confidence 0."""
    return Scored.of(
        [_scored_case(case, answer.label, answer.confidence) for case, answer in zip(cases, answers, strict=True)]
    )


def _scored_case(case: CaseRow, proposed: str, confidence: float) -> ScoredCase:
    return ScoredCase(
        line=case.line,
        text=case.text,
        decided=case.label,
        proposed=proposed,
        confidence=confidence,
        at=case.at,
        slices=dict(case.slices),
    )


def _asked(
    candidate: Candidate, division: Division, request: Request
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
    if candidate.kind is not CandidateKind.EXTERNAL:
        return division.calibration, division.evaluation, ()
    rng = np.random.default_rng([request.seed, request.outside_cases])
    calibration = _drawn(division.calibration, request.outside_cases, rng)
    evaluation = _drawn(division.evaluation, round(OUTSIDE_EVALUATION_RATIO * request.outside_cases), rng)
    note = (
        f"Asked {len(calibration):,} of {len(division.calibration):,} calibration and {len(evaluation):,} of "
        f"{len(division.evaluation):,} evaluation cases, drawn by the seed, to limit what it costs (--candidate-cases)."
    )
    return calibration, evaluation, (note,)


def _drawn(indices: tuple[int, ...], count: int, rng: np.random.Generator) -> tuple[int, ...]:
    if len(indices) <= count:
        return indices
    return tuple(sorted(int(index) for index in rng.choice(indices, size=count, replace=False)))


def _latencies_ms(
    candidate: Candidate, texts: Sequence[str], answers: Sequence[Answer], needs: Needs
) -> tuple[float, ...]:
    """Measured while answering where the candidate can tell, else one case at a time after a warm-up."""
    measured = tuple(answer.latency_ms for answer in answers if answer.latency_ms is not None)
    if measured or candidate.kind is CandidateKind.EXTERNAL or not texts:
        return measured
    for text in texts[:WARM_UP_CASES]:
        candidate.answer([text], progress=silent)
    timed = texts[:TIMED_CASES_MAX]
    progress = needs.watch.stage(f"{candidate.name}: one case at a time, for the latency")
    latencies: list[float] = []
    for number, text in enumerate(timed, start=1):
        latencies.extend(
            answer.latency_ms for answer in candidate.answer([text], progress=silent) if answer.latency_ms is not None
        )
        progress(number, len(timed))
    return tuple(latencies)


def _notes_on(answers: Sequence[Answer], candidate: Candidate) -> tuple[str, ...]:
    notes = []
    errors = Counter(answer.error for answer in answers if answer.error is not None)
    if errors:
        total = sum(errors.values())
        named = "; ".join(f"{count:,} times: {error}" for error, count in errors.most_common(ERRORS_NAMED))
        notes.append(
            f"{total:,} of {len(answers):,} answers could not be used; they count as not right, and such a case goes "
            f"to a person. {named}."
        )
    if candidate.kind is CandidateKind.EXTERNAL:
        costs = [answer.cost_usd for answer in answers if answer.cost_usd is not None]
        if costs:
            notes.append(f"This evaluation cost {usd(sum(costs))} for {len(costs):,} answers whose tokens were told.")
        else:
            notes.append("Its price is unknown and counts as nothing; add ?in=0.15&out=0.60 (USD per million tokens).")
    return tuple(notes)
