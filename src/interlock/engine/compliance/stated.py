"""Controls that are in force where a definition says so. None: the workflow is not concerned."""

from collections.abc import Callable, Mapping

from interlock.engine.instruments.probes import PROBES, Facts, Probed
from interlock.engine.rollout.gate import check_undo
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.probes.stated import harm_reviewed
from interlock.engine.timestamp import moment
from interlock.terms.evidence import Verdict
from interlock.terms.gate import GateCheck
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage

DAYS_OF_SIX_MONTHS = 184  # the longest that six months can be

Ask = Callable[[Standing, str], Probed | None]


def acting(standing: Standing) -> bool:
    """Whether it handles cases, or is past being an idea: what runs without authority counts, too."""
    return standing.stage is not RolloutStage.EXPLORATION or standing.grant is not None or standing.live_by_drift


def of_acting(ask: Ask) -> Ask:
    """The same, asked of those only that act."""
    return lambda standing, as_of: ask(standing, as_of) if acting(standing) else None


def recorded(name: str, there: str) -> Ask:
    """What a probe of the instruments says; where it finds nothing missing it is `there`."""
    probe = PROBES[name]

    def ask(standing: Standing, as_of: str) -> Probed:
        del as_of
        found = probe(Facts(standing, (), "", None))
        return Probed(there=True, says=there) if found is None else found

    return ask


def said(what: str, *read: Callable[[Standing], object]) -> Ask:
    """Whether everything that `read` reads from a definition is there."""

    def ask(standing: Standing, as_of: str) -> Probed:
        del as_of
        whole = all(each(standing) for each in read)
        return Probed(there=whole, says=f"{what} {'is' if whole else 'is not'} on record")

    return ask


def _harm(standing: Standing, as_of: str) -> Probed:
    check = GateCheck("thresholds by risk", "", "harm reviewed", "")
    found = harm_reviewed(check, GateFacts(standing.definition, standing.release, moment(as_of)))
    return Probed(there=found.verdict is Verdict.PASSED, says=found.reason)


def _undo(standing: Standing, as_of: str) -> Probed:
    del as_of
    found = check_undo(standing.definition)
    return Probed(there=standing.definition.effect_planned and found.verdict is Verdict.PASSED, says=found.reason)


def _vendors(standing: Standing, as_of: str) -> Probed | None:
    if not standing.definition.initiative.vendors:
        return None
    return recorded("vendors-covered", "each vendor has an agreement, an exit and an owner")(standing, as_of)


def _risk_thresholds(standing: Standing, as_of: str) -> Probed:
    del as_of
    risks = standing.definition.initiative.risks
    bare = [risk.risk for risk in risks if not (risk.mitigation and risk.threshold)]
    if bare or not risks:
        return Probed(there=False, says=f"without mitigation or threshold: {', '.join(bare)}" if bare else "no risk")
    return Probed(there=True, says=f"{len(risks)} with mitigation and threshold")


def _limits(standing: Standing, as_of: str) -> Probed:
    del as_of
    limits = standing.definition.limits
    counted = limits.always_review or limits.forbidden or limits.applied_per_day is not None
    there = bool(counted or limits.at_the_edge or limits.novelty_review_below is not None)
    return Probed(there=there, says="limits bind each decision" if there else "no limit is set")


def _service_levels(standing: Standing) -> bool:
    levels = standing.definition.initiative.service_levels
    return any(
        level is not None
        for level in (
            levels.latency_p95_ms,
            levels.success_min_share,
            levels.availability_min_share,
            levels.cost_per_success_max_usd,
        )
    )


def _guardrails(standing: Standing) -> bool:
    guards = standing.definition.initiative.guardrails
    return all((guards.input_limits, guards.output_policy, guards.refusal, guards.fallback))


def _minimised(standing: Standing) -> bool:
    data = standing.definition.initiative.data
    return data is not None and bool(data.minimised_by) and bool(data.may_not_leave)


def _spending(standing: Standing) -> bool:
    planned = standing.definition.initiative.spending
    return None not in (planned.compute_usd, planned.last_mile_usd, planned.being_wrong_usd)


STATED: Mapping[str, tuple[str, str, Ask]] = {
    "problem-stated": ("The problem is stated", "value", recorded("problem-stated", "the problem is stated")),
    "alternative-stated": (
        "A way without AI is named",
        "value",
        recorded("alternative-stated", "a way without AI is named"),
    ),
    "kpi-set": ("A KPI has baseline, target and date", "value", recorded("kpi-with-baseline-and-target", "")),
    "steps-mapped": ("Each step says who does it", "delivery", recorded("steps-mapped", "steps say who does them")),
    "harm-named": ("Harm is named step by step", "safety", _harm),
    "data-owned": ("Data has an owner", "delivery", recorded("data-owned", "the data has an owner")),
    "data-policy-stated": (
        "Purpose and legal basis of data are stated",
        "delivery",
        recorded("data-policy-stated", "purpose and legal basis are stated"),
    ),
    "data-minimised": (
        "Data is minimised and may not leave",
        "delivery",
        said("what minimises data and what may not leave", _minimised),
    ),
    "retention-set": (
        "Content is kept for a limited time",
        "safety",
        said("how long content is kept", lambda one: one.definition.retention_days is not None),
    ),
    "logs-six-months": (
        "Content is kept for six months at least",
        "safety",
        said(
            "content for six months",
            lambda one: (one.definition.retention_days or DAYS_OF_SIX_MONTHS) >= DAYS_OF_SIX_MONTHS,
        ),
    ),
    "risks-owned": ("Each risk has an owner", "safety", recorded("risks-owned", "each risk has an owner")),
    "risk-thresholds-set": ("Each risk has mitigation and threshold", "safety", _risk_thresholds),
    "vendors-covered": ("Each vendor has agreement, exit and owner", "value", _vendors),
    "guardrails-stated": ("User-facing guardrails are stated", "safety", said("every guardrail", _guardrails)),
    "oversight-stated": (
        "It is said how people watch",
        "safety",
        said("how people watch", lambda one: one.definition.initiative.oversight),
    ),
    "spending-planned": ("Money is planned in three buckets", "value", said("money in three buckets", _spending)),
    "service-levels-set": ("Service levels are promised", "delivery", said("a service level", _service_levels)),
    "owners-named": ("Value and safety owners are named", "value", recorded("owners-named", "")),
    "rights-named": ("Who may promote and resume is named", "value", recorded("rights-named", "")),
    "escalation-named": (
        "Whom to turn to is named",
        "safety",
        said("whom to turn to", lambda one: one.definition.owners.escalation),
    ),
    "budget-set": (
        "An error budget is set",
        "safety",
        of_acting(said("an error budget", lambda one: one.definition.budget_planned)),
    ),
    "parts-named": (
        "What acts is named by digest",
        "delivery",
        of_acting(said("what acts (model, prompt, tools)", lambda one: one.definition.acts)),
    ),
    "undo-planned": ("What is done can be undone, or that it cannot is signed", "safety", of_acting(_undo)),
    "limits-set": ("Limits bind each decision", "safety", of_acting(_limits)),
}
