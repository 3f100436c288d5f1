"""Controls that are in force where records show them at work. None: the workflow is not concerned."""

import datetime as dt
from collections.abc import Mapping

from interlock.engine.compliance.stated import Ask, of_acting, recorded
from interlock.engine.instruments.probes import PROBES, Facts, Probed
from interlock.engine.reporting.figures import exact_limits
from interlock.engine.timestamp import moment, stamp
from interlock.terms.evidence import GateVerdict, Verdict
from interlock.terms.grant import AutonomyLevel
from interlock.terms.portfolio import Standing

DRILL_DAYS = 90  # where the definition sets no schedule of its own


def gate(name: str) -> Ask:
    """Whether a gate's newest verdict is passed, for the release in force."""

    def ask(standing: Standing, as_of: str) -> Probed:
        del as_of
        verdict = (standing.gates or {}).get(name)
        if verdict is None:
            return Probed(there=False, says=f"the gate '{name}' was never judged")
        seen = tuple(dict.fromkeys(digest for finding in verdict.findings for digest in finding.evidence))
        if verdict.release != standing.release:
            return Probed(there=False, says=f"the gate '{name}' was judged for another release", evidence=seen)
        passed = verdict.verdict is Verdict.PASSED
        return Probed(there=passed, says=f"the gate '{name}' is {verdict.verdict}{_why(verdict)}", evidence=seen)

    return ask


def _why(verdict: GateVerdict) -> str:
    left = (one for one in verdict.findings if one.verdict not in (Verdict.PASSED, Verdict.NOT_APPLICABLE))
    first = next(left, None)
    return "" if first is None else f": {first.reason}"


def check(gate_name: str, check_id: str) -> Ask:
    """Whether one check of a gate is passed, for the release in force; a waived one is not."""

    def ask(standing: Standing, as_of: str) -> Probed:
        del as_of
        verdict = (standing.gates or {}).get(gate_name)
        findings = verdict.findings if verdict is not None and verdict.release == standing.release else ()
        found = next((one for one in findings if one.check == check_id), None)
        if found is None:
            return Probed(there=False, says=f"'{check_id}' was not judged for this release")
        passed = found.verdict is Verdict.PASSED and not found.waived
        return Probed(there=passed, says=f"'{check_id}': {found.reason}", evidence=found.evidence)

    return ask


def sheet(instrument: str) -> Ask:
    """Whether an instrument was answered for the workflow."""

    def ask(standing: Standing, as_of: str) -> Probed:
        del as_of
        answered = (standing.sheets or {}).get(instrument)
        if answered is None or not answered.answers:
            return Probed(there=False, says=f"the {instrument} was not answered")
        return Probed(there=True, says=f"answered on {answered.at[:10]}", evidence=(f"entry {answered.entry}",))

    return ask


def _no_drift(standing: Standing, as_of: str) -> Probed:
    del as_of
    drifts = standing.live_by_drift
    return Probed(there=not drifts, says="cases are handled without a grant" if drifts else "nothing acts unallowed")


def _granted(standing: Standing, as_of: str) -> Probed:
    grant = standing.grant
    if grant is None or standing.live_by_drift:
        return Probed(there=False, says="no grant is in force")
    bound = grant.release == standing.release and as_of < grant.expires_at and bool(grant.evidence)
    words = f"granted by {grant.granted_by} until {grant.expires_at[:10]}"
    return Probed(
        there=bound, says=words if bound else f"{words}: not for this release or out of date", evidence=grant.evidence
    )


def _apart(standing: Standing, as_of: str) -> Probed | None:
    del as_of
    if standing.grant is None:
        return None
    by = standing.grant.granted_by
    apart = by != standing.proposed_by and by in standing.definition.rights.promote
    return Probed(there=apart, says=f"proposed by {standing.proposed_by}, granted by {by}")


def _audited(standing: Standing, as_of: str) -> Probed | None:
    del as_of
    grant = standing.grant
    if grant is None or grant.level in (AutonomyLevel.SHADOW, AutonomyLevel.ASSISTANT):
        return None  # people look at every case
    return Probed(there=grant.audit_share > 0, says=f"{grant.audit_share:.0%} of what is automatic is audited")


def _drilled(standing: Standing, as_of: str) -> Probed | None:
    days = standing.definition.rollout.drill_every_days or DRILL_DAYS
    since = stamp(moment(as_of) - dt.timedelta(days=days))
    return PROBES["kill-drilled"](Facts(standing, (), "", since))


def _within_budget(standing: Standing, as_of: str) -> Probed:
    del as_of
    runs = [run for run in standing.runs if run.release == standing.release]
    labelled, wrong = sum(run.labelled for run in runs), sum(run.wrong for run in runs)
    seen = tuple(run.evidence for run in runs)
    high = exact_limits(wrong, labelled)[1] if labelled else None
    there = high is not None and standing.definition.budget_planned and high <= standing.definition.budget.error
    return Probed(there=there, says=f"{wrong} of {labelled} labelled cases were wrong", evidence=seen)


def _kpi_measured(standing: Standing, as_of: str) -> Probed:
    del as_of
    own = [one for one in standing.measurements if not one.control]
    names = {kpi.name for kpi in standing.definition.initiative.kpis}
    left = sorted(names - {one.kpi for one in own})
    seen = tuple(one.evidence for one in own)
    there = bool(names) and not left
    return Probed(
        there=there, says=f"not measured: {', '.join(left) or 'no KPI'}" if not there else "measured", evidence=seen
    )


def _money(standing: Standing, as_of: str) -> Probed:
    del as_of
    seen = tuple(one.evidence for one in standing.expenses)
    return Probed(there=bool(seen), says=f"{len(seen)} expenses are on record", evidence=seen)


def _lessons(standing: Standing, as_of: str) -> Probed | None:
    del as_of
    closed = [one for one in standing.incidents if one.closed_at is not None]
    if not closed:
        return None
    left = sum(1 for one in closed if not one.lesson)
    seen = tuple(f"entry {one.entry}" for one in closed)
    return Probed(there=not left, says=f"{left} of {len(closed)} closed incidents have no lesson", evidence=seen)


def _waivers(standing: Standing, as_of: str) -> Probed | None:
    if not standing.waivers:
        return None
    past = [one.check for one in standing.waivers if one.expires_at <= as_of]
    seen = tuple(f"entry {one.entry}" for one in standing.waivers)
    return Probed(there=not past, says=f"past their date: {', '.join(past) or 'none'}", evidence=seen)


RUNNING: Mapping[str, tuple[str, str, Ask]] = {
    "no-drift": ("Nothing acts without a grant", "safety", _no_drift),
    "authority-granted": ("Authority is granted on evidence of this release", "value", of_acting(_granted)),
    "duties-apart": ("Who grants is not who proposed", "value", _apart),
    "promotion-gate": ("The promotion gate passed for this release", "safety", of_acting(gate("limited live"))),
    "data-gate": ("The gate on data fitness passed", "delivery", of_acting(gate("data fitness"))),
    "privacy-gate": ("The gate on privacy and law passed", "safety", of_acting(gate("privacy and legal"))),
    "model-gate": ("The gate on model selection passed", "delivery", of_acting(gate("model selection"))),
    "guardrails-gate": ("The gate on guardrails passed", "safety", of_acting(gate("guardrails"))),
    "people-gate": ("The gate on people in the loop passed", "safety", of_acting(gate("human in the loop"))),
    "observability-gate": ("The gate on observability passed", "delivery", of_acting(gate("observability"))),
    "security-attested": ("Security is attested", "safety", of_acting(check("leave pilot", "security"))),
    "audited": ("A share of what is automatic is audited", "safety", _audited),
    "reviews-in-time": (
        "Reviews are done in time",
        "safety",
        of_acting(recorded("queue-kept", "no open review is late")),
    ),
    "kill-drilled": ("The kill switch is drilled on schedule", "safety", of_acting(_drilled)),
    "stage-decided": ("Its stage was decided by a person", "value", of_acting(recorded("stage-decided", ""))),
    "period-measured": ("What it does is measured", "delivery", of_acting(recorded("period-measured", ""))),
    "errors-within-budget": ("Errors are proved within the budget", "safety", of_acting(_within_budget)),
    "kpi-measured": ("Each KPI is measured", "value", of_acting(_kpi_measured)),
    "money-recorded": ("What it costs is on record", "value", of_acting(_money)),
    "incidents-handled": (
        "Open incidents are being mitigated",
        "safety",
        recorded("incidents-handled", "no open incident is without a mitigation"),
    ),
    "lessons-kept": ("Closed incidents left a lesson", "safety", _lessons),
    "waivers-in-date": ("No exception is past its date", "safety", _waivers),
    "scorecard-answered": ("The readiness scorecard is answered", "value", of_acting(sheet("readiness-scorecard"))),
    "oversight-checked": ("The oversight checklist is answered", "safety", of_acting(sheet("oversight-checklist"))),
}
