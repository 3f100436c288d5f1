"""What can be told about an item from records: it fills what nobody answered, and contradicts what is not so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Scale
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage

MAJOR_GAPS, PARTIAL = 2, 3


@dataclass(frozen=True, slots=True)
class Probed:
    """What records say: there or not, in words, and where it is on record."""

    there: bool
    says: str
    evidence: tuple[str, ...] = ()

    def range_on(self, scale: Scale) -> tuple[int, int]:
        """What is there is at least partial; how good it is, people say. What is not there has major gaps at best."""
        if scale is Scale.ONE_TO_FIVE:
            return (PARTIAL, 5) if self.there else (1, MAJOR_GAPS)
        return (1, 1) if self.there else (0, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What probes look at: the standing, evidence of the release in force (oldest first), and since when it counts.

    `drill_since`: an older drill of the kill switch is overdue; None where no schedule was set.
    """

    standing: Standing
    evidence: Sequence[Evidence]
    evidence_since: str
    drill_since: str | None

    def newest(self, kind: str) -> Evidence | None:
        """The newest evidence of a kind that is of this release and not too old."""
        fit = (one for one in self.evidence if one.kind == kind and one.release == self.standing.release)
        return max((one for one in fit if one.at >= self.evidence_since), key=lambda one: one.at, default=None)


def _there(says: str, evidence: tuple[str, ...] = ()) -> Probed:
    return Probed(there=True, says=says, evidence=evidence)


def _absent(says: str, evidence: tuple[str, ...] = ()) -> Probed:
    return Probed(there=False, says=says, evidence=evidence)


Probe = Callable[[Facts], Probed | None]


def _problem(facts: Facts) -> Probed | None:
    problem = facts.standing.definition.problem
    parts = ("who", "friction", "cause", "cost", "outcome", "metric", "constraints")
    missing = [part for part in parts if not getattr(problem, part)]
    return _absent(f"the problem statement lacks: {', '.join(missing)}") if missing else None


def _alternative(facts: Facts) -> Probed | None:
    if facts.standing.definition.initiative.without_ai is None:
        return _absent("the definition names no way without AI")
    return None


def _kpi(facts: Facts) -> Probed:
    kpis = facts.standing.definition.initiative.kpis
    whole = [kpi.name for kpi in kpis if None not in (kpi.baseline, kpi.target, kpi.target_date)]
    if whole:
        return _there(f"baseline, target and date are set: {', '.join(whole)}")
    return _absent("no KPI has a baseline, a target and a date")


def _owners(facts: Facts) -> Probed:
    owners = facts.standing.definition.owners
    gaps = [name for name, who in (("value", owners.value), ("safety", owners.safety)) if not who]
    if gaps:
        return _absent(f"no owner is named for: {', '.join(gaps)}")
    return _there(f"value: {owners.value}; safety: {owners.safety}")


def _rights(facts: Facts) -> Probed:
    rights = facts.standing.definition.rights
    gaps = [name for name in ("promote", "resume") if not getattr(rights, name)]
    return _absent(f"nobody may {' or '.join(gaps)}") if gaps else _there("who may promote and resume is named")


def _steps(facts: Facts) -> Probed | None:
    steps = facts.standing.definition.steps
    if not any(step.lane is not None for step in steps):
        return _absent("no step says who does it")
    return None


def _data_owned(facts: Facts) -> Probed | None:
    data = facts.standing.definition.initiative.data
    return _absent("nobody is named as owner of the data") if data is None or data.owner is None else None


def _data_policy(facts: Facts) -> Probed | None:
    data = facts.standing.definition.initiative.data
    if data is None or data.legal_basis is None:
        return _absent("no purpose and legal basis of the data are stated")
    return None


def _risks(facts: Facts) -> Probed | None:
    risks = facts.standing.definition.initiative.risks
    if not risks:
        return _absent("no risk is named")
    bare = [risk.risk for risk in risks if risk.owner is None]
    return _absent(f"without an owner: {', '.join(bare)}") if bare else None


def _vendors(facts: Facts) -> Probed | None:
    vendors = facts.standing.definition.initiative.vendors
    bare = [one.name for one in vendors if None in (one.processing_agreement, one.exit_to, one.owner)]
    return _absent(f"without agreement, exit or owner: {', '.join(bare)}") if bare else None


def _scan(facts: Facts) -> Probed | None:
    newest = facts.newest("scan")
    if newest is None:
        return None
    rules, errors = newest.body.get("rules"), newest.body.get("errors")
    passed = isinstance(rules, int) and rules > 0 and errors == 0 and not isinstance(errors, bool)
    words = "the newest scan is clean" if passed else f"the newest scan: {errors} errors by {rules} rules"
    return _there(words, (newest.digest,)) if passed else _absent(words, (newest.digest,))


def _certified(facts: Facts) -> Probed | None:
    newest = facts.newest("certificate")
    if newest is None:
        return _absent("no certificate of this release is young enough")
    return _there("this release was certified", (newest.digest,))


def _drill(facts: Facts) -> Probed | None:
    drilled = facts.standing.drilled_at
    if drilled is None:
        return _absent("the kill switch was never drilled")
    if facts.drill_since is None or drilled >= facts.drill_since:
        return _there(f"the kill switch was drilled on {drilled[:10]}")
    return _absent(f"the drill of {drilled[:10]} is older than its schedule")


def _undo(facts: Facts) -> Probed | None:
    definition = facts.standing.definition
    effect = definition.effect
    if not definition.effect_planned or (effect.undo is None and effect.no_undo_signed_by is None):
        return _absent("no undo is planned, and nobody signed that there is none")
    return None


def _stage(facts: Facts) -> Probed | None:
    if facts.standing.live_by_drift:
        return _absent("it is live by drift: cases are handled without a grant")
    moves = facts.standing.moves
    if not moves and facts.standing.stage is RolloutStage.EXPLORATION:
        return _absent("no stage was ever decided")
    return _there(f"{moves[-1].by} decided on {moves[-1].at[:10]}", (f"entry {moves[-1].entry}",))


def _queue(facts: Facts) -> Probed | None:
    late = facts.standing.late_reviews
    return _absent(f"{late} of {facts.standing.open_reviews} open reviews are late") if late else None


def _period(facts: Facts) -> Probed:
    runs = facts.standing.runs
    if not runs or runs[-1].release != facts.standing.release:
        return _absent("no period of this release was measured")
    return _there(f"measured up to {runs[-1].period_end}", (runs[-1].evidence,))


def _incidents(facts: Facts) -> Probed | None:
    if not facts.standing.definition.owners.escalation:
        return _absent("nobody is named to turn to when something goes wrong")
    left = [one for one in facts.standing.incidents if one.closed_at is None and one.mitigation is None]
    if left:
        entries = tuple(f"entry {one.entry}" for one in left)
        return _absent(f"{len(left)} open incidents have no mitigation", entries)
    return None


PROBES: Mapping[str, Probe] = {
    "problem-stated": _problem,
    "alternative-stated": _alternative,
    "kpi-with-baseline-and-target": _kpi,
    "owners-named": _owners,
    "rights-named": _rights,
    "steps-mapped": _steps,
    "data-owned": _data_owned,
    "data-policy-stated": _data_policy,
    "risks-owned": _risks,
    "vendors-covered": _vendors,
    "scan-clean": _scan,
    "certified": _certified,
    "kill-drilled": _drill,
    "undo-planned": _undo,
    "stage-decided": _stage,
    "queue-kept": _queue,
    "period-measured": _period,
    "incidents-handled": _incidents,
}
