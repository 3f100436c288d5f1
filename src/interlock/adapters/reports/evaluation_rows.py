"""The rows of an evaluation's tables, every figure in the words it is shown in."""

from collections.abc import Iterable
from dataclasses import dataclass

from interlock.adapters.reports import pictures
from interlock.adapters.reports.shapes import Shape
from interlock.terms import words
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import CandidateEvaluation, Evaluation, Role
from interlock.terms.words import Shown

MISTAKE_MAX = 280
ROLE_NAMES = {
    Role.TEXT: "text of the case",
    Role.LABEL: "what people decided",
    Role.PREDICTION: "recorded proposal",
    Role.CONFIDENCE: "recorded confidence",
    Role.GROUP: "cases that belong together",
    Role.TIME: "time",
    Role.SLICE: "parts to compare",
}

ASSUMPTION_NAMES = {
    "cost_wrong_usd": "Cost of a wrong action",
    "cost_review_usd": "Cost of a review",
    "automatic_per_day": "Volume",
    "budget": "Error budget",
    "drift_error_rate": "Error rate after a drift",
    "drifts_per_day": "How often drift comes",
    "audits_to_detect": "How soon it is seen",
}


@dataclass(frozen=True, slots=True)
class BakeOffRow:
    """One candidate of the bake-off; `unavailable` is the reason where it was not measured."""

    name: str
    recommended: bool
    kind: str
    description: str
    unavailable: str
    accuracy: Shown
    accuracy_bar: tuple[Shape, ...]
    latency_p50: Shown
    latency_p95: Shown
    fit: str
    cost_case: str
    cost_success: Shown
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One part of the evaluation set."""

    name: str
    wrong: str
    error: Shown
    bar: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class MistakeRow:
    """One confident mistake; `cut` says how long the text is where only its beginning is shown."""

    line: str
    text: str
    cut: str
    decided: str
    proposed: str
    confidence: str


def bake_off(evaluation: Evaluation) -> tuple[BakeOffRow, ...]:
    """Every candidate, the simplest first."""
    return tuple(
        BakeOffRow(
            name=c.name,
            recommended=c.name == evaluation.recommendation.candidate,
            kind=c.kind.value,
            description=c.description,
            unavailable=c.unavailable or "",
            accuracy=words.share_shown(c.accuracy),
            accuracy_bar=pictures.interval_bar(c.accuracy, high=1.0),
            latency_p50=words.latency_shown(c.latency_p50_ms),
            latency_p95=words.latency_shown(c.latency_p95_ms),
            fit=words.NOT_MEASURED if c.fit_seconds is None else words.seconds(c.fit_seconds),
            cost_case="not known" if c.cost_per_case_usd is None else words.money(c.cost_per_case_usd),
            cost_success=words.money_shown(c.cost_per_success_usd),
            notes=c.notes,
        )
        for c in sorted(evaluation.candidates, key=lambda c: c.complexity)
    )


def slices(evaluation: Evaluation, subject: CandidateEvaluation | None) -> tuple[SliceRow, ...]:
    """The parts of the evaluation set, riskiest first, with bars on one common scale."""
    parts = subject.slices if subject else ()
    high = max(pictures.bars_high([part.error for part in parts]), evaluation.budget) * 1.05
    return tuple(
        SliceRow(
            name=part.name,
            wrong=f"{words.count(part.wrong)} of {words.count(part.error.n)}",
            error=words.share_shown(part.error),
            bar=pictures.interval_bar(part.error, high=high, limit=evaluation.budget),
        )
        for part in parts
    )


def mistakes(subject: CandidateEvaluation | None) -> tuple[MistakeRow, ...]:
    """The mistakes made with most confidence."""
    return tuple(
        MistakeRow(
            line=words.count(m.line),
            text=words.shorten(m.text, MISTAKE_MAX),
            cut="" if len(m.text) <= MISTAKE_MAX else f"the whole text has {words.count(len(m.text))} characters",
            decided=words.shorten(m.decided, MISTAKE_MAX),
            proposed=words.shorten(m.proposed, MISTAKE_MAX),
            confidence=f"{m.confidence:.3f}",
        )
        for m in (subject.mistakes if subject else ())
    )


def source_rows(evaluation: Evaluation) -> tuple[tuple[str, str, str], ...]:
    """Where every row of the file went: what, how many, which lines."""
    source, split = evaluation.source, evaluation.split
    spare = source.rows_used - split.n_train - split.n_calibration - split.n_evaluation
    used_by = (("to learn from", split.n_train), ("to certify", split.n_calibration), ("to judge", split.n_evaluation))
    return (
        ("Rows read", words.count(source.rows_read), ""),
        *((e.reason, f"−{words.count(e.rows)}", words.lines_of(e.lines, e.rows)) for e in source.exclusions),
        *((("Not in the sample", f"−{words.count(source.rows_not_sampled)}", ""),) if source.rows_not_sampled else ()),
        ("Cases used", words.count(source.rows_used), ""),
        *((f"of these {name}", words.count(n), "") for name, n in used_by),
        *((("of these in no set", words.count(spare), "left out by the split below"),) if spare > 0 else ()),
    )


def column_rows(evaluation: Evaluation) -> tuple[tuple[str, str, str, str], ...]:
    """What each column was taken for: role, columns, guessed or given, why."""
    return tuple(
        (ROLE_NAMES[c.role], ", ".join(c.columns) or "none", "guessed" if c.guessed else "given", c.why)
        for c in evaluation.columns
    )


def assumption_rows(evaluation: Evaluation) -> tuple[tuple[str, str, str], ...]:
    """What the audit plan rests on: name, value with unit, origin."""
    assumptions = evaluation.audit.assumptions if evaluation.audit else ()
    return tuple((assumption_name(a.name), words.quantity(a.value, a.unit), a.origin) for a in assumptions)


def assumption_name(name: str) -> str:
    """An assumption as people call it; names that are words already stay."""
    return ASSUMPTION_NAMES.get(name, name.replace("_", " "))


def interval_methods(evaluation: Evaluation) -> str:
    """How the intervals on the page were made: `95 %: Wilson score; bootstrap`."""
    by_level: dict[float, set[str]] = {}
    for estimate in _estimates(evaluation.candidates):
        if estimate is not None and estimate.low is not None and estimate.method:
            by_level.setdefault(estimate.level, set()).add(estimate.method)
    said = (f"{words.percent_exact(level)}: {'; '.join(sorted(made))}" for level, made in sorted(by_level.items()))
    return ". ".join(said)


def _estimates(candidates: Iterable[CandidateEvaluation]) -> Iterable[Estimate | None]:
    for c in candidates:
        yield from (c.accuracy, c.latency_p50_ms, c.latency_p95_ms, c.cost_per_success_usd)
        yield from (part.error for part in c.slices)
        yield from (point.error for point in c.risk_coverage)
        yield from (certified.evaluation_risk for certified in c.certificates)
