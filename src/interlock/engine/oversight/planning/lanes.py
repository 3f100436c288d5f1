"""Which lane a step gets, and what that costs: being wrong against being slow."""

from collections.abc import Mapping
from dataclasses import dataclass

from interlock.engine.oversight.planning.audit_share import audit_share
from interlock.engine.oversight.wording import percent
from interlock.terms.evaluation import Assumption, AuditPlan
from interlock.terms.oversight_plan import Lane


@dataclass(frozen=True, slots=True)
class Sized:
    """A lane with its volumes a day and its costs in USD a day."""

    lane: Lane
    reasons: tuple[str, ...]
    audit: AuditPlan | None
    automatic: float
    novel: float
    unsure: float
    audits: float
    cost_usd: float
    all_reviewed_usd: float

    @property
    def reviews(self) -> float:
        """Looks by people a day."""
        return self.novel + self.unsure + self.audits


def chow_threshold(figures: Mapping[str, float]) -> float:
    """p_human + (C_review + C_delay) / C_wrong, at most 1: a case of a lower predicted error is better automatic.

    Chow 1970, "On optimum recognition error and reject tradeoff", with people who err as well.
    """
    slow_usd = figures["cost_review_usd"] + figures["cost_slow_usd"]
    return min(1.0, figures["person_error_share"] + slow_usd / figures["cost_wrong_usd"])


def size(
    figures: Mapping[str, float],
    *,
    budget: float,
    certify_at: float,
    reversible: bool | None,
    origins: Mapping[str, str],
) -> Sized:
    """The lane with the least review that a sceptic would accept, at these figures.

    People decide everything where the budget is not under Chow's threshold (what the budget allows to be wrong costs
    more than a look and its wait), and where audits and drift eat up what is saved. No threshold is needed only where a
    known share of errors over all cases is within `certify_at` and a wrong case can be taken back.
    """
    chow = chow_threshold(figures)
    if budget >= chow:
        return _people(figures, (_wrong_costs_more(figures, budget, chow),))
    lane, reason = _candidate_lane(figures, certify_at, reversible=reversible)
    share = 1.0 if lane is Lane.SAMPLE else figures["automatic_share"]
    automatic = figures["cases_per_day"] * (1.0 - figures["novelty_share"]) * share
    if automatic <= 0.0:
        return _people(figures, ("Every case is novel, and novel cases go to a person.",))
    audit = _audit_plan(figures, automatic, budget, origins)
    sized = _automatic(figures, lane, reason, audit, automatic)
    if sized.cost_usd >= sized.all_reviewed_usd:
        return _people(figures, (_audits_eat_it_up(sized),))
    return sized


def _people(figures: Mapping[str, float], reasons: tuple[str, ...]) -> Sized:
    cases = figures["cases_per_day"]
    novel = cases * figures["novelty_share"]
    cost_usd = cases * _look_usd(figures)
    return Sized(Lane.PERSON, reasons, None, 0.0, novel, cases - novel, 0.0, cost_usd, cost_usd)


def _look_usd(figures: Mapping[str, float]) -> float:
    """What a case costs that a person decides."""
    mistake_usd = figures["person_error_share"] * figures["cost_wrong_usd"]
    return figures["cost_review_usd"] + figures["cost_slow_usd"] + mistake_usd


def _candidate_lane(figures: Mapping[str, float], certify_at: float, *, reversible: bool | None) -> tuple[Lane, str]:
    error = figures.get("error_share")
    if error is None:
        return Lane.THRESHOLD, "How often it would be wrong without a threshold is unknown, so it needs one."
    if error > certify_at:
        return Lane.THRESHOLD, f"Without a threshold {percent(error)} would be wrong, over {percent(certify_at)}."
    if not reversible:
        known = "cannot be taken back" if reversible is False else "may be impossible to take back: nobody said"
        return Lane.THRESHOLD, f"A wrong case {known}, so only the surest are automatic."
    return (
        Lane.SAMPLE,
        f"Over all cases {percent(error)} is wrong, within {percent(certify_at)}, and can be taken back.",
    )


def _automatic(figures: Mapping[str, float], lane: Lane, reason: str, audit: AuditPlan, automatic: float) -> Sized:
    cases = figures["cases_per_day"]
    novel = cases * figures["novelty_share"]
    unsure = max(0.0, cases - novel - automatic)
    wrong = figures["error_share"] if lane is Lane.SAMPLE else figures["automatic_error_share"]
    at_best = next(point for point in audit.curve if point.share == audit.share)
    mistakes_usd = automatic * wrong * figures["cost_wrong_usd"]
    cost_usd = (novel + unsure) * _look_usd(figures) + mistakes_usd + at_best.total_cost_usd
    reasons = (
        f"Within the error budget being wrong costs less than being slow: cases with a predicted error under "
        f"{percent(chow_threshold(figures))} are better automatic.",
        reason,
    )
    audits = automatic * audit.share
    return Sized(lane, reasons, audit, automatic, novel, unsure, audits, cost_usd, cases * _look_usd(figures))


def _audit_plan(figures: Mapping[str, float], automatic: float, budget: float, origins: Mapping[str, str]) -> AuditPlan:
    weakest = "assumed" if origins["cases_per_day"].startswith("assumed") else origins["automatic_share"]
    return audit_share(
        cost_wrong_usd=figures["cost_wrong_usd"],
        cost_review_usd=figures["cost_review_usd"],
        automatic_per_day=automatic,
        budget=budget,
        drift_error_rate=figures["drift_error_rate"],
        drifts_per_day=1.0 / figures["days_between_drifts"],
        audits_to_detect=figures["audits_to_detect"],
        origins={
            "cost_wrong_usd": origins["cost_wrong_usd"],
            "cost_review_usd": origins["cost_review_usd"],
            "automatic_per_day": f"{weakest.partition(':')[0]}: cases per day x the share that is automatic",
            "budget": "given",
            "drift_error_rate": origins["drift_error_rate"],
            "drifts_per_day": origins["days_between_drifts"],
            "audits_to_detect": origins["audits_to_detect"],
        },
    )


def _wrong_costs_more(figures: Mapping[str, float], budget: float, chow: float) -> str:
    wrong_usd = budget * figures["cost_wrong_usd"]
    return (
        f"Being wrong costs more than being slow, so people stay in the loop: with {percent(budget)} wrong an "
        f"automatic case costs USD {wrong_usd:,.2f} in mistakes, a person's look USD {_look_usd(figures):,.2f}. Only "
        f"an error budget under {percent(chow)} could change that."
    )


def _audits_eat_it_up(sized: Sized) -> str:
    return (
        f"Automatic, with the audits that it needs, this would cost USD {sized.cost_usd:,.2f} a day, and USD "
        f"{sized.all_reviewed_usd:,.2f} if people decide everything: at this volume audits and undetected drift eat up "
        "what would be saved."
    )


def named(figures: tuple[Assumption, ...]) -> dict[str, float]:
    """Their values by name."""
    return {figure.name: figure.value for figure in figures}
