"""What was certified, in words and rows: the table of budgets and promises, and each promise in one sentence."""

from dataclasses import dataclass

from interlock.terms import words
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import CandidateEvaluation, CertifiedShare, Evaluation
from interlock.terms.words import Shown

PROMISES = {
    Promise.SELECTIVE: "Of the cases that are applied automatically, at most the budget is wrong.",
    Promise.JOINT: "Of all incoming cases, at most the budget is both applied automatically and wrong.",
}
PROMISE_NAMES = {Promise.SELECTIVE: "Selective promise", Promise.JOINT: "Joint promise"}


@dataclass(frozen=True, slots=True)
class State:
    """A state in words with its sign; `tone` only picks the colour."""

    word: str
    sign: str
    tone: str


CONFIRMED = State("confirmed", "✓", "passed")
CONTRADICTED = State("contradicted", "✗", "failed")
CONSISTENT = State("consistent", "≈", "neutral")
NOT_CHECKED = State("not checked", "–", "neutral")


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One candidate under one budget; `none` says why nothing is certified and is empty where something is."""

    budget: str
    requested: bool
    none: str
    share: Shown
    share_number: float
    threshold: str
    wrong: str
    bound: str
    check_share: Shown
    check_risk: Shown
    check: State


@dataclass(frozen=True, slots=True)
class PromiseGroup:
    """The rows of one candidate."""

    candidate: str
    recommended: bool
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True, slots=True)
class PromiseTable:
    """One promise: what it says, and what every candidate may do under it."""

    name: str
    sentence: str
    requested: bool
    groups: tuple[PromiseGroup, ...]


def tables(evaluation: Evaluation) -> tuple[PromiseTable, ...]:
    """One table a promise, the requested promise and the recommended candidate first.

    Candidates without certificates are left to the bake-off.
    """
    order = sorted(Promise, key=lambda promise: promise is not evaluation.promise)
    made = (_table(evaluation, promise) for promise in order)
    return tuple(table for table in made if table.groups)


def _table(evaluation: Evaluation, promise: Promise) -> PromiseTable:
    groups = tuple(
        PromiseGroup(candidate.name, candidate.name == evaluation.recommendation.candidate, rows)
        for candidate in sorted(
            evaluation.candidates, key=lambda c: (c.name != evaluation.recommendation.candidate, c.complexity)
        )
        if (rows := _rows(evaluation, candidate, promise))
    )
    return PromiseTable(PROMISE_NAMES[promise], PROMISES[promise], promise is evaluation.promise, groups)


def _rows(evaluation: Evaluation, candidate: CandidateEvaluation, promise: Promise) -> tuple[PromiseRow, ...]:
    mine = (c for c in candidate.certificates if c.certificate.promise is promise)
    return tuple(_row(c, requested=c.certificate.budget == evaluation.budget) for c in mine)


def _row(certified: CertifiedShare, *, requested: bool) -> PromiseRow:
    certificate = certified.certificate
    denominator = certificate.n_above if certificate.promise is Promise.SELECTIVE else certificate.n_labelled
    return PromiseRow(
        budget=words.percent_exact(certificate.budget),
        requested=requested,
        none="" if certificate.threshold is not None else none_certified(certificate),
        share=certified_share(certificate),
        share_number=certificate.share,
        threshold="none" if certificate.threshold is None else words.confidence(certificate.threshold),
        wrong=f"{words.count(certificate.n_wrong_above)} of {words.count(denominator)}",
        bound=words.NOT_MEASURED if certificate.bound is None else words.percent(certificate.bound),
        check_share=words.share_shown(certified.evaluation_share),
        check_risk=words.share_shown(certified.evaluation_risk),
        check=check(certified.evaluation_risk, certificate.budget),
    )


def certified_share(certificate: Certificate) -> Shown:
    """The share that was certified, with its denominator."""
    if certificate.threshold is None:
        return Shown("none")
    return Shown(words.percent(certificate.share), f"n{words.NBSP}{words.count(certificate.n_labelled)}")


def none_certified(certificate: Certificate) -> str:
    """Why there is no threshold, and what would give one."""
    if certificate.labels_missing > 0:
        return f"none: {words.count(certificate.labels_missing)} more labelled cases needed"
    return f"none: too many errors among {words.plural(certificate.n_labelled, 'labelled case')}"


def check(risk: Estimate | None, budget: float) -> State:
    """How the evaluation set speaks to a promise: its whole interval within the budget, over it, or neither."""
    if risk is None or risk.value is None:
        return NOT_CHECKED
    if risk.high is not None and risk.high <= budget:
        return CONFIRMED
    if risk.low is not None and risk.low > budget:
        return CONTRADICTED
    return CONSISTENT
