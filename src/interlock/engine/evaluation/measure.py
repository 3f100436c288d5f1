"""One candidate's measurements from its answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interlock.engine.evaluation.economics import cost_per_success
from interlock.engine.evaluation.scored import Scored, accuracy, mistakes, wrong_at_the_top
from interlock.engine.evaluation.slices import risky_slices
from interlock.engine.oversight.estimate import mean, quantile, rate
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.evaluation import CandidateEvaluation, CandidateKind, CertifiedShare

BUDGETS = (0.005, 0.01, 0.02, 0.05)
TOP = 5  # overconfident mistakes that are cited, and left out to see whether they are what stands in the way


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of every candidate: the promise wanted, what it may cost in errors, and the costs in USD.

    `delta` is what is left to each candidate; `confidence` is that of all certificates together.
    """

    budget: float
    promise: Promise
    delta: float
    cost_wrong_usd: float
    cost_review_usd: float
    confidence: float = 0.95

    @property
    def budgets(self) -> tuple[float, ...]:
        """The usual budgets and the one asked for, smallest first."""
        return tuple(sorted({*BUDGETS, self.budget}))


@dataclass(frozen=True, slots=True)
class Identity:
    """Which candidate it is."""

    name: str
    kind: CandidateKind
    complexity: int
    description: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What a candidate did.

    `evaluation` is None where nothing was kept apart; then figures are on the calibration set.
    """

    calibration: Scored
    evaluation: Scored | None
    latencies_ms: Sequence[float]
    fit_seconds: float | None
    cost_per_case_usd: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopMistakes:
    """What stands between a candidate and its certificate.

    `lines`: its most confident wrong calibration cases; `alone` says that without them there would be a certificate.
    """

    lines: tuple[int, ...]
    alone: bool


def measure(
    identity: Identity, observed: Observed, terms: Terms, *, facts: tuple[tuple[str, str], ...] = ()
) -> CandidateEvaluation:
    """All figures of one candidate on the same terms as every other."""
    shown = observed.evaluation or observed.calibration
    certificates = tuple(
        certified_share(observed, budget=budget, promise=promise, delta=terms.delta)
        for budget in terms.budgets
        for promise in (Promise.SELECTIVE, Promise.JOINT)
    )
    asked = asked_for(certificates, terms)
    threshold = asked.threshold
    latencies = list(observed.latencies_ms)
    return CandidateEvaluation(
        name=identity.name,
        kind=identity.kind,
        complexity=identity.complexity,
        description=identity.description,
        unavailable=None,
        accuracy=accuracy(shown),
        latency_p50_ms=quantile(latencies, 0.5) if latencies else None,
        latency_p95_ms=quantile(latencies, 0.95) if latencies else None,
        fit_seconds=observed.fit_seconds,
        cost_per_case_usd=observed.cost_per_case_usd,
        cost_per_success_usd=None
        if threshold is None
        else cost_per_success(
            shown,
            threshold=threshold,
            cost_wrong_usd=terms.cost_wrong_usd,
            cost_review_usd=terms.cost_review_usd,
            cost_per_case_usd=observed.cost_per_case_usd,
        ),
        certificates=certificates,
        risk_coverage=risk_coverage(shown.confidence, shown.wrong),
        slices=() if threshold is None else risky_slices(shown, threshold=threshold),
        mistakes=mistakes(shown),
        notes=observed.notes,
        facts=facts,
    )


def not_measured(identity: Identity, reason: str) -> CandidateEvaluation:
    """A candidate that could not be run: every figure is None or empty."""
    return CandidateEvaluation(
        name=identity.name,
        kind=identity.kind,
        complexity=identity.complexity,
        description=identity.description,
        unavailable=reason,
        accuracy=None,
        latency_p50_ms=None,
        latency_p95_ms=None,
        fit_seconds=None,
        cost_per_case_usd=None,
        cost_per_success_usd=None,
        certificates=(),
        risk_coverage=(),
        slices=(),
        mistakes=(),
    )


def certified_share(observed: Observed, *, budget: float, promise: Promise, delta: float) -> CertifiedShare:
    """Certify on the calibration set, then look at the evaluation set with the threshold as it stands."""
    certificate = certify(
        observed.calibration.confidence, observed.calibration.wrong, budget=budget, delta=delta, promise=promise
    )
    evaluation = observed.evaluation
    if certificate.threshold is None or evaluation is None or not len(evaluation.cases):
        return CertifiedShare(certificate, None, None)
    automatic = evaluation.confidence >= certificate.threshold
    n, n_automatic = len(automatic), int(automatic.sum())
    n_wrong = int((automatic & evaluation.wrong).sum())
    return CertifiedShare(
        certificate=certificate,
        evaluation_share=rate(n_automatic, n),
        evaluation_risk=rate(n_wrong, n if promise is Promise.JOINT else n_automatic),
    )


def asked_for(certificates: Sequence[CertifiedShare], terms: Terms) -> Certificate:
    """The certificate on the promise and budget asked for."""
    return next(
        share.certificate
        for share in certificates
        if share.certificate.budget == terms.budget and share.certificate.promise is terms.promise
    )


def top_mistakes(calibration: Scored, terms: Terms) -> TopMistakes:
    """The five most confident wrong calibration cases, and whether they alone prevent a certificate."""
    top = wrong_at_the_top(calibration, TOP)
    kept = np.ones(len(calibration.cases), dtype=np.bool_)
    kept[top] = False
    without = certify(
        calibration.confidence[kept],
        calibration.wrong[kept],
        budget=terms.budget,
        delta=terms.delta,
        promise=terms.promise,
    )
    lines = tuple(calibration.cases[index].line for index in top)
    return TopMistakes(lines=lines, alone=without.threshold is not None)


def mean_cost_usd(costs_usd: Sequence[float | None]) -> float | None:
    """Mean cost of a case; None where no case has a known cost."""
    known = [cost for cost in costs_usd if cost is not None]
    return mean(known).value if known else None
