"""The pictures of an evaluation: risk against share, cost against audit share, and the small bars inside tables."""

from collections.abc import Sequence

from interlock.adapters.reports.plots import Division, Line, Plot, Spot
from interlock.adapters.reports.scales import Axis
from interlock.adapters.reports.shapes import Dot, Path, Shape
from interlock.terms import words
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.estimate import Estimate
from interlock.terms.evaluation import AuditPlan, CandidateEvaluation, CurvePoint, Evaluation

POINTS_MAX = 40
BAR_WIDTH, BAR_HEIGHT = 120.0, 14.0


def risk_coverage(evaluation: Evaluation, lead: CandidateEvaluation | None) -> Plot | None:
    """Error rate among the most confident share of cases, every candidate; None where `lead` was not measured."""
    if lead is None or not _curve(lead):
        return None
    measured = [c for c in evaluation.candidates if _curve(c)]
    certificate = evaluation.recommendation.certificate
    certified = certificate if certificate is not None and certificate.threshold is not None else None
    lines = [_risk_line(c, lead=c is lead) for c in measured]
    budget = f"budget {words.percent_exact(evaluation.budget)}"
    levels: tuple[tuple[float, str], ...] = ((evaluation.budget, budget),)
    if evaluation.promise is Promise.JOINT:
        lines.append(Line(f"{budget} of all cases", _joint_limit(evaluation.budget), "limit"))
        levels = ()
    return Plot(
        caption="Error rate among the cases applied automatically",
        x=Axis("share applied automatically, surest cases first", "percent", low=0.0, high=1.0),
        y=Axis("wrong among them", "percent", low=0.0, high=_risk_high(evaluation, lead, certified)),
        lines=tuple(lines),
        spots=(_certified_spot(certified),) if certified else (),
        levels=levels,
        division=_division(certified) if certified else None,
        note=_risk_note(evaluation, lead, certified),
    )


def audit_cost(plan: AuditPlan) -> Plot | None:
    """Expected daily cost against the audit share; None where the plan has no curve."""
    curve = [p for p in plan.curve if p.share > 0]
    if len(curve) < 2:
        return None
    best = min(plan.curve, key=lambda p: abs(p.share - plan.share))
    high = min(max(p.total_cost_usd for p in curve), 4 * best.total_cost_usd)
    wide = curve[-1].share / curve[0].share >= 30
    return Plot(
        caption="Expected cost a day against audit share",
        x=Axis("share of automatic cases that a person audits", "percent", log=wide),
        y=Axis("expected cost, USD a day", "USD", low=0.0, high=high * 1.05 if high > 0 else None),
        lines=(
            Line("both together", tuple((p.share, p.total_cost_usd) for p in curve), "lead"),
            Line("audits", tuple((p.share, p.audit_cost_usd) for p in curve)),
            Line("drift until it is noticed", tuple((p.share, p.drift_cost_usd) for p in curve)),
        ),
        spots=(Spot(best.share, best.total_cost_usd, f"least: audit {words.percent(plan.share)}"),),
        note="More audits cost more reviews; fewer audits let drift run for longer before anybody notices."
        + (" The share axis is logarithmic." if wide else ""),
    )


def interval_bar(estimate: Estimate | None, *, high: float, limit: float | None = None) -> tuple[Shape, ...]:
    """A bar for a table row, from 0 to `high`: the interval, the value as a dot, the budget as a tick."""
    if estimate is None or estimate.value is None or high <= 0:
        return ()

    def at(value: float) -> float:
        return 3 + min(max(value / high, 0.0), 1.0) * (BAR_WIDTH - 6)

    middle = BAR_HEIGHT / 2
    shapes: list[Shape] = [Path(((3, middle), (BAR_WIDTH - 3, middle)), "track")]
    if limit is not None and limit <= high:
        shapes.append(Path(((at(limit), 1), (at(limit), BAR_HEIGHT - 1)), "bar-limit"))
    if estimate.low is not None and estimate.high is not None:
        shapes.append(Path(((at(estimate.low), middle), (at(estimate.high), middle)), "bar-interval"))
    shapes.append(Dot(at(estimate.value), middle, 3, "bar-dot"))
    return tuple(shapes)


def bars_high(estimates: Sequence[Estimate | None]) -> float:
    """A common right end for bars: the highest upper limit among them."""
    ends = [e.high if e.high is not None else e.value for e in estimates if e is not None]
    return max((end for end in ends if end is not None), default=0.0)


def _curve(candidate: CandidateEvaluation) -> tuple[CurvePoint, ...]:
    return tuple(p for p in candidate.risk_coverage if p.error.value is not None)


def thinned(curve: Sequence[CurvePoint], points_max: int = POINTS_MAX) -> tuple[CurvePoint, ...]:
    """At most `points_max` points, evenly chosen, with the first and the last."""
    if len(curve) <= points_max:
        return tuple(curve)
    last = len(curve) - 1
    return tuple(curve[round(i * last / (points_max - 1))] for i in range(points_max))


def _risk_line(candidate: CandidateEvaluation, *, lead: bool) -> Line:
    points = thinned(_curve(candidate))
    band = tuple(
        (p.share, p.error.low, p.error.high) for p in points if p.error.low is not None and p.error.high is not None
    )
    return Line(
        candidate.name,
        tuple((p.share, p.error.value) for p in points if p.error.value is not None),
        "lead" if lead else "other",
        band if lead and len(band) == len(points) else (),
    )


def _joint_limit(budget: float) -> tuple[tuple[float, float], ...]:
    """Error rate among automatic cases at which `budget` of all cases would be wrong: budget / share."""
    return tuple((share / 50, min(budget * 50 / share, 1.0)) for share in range(1, 51))


def _risk_high(evaluation: Evaluation, lead: CandidateEvaluation, certificate: Certificate | None) -> float:
    """The top of the picture: the leading curve with its band past the noisy first tenth; others may leave it."""
    settled = [p.error for p in _curve(lead) if p.share >= 0.1] or [p.error for p in _curve(lead)]
    tops = [max(e.value or 0.0, e.high or 0.0) for e in settled] + [3 * evaluation.budget]
    if certificate is not None:
        tops.append(_certified_spot(certificate).high or 0.0)
    return min(1.0, 1.08 * max(tops))


def _certified_spot(certificate: Certificate) -> Spot:
    of_above = certificate.share if certificate.promise is Promise.JOINT else 1.0
    bound = None if certificate.bound is None or not of_above else certificate.bound / of_above
    wrong = certificate.n_wrong_above / certificate.n_above if certificate.n_above else 0.0
    return Spot(certificate.share, wrong, "certified", wrong if bound is not None else None, bound)


def _division(certificate: Certificate) -> Division:
    share, rest = words.percent(certificate.share), words.percent(1 - certificate.share)
    return Division(
        certificate.share,
        (f"AI may apply {share} by itself", f"AI {share}", share),
        (f"a person decides {rest}", f"people {rest}", rest),
    )


def _risk_note(evaluation: Evaluation, lead: CandidateEvaluation, certificate: Certificate | None) -> str:
    said = [f"Measured on the evaluation set, n{words.NBSP}{words.count(evaluation.split.n_evaluation)}."]
    level = max(p.error.level for p in lead.risk_coverage)
    said.append(f"Band: {words.percent_exact(level)} interval of {words.shorten(lead.name, 60)}.")
    if evaluation.promise is Promise.JOINT:
        said.append("Limit: the budget of all cases, divided by the share applied.")
    if certificate is not None:
        said.append(
            f"Mark: {words.count(certificate.n_wrong_above)} wrong of {words.count(certificate.n_above)} on the"
            " calibration set, with its exact upper limit."
        )
    return " ".join(said)
