"""Probes that read evidence. What never ran is inconclusive; what is no number is an error."""

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from interlock.engine.evidence.kinds import noun
from interlock.engine.evidence.outcome import RAN, looked_at, outcome_of
from interlock.engine.evidence.timing import measured_at
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.wording import percent
from interlock.engine.rollout.gate import check_certificate, check_shadow
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.people import did
from interlock.engine.rollout.probes.stated import values_at
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, Verdict
from interlock.terms.gate import GateCheck
from interlock.terms.stage import Choice

SPRINT_DAYS_MIN = 7


def number(value: Any) -> float:
    """A finite number. Raises ValueError for all else: NaN passes nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def recorded(check: GateCheck, facts: GateFacts) -> Finding:
    """Usable evidence of a `kind` is on file, does not speak against the release, and its `figures` are in bounds.

    A failed test, an open error of a scanner and traces that trace nothing fail, whatever figures the check names.
    """
    found = facts.usable(check.told["kind"])
    if isinstance(found, Finding):
        return found
    refs, words = (found.digest,), []
    said_itself = outcome_of(found)
    if said_itself.verdict is not Verdict.PASSED:
        return replace(said_itself, check=check.id)
    for name, bounds in check.told.get("figures", {}).items():
        if name not in found.body:
            return Finding(check.id, Verdict.INCONCLUSIVE, f"the {noun(found.kind)} does not hold `{name}`", "", refs)
        held = number(found.body[name])
        limits = {way: _bound(limit, facts) for way, limit in bounds.items()}
        if None in limits.values():
            return Finding(check.id, Verdict.INCONCLUSIVE, f"`{name}` is {held:g}, and no level is promised", "", refs)
        wanted = ", ".join(f"{way.replace('_', ' ')} {limit:g}" for way, limit in limits.items())
        said = f"{name} {held:g} ({wanted})"
        inside = {"at_least": lambda a, b: a >= b, "at_most": lambda a, b: a <= b}
        if not all(inside[way](held, limit) for way, limit in limits.items()):
            counts = f"; {looked_at(found)}" if found.kind in RAN else ""
            return Finding(check.id, Verdict.FAILED, said + counts, "", refs)
        words.append(said)
    return Finding(check.id, Verdict.PASSED, "; ".join(words) or f"{noun(found.kind)} of {found.at[:10]}", "", refs)


def _bound(limit: Any, facts: GateFacts) -> float | None:
    """A bound is a number of the pack, or a field of the definition by its name."""
    if not isinstance(limit, str):
        return number(limit)
    held = next((value for _, value in values_at(facts.definition, limit)), None)
    return None if held is None else number(held)


def attested(check: GateCheck, facts: GateFacts) -> Finding:
    """A person who did not make this release signed a statement about this check."""
    about = [e for e in facts.evidence if e.kind == "attestation" and _is_about(e, check)]
    makers = {item.digest: what for item in about if (what := did(str(item.body.get("by")), facts.proposers))}
    found = facts.usable_among("attestation", tuple(item for item in about if item.digest not in makers))
    own = [item for item in about if item.release == facts.release and item.digest in makers]
    if isinstance(found, Finding):
        words = found.reason if found.next_step else "nobody has attested it"
        if own and not found.next_step:
            by, what = own[-1].body["by"], makers[own[-1].digest]
            return Finding(
                check.id,
                Verdict.INCONCLUSIVE,
                f"{by} signed it and {what} this release: nobody vouches for their own work",
                "have somebody sign it who did not make this release",
                (own[-1].digest,),
            )
        return Finding(check.id, found.verdict, words, check.next_step, found.evidence)
    if found.evidence_class is not EvidenceClass.HUMAN:
        return Finding(check.id, Verdict.INCONCLUSIVE, "an attestation is a person's", "", (found.digest,))
    words = f"{found.body['by']}: {found.body['statement']}"
    return Finding(check.id, Verdict.PASSED, words, "", (found.digest,))


def _is_about(evidence: Evidence, check: GateCheck) -> bool:
    return evidence.body.get("gate") == check.gate and evidence.body.get("check") == check.id


def bake_off(check: GateCheck, facts: GateFacts) -> Finding:
    """Of a heuristic, a small and a larger entry on the same samples, the simplest that meets the levels was chosen.

    Candidates rise in `complexity` (1 for a heuristic, 2 small, 3 larger). The heuristic may win.
    """
    found = facts.usable("bakeoff")
    if isinstance(found, Finding):
        return found
    refs, entries = (found.digest,), found.body["candidates"]
    tried = {int(number(entry["complexity"])) for entry in entries}
    if not tried >= {1, 2, 3}:
        lacks = [
            word for size, word in ((1, "a heuristic"), (2, "a small one"), (3, "a larger one")) if size not in tried
        ]
        return Finding(check.id, Verdict.INCONCLUSIVE, f"not tried: {', '.join(lacks)}", "", refs)
    if len({int(number(entry["n"])) for entry in entries}) != 1:
        return Finding(check.id, Verdict.INCONCLUSIVE, "the entries were not tried on the same samples", "", refs)
    levels = facts.definition.initiative.service_levels
    wanted = (levels.success_min_share, levels.latency_p95_ms, levels.cost_per_success_max_usd)
    if None in wanted:
        words = "no level is promised for task success, p95 latency or cost per success"
        return Finding(check.id, Verdict.INCONCLUSIVE, words, "write all three under `service_levels`", refs)
    meeting = [entry for entry in entries if _meets(entry, wanted)]
    if not meeting:
        return Finding(check.id, Verdict.FAILED, f"none of {len(entries)} entries meets the levels", "", refs)
    simplest = min(meeting, key=lambda entry: number(entry["complexity"]))["name"]
    chosen = found.body["chosen"]
    if chosen != simplest:
        words = f"'{chosen}' was chosen; '{simplest}' is the simplest that meets the levels"
        return Finding(check.id, Verdict.FAILED, words, f"take '{simplest}', or raise the levels and say why", refs)
    return Finding(
        check.id, Verdict.PASSED, f"'{chosen}' is the simplest of {len(meeting)} that meet the levels", "", refs
    )


def _meets(entry: Any, wanted: tuple[float | None, ...]) -> bool:
    success, latency_ms, cost_usd = (number(limit) for limit in wanted)
    if None in {entry["latency_p95_ms"], entry["cost_per_success_usd"]}:
        return False  # nobody measured it, or no success at all, which has no cost of one
    return (
        number(entry["success_share"]) >= success
        and number(entry["latency_p95_ms"]) <= latency_ms
        and number(entry["cost_per_success_usd"]) <= cost_usd
    )


def certificate(check: GateCheck, facts: GateFacts) -> Finding:
    """A threshold is certified at the definition's budget."""
    del check
    return check_certificate(facts.usable("certificate"), facts.definition)


def shadow(check: GateCheck, facts: GateFacts) -> Finding:
    """Shadow cases agree with people, by the promotion test."""
    del check
    return check_shadow(facts.usable("shadow"), facts.definition)


def stable(check: GateCheck, facts: GateFacts) -> Finding:
    """The error rate was inside the budget in each of the last `sprints`, one after the other without a gap."""
    wanted, budget = int(check.told["sprints"]), facts.definition.budget.error
    first = facts.usable("period")
    if isinstance(first, Finding):
        return first
    newest: dict[str, Evidence] = {}
    for item in facts.evidence:
        if item.kind == "period" and item.release == facts.release and item.evidence_class is not EvidenceClass.MODEL:
            newest[str(item.body["period_start"])] = item
    runs = [newest[start] for start in sorted(newest)][-wanted:]
    refs = tuple(item.digest for item in runs)
    if set(refs) & facts.altered:
        return Finding(
            check.id, Verdict.ERROR, "a sprint is not what was recorded", "run `interlock ledger verify`", refs
        )
    if len(runs) < wanted:
        return Finding(check.id, Verdict.INCONCLUSIVE, f"{len(runs)} of {wanted} sprints are measured", "", refs)
    doubt = _doubt(runs, facts, days_min=int(check.told.get("sprint_days", SPRINT_DAYS_MIN)))
    if doubt:
        return Finding(check.id, Verdict.INCONCLUSIVE, doubt, "", refs)
    if any(not _follows(before, after) for before, after in itertools.pairwise(runs)):
        return Finding(
            check.id, Verdict.INCONCLUSIVE, "between the sprints there are days that nobody measured", "", refs
        )
    rates = [rate(int(number(item.body["wrong"])), int(number(item.body["labelled"]))) for item in runs]
    shown = (f"{one.value:.1%} of {one.n}" if one.value is not None else "nothing labelled" for one in rates)
    words = f"wrong in {wanted} sprints: {', '.join(shown)}; budget {percent(budget)}"
    if any(one.low is not None and one.low > budget for one in rates):
        return Finding(check.id, Verdict.FAILED, words, "find out what is wrong before more authority", refs)
    if any(one.high is None or not one.high <= budget for one in rates):
        return Finding(check.id, Verdict.INCONCLUSIVE, words, "label more cases of each sprint", refs)
    return Finding(check.id, Verdict.PASSED, words, "", refs)


def _doubt(runs: Sequence[Evidence], facts: GateFacts, *, days_min: int) -> str:
    """Why one of them is no sprint of this release as it is trusted now; empty where all are."""
    for item in runs:
        start, end = (dt.date.fromisoformat(str(item.body[name])[:10]) for name in ("period_start", "period_end"))
        if (end - start).days + 1 < days_min:
            return f"{start} to {end} is no sprint: one has {days_min} days or more"
        if item.body.get("of_other_releases"):
            return f"{outcome_of(item).reason}, {start} to {end}"
        if facts.demoted_at is not None and measured_at(item) <= facts.demoted_at:
            return f"the sprint up to {end} is from before the release was demoted at {facts.demoted_at}"
    return ""


def _follows(before: Evidence, after: Evidence) -> bool:
    ended = dt.date.fromisoformat(str(before.body["period_end"])[:10])
    began = dt.date.fromisoformat(str(after.body["period_start"])[:10])
    return ended < began <= ended + dt.timedelta(days=1)


def decided(check: GateCheck, facts: GateFacts) -> Finding:
    """A person decided to go on: to scale, or to iterate for at most `sprints` more."""
    found = facts.usable("decision")
    if isinstance(found, Finding):
        return Finding(check.id, found.verdict, "nobody decided how to go on" if not found.next_step else found.reason)
    refs, body = (found.digest,), found.body
    sprints, choice = number(body["sprints"]), Choice(body["choice"])
    words = f"{body['by']}: {choice}" + (f" for {sprints:g} sprints" if choice is Choice.ITERATE else "")
    if found.evidence_class is not EvidenceClass.HUMAN:
        return Finding(check.id, Verdict.INCONCLUSIVE, "a decision is a person's", "", refs)
    if choice is Choice.STOP or not 0 <= sprints <= number(check.told["sprints"]):
        return Finding(check.id, Verdict.FAILED, words, "", refs)
    return Finding(check.id, Verdict.PASSED, words, "", refs)
