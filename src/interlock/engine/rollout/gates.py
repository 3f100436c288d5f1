"""The gate engine: one judge for every gate. What a probe cannot answer is an error, and opens nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from interlock.engine.rollout.gate import rule
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.probes import PROBES
from interlock.engine.rollout.waivers import waiver_for, waiver_words
from interlock.engine.timestamp import stamp
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.gate import Gate, GateCheck, GatePack

CLOSED = frozenset({Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR})


def judge_gate(gate: Gate, facts: GateFacts) -> GateVerdict:
    """Answer every check, and the rule over them. A waived check keeps its verdict and is set aside by the rule."""
    findings = tuple(_found(check, facts) for check in gate.checks)
    counted = [finding for finding in findings if not finding.waived]
    verdict = Verdict.PASSED if findings and not counted else rule(counted)
    return GateVerdict(gate.id, facts.release, verdict, findings, stamp(facts.now))


def _found(check: GateCheck, facts: GateFacts) -> Finding:
    finding = answered(check, facts)
    waiver = waiver_for(check, facts) if finding.verdict in CLOSED else None
    return finding if waiver is None else replace(finding, waived=waiver_words(waiver))


def answered(check: GateCheck, facts: GateFacts) -> Finding:
    """What the check's probe says, under the check's name; every answer that does not open says what would."""
    probe = PROBES.get(check.probe)
    if probe is None:
        return Finding(check.id, Verdict.ERROR, f"there is no probe '{check.probe}'", "mend the pack of gates")
    if check.probe == "gate":
        finding = _of_gate(check, facts)
    else:
        try:
            finding = probe(check, facts)
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            finding = Finding(check.id, Verdict.ERROR, f"it cannot be read: {exc!r}", "record it again")
    step = (finding.next_step or check.next_step) if finding.verdict in CLOSED else ""
    return replace(finding, check=check.id, next_step=step)


def _of_gate(check: GateCheck, facts: GateFacts) -> Finding:
    """Another gate, judged on the same facts; its smallest open piece of work comes first."""
    name = check.told["gate"]
    other = facts.gates.get(name)
    if other is None or any(inner.probe == "gate" and inner.told["gate"] == name for inner in other.checks):
        return Finding(check.id, Verdict.ERROR, f"there is no gate '{name}' to ask", "mend the pack of gates")
    verdict = judge_gate(other, facts)
    refs = tuple(dict.fromkeys(ref for finding in verdict.findings for ref in finding.evidence))
    still = open_findings(verdict)
    words = "; ".join(f"{one.check}: {one.reason}" for one in still) or f"all {len(verdict.findings)} checks hold"
    return Finding(check.id, verdict.verdict, words, still[0].next_step if still else "", refs)


def open_findings(verdict: GateVerdict) -> tuple[Finding, ...]:
    """What keeps a gate shut, failures first."""
    order = (Verdict.FAILED, Verdict.ERROR, Verdict.INCONCLUSIVE)
    still = [finding for finding in verdict.findings if finding.verdict in CLOSED and not finding.waived]
    return tuple(sorted(still, key=lambda finding: order.index(finding.verdict)))


def pack_faults(packs: Sequence[GatePack]) -> Iterator[str]:
    """What is wrong with packs: unknown probes, a gate or check named twice, a gate that asks one not before it."""
    known: set[str] = set()
    for pack in packs:
        for gate in pack.gates:
            checks = [check.id for check in gate.checks]
            if gate.id in known:
                yield f"{pack.id}: the gate '{gate.id}' is there twice"
            if twice := sorted({name for name in checks if checks.count(name) > 1}):
                yield f"{pack.id}: {gate.id}: named twice: {', '.join(twice)}"
            for check in gate.checks:
                if check.probe not in PROBES:
                    yield f"{pack.id}: {gate.id}.{check.id}: no probe '{check.probe}'; there are: {', '.join(PROBES)}"
                elif check.probe == "gate" and check.told.get("gate") not in known:
                    yield f"{pack.id}: {gate.id}.{check.id}: asks the gate '{check.told.get('gate')}', not before it"
            known.add(gate.id)
