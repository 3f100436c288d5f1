"""How much to audit once something runs by itself."""

from collections.abc import Sequence

from interlock.engine.evaluation.cases import CaseRow
from interlock.engine.oversight.planning.audit_share import assumed_drift, audit_share
from interlock.flows.evaluation.request import Request
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.evaluation import AuditPlan, SourceFile

CASES_PER_DAY = 1_000.0
DAYS_BETWEEN_DRIFTS = 90.0
CONDITIONAL_BUDGET_MAX = 0.9


def plan_audits(
    certificate: Certificate, cases: Sequence[CaseRow], source: SourceFile, request: Request
) -> AuditPlan | None:
    """The audit share with the least expected cost for the recommended threshold."""
    if certificate.share <= 0:
        return None
    per_day = cases_per_day(cases, source)
    budget = certificate.budget
    if certificate.promise is Promise.JOINT:  # audits see automatic cases only: the budget as a share of those
        budget = budget / certificate.share
    budget = min(budget, CONDITIONAL_BUDGET_MAX)
    drifted, audits = assumed_drift(budget)
    return audit_share(
        cost_wrong_usd=request.cost_wrong_usd,
        cost_review_usd=request.cost_review_usd,
        automatic_per_day=(per_day or CASES_PER_DAY) * certificate.share,
        budget=budget,
        drift_error_rate=drifted,
        drifts_per_day=1 / DAYS_BETWEEN_DRIFTS,
        audits_to_detect=audits,
        origins={
            "cost_wrong_usd": _origin(given=request.cost_wrong_given),
            "cost_review_usd": _origin(given=request.cost_review_given),
            "automatic_per_day": "measured: cases a day in the file x certified share"
            if per_day
            else "assumed: 1,000 cases a day x certified share",
            "budget": "given, as a share of the automatic cases",
            "drift_error_rate": "assumed: a drift triples the error rate",
            "drifts_per_day": "assumed: one drift in 90 days",
            "audits_to_detect": "assumed: as simulated for the monitor at 2 %, in inverse proportion to the budget",
        },
    )


def cases_per_day(cases: Sequence[CaseRow], source: SourceFile) -> float | None:
    """Cases a day over the time that the file spans; None without times or with less than a day."""
    times = sorted(case.at for case in cases if case.at is not None)
    if len(times) < 2:
        return None
    days = (times[-1] - times[0]).total_seconds() / 86_400
    return (len(times) + source.rows_not_sampled) / days if days >= 1 else None


def _origin(*, given: bool) -> str:
    return "given" if given else "assumed"
