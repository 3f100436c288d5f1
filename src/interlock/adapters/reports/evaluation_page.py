"""The page of an evaluation: the conclusion of each of its parts."""

from dataclasses import dataclass

from interlock.adapters.reports import evaluation_rows, pictures, promises
from interlock.adapters.reports.evaluation_rows import BakeOffRow, MistakeRow, SliceRow
from interlock.adapters.reports.figures import Figure, figures
from interlock.adapters.reports.plots import Plot
from interlock.terms import words
from interlock.terms.evaluation import CandidateEvaluation, Evaluation

TITLE_MAX = 170
NAME_MAX = 60


@dataclass(frozen=True, slots=True)
class EvaluationPage:
    """Everything that the template writes down; titles are conclusions."""

    evaluation: Evaluation
    subject: CandidateEvaluation | None
    title: str
    full_title: str
    figures: tuple[Figure, ...]
    risk: Plot | None
    promise_title: str
    promise_tables: tuple[promises.PromiseTable, ...]
    bake_off_title: str
    bake_off: tuple[BakeOffRow, ...]
    audit_title: str
    audit: Plot | None
    driver: str
    assumptions: tuple[tuple[str, str, str], ...]
    slices_title: str
    slices: tuple[SliceRow, ...]
    mistakes_title: str
    mistakes: tuple[MistakeRow, ...]
    source_title: str
    source_rows: tuple[tuple[str, str, str], ...]
    columns: tuple[tuple[str, str, str, str], ...]
    intervals: str


def page(evaluation: Evaluation) -> EvaluationPage:
    """The words of the page; no figure is computed here that the evaluation does not hold."""
    subject = subject_of(evaluation)
    sentence = " ".join(evaluation.recommendation.sentence.split())
    title = words.shorten(sentence, TITLE_MAX)
    slices = evaluation_rows.slices(evaluation, subject)
    mistakes = evaluation_rows.mistakes(subject)
    return EvaluationPage(
        evaluation=evaluation,
        subject=subject,
        title=title,
        full_title="" if title == sentence else sentence,
        figures=figures(evaluation, subject),
        risk=pictures.risk_coverage(evaluation, subject),
        promise_title=_promise_title(evaluation, subject),
        promise_tables=promises.tables(evaluation),
        bake_off_title=_bake_off_title(evaluation),
        bake_off=evaluation_rows.bake_off(evaluation),
        audit_title=_audit_title(evaluation),
        audit=pictures.audit_cost(evaluation.audit) if evaluation.audit else None,
        driver=evaluation_rows.assumption_name(evaluation.audit.driver) if evaluation.audit else "",
        assumptions=evaluation_rows.assumption_rows(evaluation),
        slices_title=_slices_title(slices),
        slices=slices,
        mistakes_title=_mistakes_title(mistakes),
        mistakes=mistakes,
        source_title=_source_title(evaluation),
        source_rows=evaluation_rows.source_rows(evaluation),
        columns=evaluation_rows.column_rows(evaluation),
        intervals=evaluation_rows.interval_methods(evaluation),
    )


def subject_of(evaluation: Evaluation) -> CandidateEvaluation | None:
    """The candidate that the page is about: the recommended one, else the most accurate that was measured."""
    named = (c for c in evaluation.candidates if c.name == evaluation.recommendation.candidate)
    return next(named, None) or most_accurate(evaluation)


def most_accurate(evaluation: Evaluation) -> CandidateEvaluation | None:
    """The candidate with the highest measured accuracy; the simpler one of equals."""
    measured = [
        (c.accuracy.value, -c.complexity, c)
        for c in evaluation.candidates
        if c.accuracy is not None and c.accuracy.value is not None
    ]
    return max(measured, key=lambda each: each[:2])[2] if measured else None


def _promise_title(evaluation: Evaluation, subject: CandidateEvaluation | None) -> str:
    mine = [
        c.certificate
        for c in (subject.certificates if subject else ())
        if c.certificate.promise is evaluation.promise and c.certificate.threshold is not None
    ]
    if not mine:
        return "Nothing may be automated on this evidence yet"
    asked = [c for c in mine if c.budget == evaluation.budget]
    widest = max(mine, key=lambda c: c.budget)
    shares = {c.budget: f"{words.percent(c.share)} within {words.percent_exact(c.budget)}" for c in (*asked, widest)}
    if not asked:
        shares = {evaluation.budget: f"nothing within {words.percent_exact(evaluation.budget)}"} | shares
    return f"May be automated: {', '.join(shares.values())} wrong"


def _bake_off_title(evaluation: Evaluation) -> str:
    ran = sum(1 for c in evaluation.candidates if c.unavailable is None)
    said = f"{ran} of {words.plural(len(evaluation.candidates), 'candidate')} could be measured"
    best = most_accurate(evaluation)
    return said if best is None else f"{said}; the most accurate is {words.shorten(best.name, NAME_MAX)}"


def _audit_title(evaluation: Evaluation) -> str:
    plan = evaluation.audit
    if plan is None:
        return "No audit share can be planned before something is certified"
    return f"Auditing {words.percent(plan.share)} of the automatic cases is expected to cost least"


def _slices_title(rows: tuple[SliceRow, ...]) -> str:
    if not rows:
        return "No parts to compare"
    return f"Riskiest part: {words.shorten(rows[0].name, NAME_MAX)}, {rows[0].wrong} wrong"


def _mistakes_title(rows: tuple[MistakeRow, ...]) -> str:
    if not rows:
        return "No confident mistake was found"
    return f"The surest mistake came with a confidence of {rows[0].confidence}"


def _source_title(evaluation: Evaluation) -> str:
    source = evaluation.source
    return f"{words.count(source.rows_used)} of {words.count(source.rows_read)} rows were used"
