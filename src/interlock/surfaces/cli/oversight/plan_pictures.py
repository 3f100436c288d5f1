"""The pictures of a plan: cost against audit share, and being wrong against being slow."""

from interlock.engine.evaluation.words import percent
from interlock.terms.oversight_plan import StepPlan
from interlock.terms.story import Chart, Mark, Series

STEPS = 40


def audit_curve(step: StepPlan) -> Chart | None:
    """Expected cost a day against the audit share; None where nothing is automatic."""
    if step.audit is None:
        return None
    curve = step.audit.curve
    best = next(point for point in curve if point.share == step.audit.share)
    return Chart(
        caption=f"Expected cost a day of audits and undetected drift: {step.name}",
        x_label="share of automatic cases that a person audits",
        y_label="USD a day",
        series=(
            Series("both together", tuple((p.share, p.total_cost_usd) for p in curve)),
            Series("audits", tuple((p.share, p.audit_cost_usd) for p in curve)),
            Series("drift until it is seen", tuple((p.share, p.drift_cost_usd) for p in curve)),
        ),
        marks=(Mark(best.share, best.total_cost_usd, f"least: audit {percent(best.share)}"),),
        percent_x=True,
        log_x=True,
        y_high=1.05 * min(max(p.total_cost_usd for p in curve), 4 * best.total_cost_usd),
        note="More audits cost more reviews; fewer let drift run for longer before anybody sees it. The share axis is "
        "logarithmic.",
    )


def wrong_against_slow(step: StepPlan, budget: float) -> Chart:
    """What one case costs automatic and with a person, against its predicted error; they cross at Chow's threshold."""
    values = {figure.name: figure.value for figure in step.figures}
    wrong_usd = values["cost_wrong_usd"]
    look_usd = values["cost_review_usd"] + values["cost_slow_usd"] + values["person_error_share"] * wrong_usd
    chow = step.chow_threshold
    high = min(1.0, 2.5 * max(chow, budget))
    errors = sorted({high * i / STEPS for i in range(STEPS + 1)} | {chow, budget})
    errors = [error for error in errors if error <= high]
    return Chart(
        caption=f"Being wrong against being slow, one case: {step.name}",
        x_label="predicted error of the case",
        y_label="USD a case",
        series=(
            Series("automatic: being wrong", tuple((error, error * wrong_usd) for error in errors)),
            Series("a person: look, wait, own mistakes", tuple((error, look_usd) for error in errors)),
        ),
        marks=(
            Mark(chow, min(chow * wrong_usd, look_usd), f"Chow's threshold {percent(chow)}"),
            Mark(budget, budget * wrong_usd, f"error budget {percent(budget)}"),
        ),
        percent_x=True,
        note="Left of the crossing a case is cheaper automatic, right of it with a person.",
    )
