"""What the gates of a workflow are judged on, read from the store."""

import datetime as dt
from collections.abc import Mapping, Sequence

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.gate_facts import QUEUE_DAYS, GateFacts, QueueKept
from interlock.engine.rollout.gates import pack_faults
from interlock.engine.timestamp import stamp
from interlock.flows.evidence.attestations import unsigned
from interlock.flows.instruments.scored import scored
from interlock.flows.rollout.attest import is_intact
from interlock.flows.rollout.known import known_row
from interlock.flows.rollout.unauthorised import live_without_grant
from interlock.ports.signing import Signing
from interlock.ports.store import Reading, WorkflowRow
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Finding, Verdict
from interlock.terms.gate import Gate, GateCheck, GatePack
from interlock.terms.instrument import Instrument
from interlock.terms.ledger import LedgerEntry
from interlock.terms.stage import RolloutStage, StageMove, Waiver


def facts_of(
    reading: Reading,
    workflow: str,
    packs: Sequence[GatePack],
    *,
    now: dt.datetime,
    signing: Signing,
    scorecard: Instrument | None = None,
) -> GateFacts:
    """Everything that gates read; without a `scorecard` what it says of scaling is not known.

    Raises BadInput for an unknown workflow, and where the packs do not fit together.
    """
    row = known_row(reading, workflow)
    evidence = reading.evidence(workflow)
    return GateFacts(
        definition=definition_of(row.definition),
        release=row.release,
        now=now,
        stage=stage_of(reading, workflow),
        evidence=evidence,
        altered=frozenset(item.digest for item in evidence if not is_intact(item)),
        unsigned=unsigned(reading, evidence, workflow=workflow, signing=signing),
        demoted_at=demoted_at(reading, row),
        waivers=waivers_of(reading, workflow),
        gates=gates_by_name(packs),
        scaling=None if scorecard is None else _scaling(reading, workflow, scorecard, now),
        drift=live_without_grant(reading, row, stage_of(reading, workflow), now=now),
        promotion=_promotion(reading, row),
        drilled_at=_drilled_at(reading, workflow),
        open_incidents=_open_incidents(reading, workflow),
        proposers=proposers_of(reading, row),
        queue=_queue(reading, workflow, now),
        captured_at=_captured_at(reading, workflow),
    )


def gates_by_name(packs: Sequence[GatePack]) -> Mapping[str, Gate]:
    """The gates of all packs. Raises BadInput with every fault."""
    faults = tuple(pack_faults(packs))
    if faults:
        raise BadInput("these gates cannot be judged:\n  " + "\n  ".join(faults))
    return {gate.id: gate for pack in packs for gate in pack.gates}


def check_named(packs: Sequence[GatePack], gate: str, check: str) -> GateCheck:
    """One check. Raises BadInput with the names that there are."""
    gates = gates_by_name(packs)
    if gate not in gates:
        raise BadInput(f"there is no gate '{gate}'; there are: {', '.join(gates)}")
    found = next((one for one in gates[gate].checks if one.id == check), None)
    if found is None:
        raise BadInput(f"'{gate}' has no check '{check}'; it has: {', '.join(one.id for one in gates[gate].checks)}")
    return found


def moves_of(reading: Reading, workflow: str) -> tuple[StageMove, ...]:
    """Every move between stages, oldest first."""
    return tuple(_move(entry) for entry in reading.entries_of("stage.moved", workflow))


def stage_of(reading: Reading, workflow: str) -> RolloutStage:
    """Where it stands; without a move, in exploration."""
    return stage_if_moved(reading, workflow) or RolloutStage.EXPLORATION


def stage_if_moved(reading: Reading, workflow: str) -> RolloutStage | None:
    """The same, None without a move."""
    newest = reading.newest_of("stage.moved", workflow)
    return None if newest is None else _move(newest).entered


def is_held(row: WorkflowRow, now: dt.datetime) -> bool:
    """Whether its release holds authority that has not expired."""
    grant = row.grant
    return grant is not None and grant["release"] == row.release and stamp(now) < grant["expires_at"]


def _move(entry: LedgerEntry) -> StageMove:
    body = entry.body
    left, entered = RolloutStage(body["left"]), RolloutStage(body["entered"])
    return StageMove(
        body["workflow"], body["release"], left, entered, body["by"], body["reason"], entry.at, entry.index
    )


def waivers_of(reading: Reading, workflow: str) -> tuple[Waiver, ...]:
    """Waivers that nobody ended, oldest first; those past their date too."""
    ended = {int(entry.body["waiver"]) for entry in reading.entries_of("waiver.ended", workflow)}
    names = ("workflow", "release", "gate", "check", "by", "reason")
    return tuple(
        Waiver(**{name: e.body[name] for name in names}, given_at=e.at, expires_at=e.body["expires_at"], entry=e.index)
        for e in reading.entries_of("waiver.given", workflow)
        if e.index not in ended
    )


def proposers_of(reading: Reading, row: WorkflowRow) -> Mapping[str, str]:
    """Everybody who ever "proposed" this release: bringing it back later makes nobody else its only proposer.

    Those too who "amended" it: what others decide by, its worth and its risks, are their words.
    """
    defined = reading.entries_of("release.defined", row.name)
    amended = reading.entries_of("release.amended", row.name)
    proposed = (row.proposed_by, *(str(e.body["proposed_by"]) for e in defined if e.body["release"] == row.release))
    later = (str(e.body["by"]) for e in amended if e.body["release"] == row.release)
    return {**dict.fromkeys(later, "amended"), **dict.fromkeys(proposed, "proposed")}


def demoted_at(reading: Reading, row: WorkflowRow) -> str | None:
    """When this release was last demoted."""
    ended = reading.entries_of("grant.ended", row.name)
    demotions = (entry for entry in ended if entry.body["cause"] == "demoted" and entry.body["release"] == row.release)
    return max((entry.at for entry in demotions), default=None)


def _promotion(reading: Reading, row: WorkflowRow) -> Verdict | None:
    verdict = reading.verdict(row.name)
    return Verdict(verdict["verdict"]) if verdict is not None and verdict["release"] == row.release else None


def _scaling(reading: Reading, workflow: str, scorecard: Instrument, now: dt.datetime) -> Finding | None:
    """What the readiness scorecard says about scaling; None where nobody answered it."""
    card = scored(reading, scorecard, workflow, now=now)
    if not any(item.given for item in card.items):
        return None
    total = f"{card.low}" if card.low == card.high else f"{card.low} to {card.high}"
    words = f"{total} of {card.best}: {card.band}"
    if card.may_scale:
        return Finding("scorecard", Verdict.PASSED, words)
    against = (
        *card.rules_held,
        *(f"{name} is contradicted by what was measured" for name in card.contradicted),
        *(f"{name} may be too low" for name in card.rules_open),
        *(f"{name} is not answered" for name in card.unanswered),
        *(f"{name} rests on no evidence" for name in card.unbacked),
    )
    verdict = Verdict.FAILED if card.rules_held or card.contradicted or card.low == card.high else Verdict.INCONCLUSIVE
    return Finding("scorecard", verdict, "; ".join((words, *against)))


def _drilled_at(reading: Reading, workflow: str) -> str | None:
    drills = (entry for entry in reading.entries_of("drill.held", workflow) if entry.body["passed"])
    return max((entry.at for entry in drills), default=None)


def _queue(reading: Reading, workflow: str, now: dt.datetime) -> QueueKept:
    n = late = overdue = 0
    at = stamp(now)
    for one in reading.reviews_since(stamp(now - dt.timedelta(days=QUEUE_DAYS)), workflow):
        n += 1
        # What time alone refused was not decided in time either.
        late += one.closed_at is not None and (one.refused or one.closed_at > one.due_at)
        overdue += one.closed_at is None and at > one.due_at
    return QueueKept(n, late, overdue)


def _captured_at(reading: Reading, workflow: str) -> str | None:
    newest = (reading.newest_of(kind, workflow) for kind in ("outcome.observed", "review.closed"))
    return max((entry.at for entry in newest if entry is not None), default=None)


def _open_incidents(reading: Reading, workflow: str) -> tuple[str, ...]:
    closed = {entry.body.get("incident") for entry in reading.entries_of("incident.closed", workflow)}
    opened = reading.entries_of("incident.opened", workflow)
    return tuple(str(entry.body["title"]) for entry in opened if entry.index not in closed)
