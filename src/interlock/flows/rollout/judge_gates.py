"""Judge gates of a pack on the evidence of today, and put the verdicts on record."""

from collections.abc import Sequence

from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.gates import judge_gate
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.rollout.facts import facts_of
from interlock.ports.clock import Clock
from interlock.ports.signing import Signing
from interlock.ports.store import Store, Transaction
from interlock.terms.evidence import GateVerdict
from interlock.terms.gate import GatePack
from interlock.terms.instrument import Instrument


def judge_gates(
    store: Store,
    workflow: str,
    packs: Sequence[GatePack],
    *,
    of: Sequence[str],
    clock: Clock,
    signing: Signing,
    scorecard: Instrument | None = None,
) -> tuple[GateVerdict, ...]:
    """Judge the gates of the packs named in `of`, in their order; may be done on any day.

    Raises BadInput for an unknown workflow, and where the packs do not fit together.
    """
    with store.transaction() as tx:
        now = clock()
        facts = facts_of(tx, workflow, packs, now=now, signing=signing, scorecard=scorecard)
        gates = [gate.id for pack in packs if pack.id in of for gate in pack.gates]
        return tuple(judged_in(tx, workflow, gate, facts) for gate in gates)


def judged_in(tx: Transaction, workflow: str, gate: str, facts: GateFacts) -> GateVerdict:
    """Judge one gate and record its verdict, inside a transaction that is already open."""
    verdict = judge_gate(facts.gates[gate], facts)
    body = {
        "workflow": workflow,
        "gate": verdict.gate,
        "release": verdict.release,
        "verdict": verdict.verdict,
        "findings": verdict.findings,
    }
    record(tx, "readiness.judged", body, at=stamp(facts.now))
    return verdict
