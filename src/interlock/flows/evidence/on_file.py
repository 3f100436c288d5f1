"""Evidence as a list: what each piece says, how old it is, and why it does not count where it does not."""

import datetime as dt
from dataclasses import dataclass

from interlock.engine.evidence.outcome import never_ran, outcome_of
from interlock.engine.evidence.timing import expires_at, measured_at, out_of_time
from interlock.engine.rollout.definition import definition_of
from interlock.flows.evidence.attestations import not_to_count
from interlock.flows.rollout.known import known_row
from interlock.ports.signing import Signing
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass, Finding

DIGITS_MIN = 6


@dataclass(frozen=True, slots=True)
class OnFile:
    """One piece of evidence. `doubts` say why it does not count now; empty where it may."""

    workflow: str
    evidence: Evidence
    outcome: Finding
    measured_at: str
    expires_at: str | None
    age_days: float
    current: bool
    intact: bool
    doubts: tuple[str, ...]


def evidence_on_file(reading: Reading, workflow: str, *, now: dt.datetime, signing: Signing) -> tuple[OnFile, ...]:
    """Everything on record of a workflow, oldest first. Raises BadInput where there is no such workflow."""
    row = known_row(reading, workflow)
    evidence = reading.evidence(workflow)
    spoiled = not_to_count(reading, evidence, workflow=workflow, signing=signing)
    days = definition_of(row.definition).rollout.evidence_days
    return tuple(_seen(workflow, item, row.release, spoiled, now=now, days=days) for item in evidence)


def evidence_named(reading: Reading, digest: str, *, now: dt.datetime, signing: Signing) -> OnFile:
    """The piece whose digest begins so. Raises BadInput where none does, or more than one."""
    wanted = digest.removeprefix("sha256:")
    if len(wanted) < DIGITS_MIN:
        raise BadInput(f"name at least {DIGITS_MIN} digits of the digest; `interlock evidence list` shows them")
    found = [
        (row.name, item)
        for row in reading.workflows()
        for item in reading.evidence(row.name)
        if item.digest.removeprefix("sha256:").startswith(wanted)
    ]
    if len(found) != 1:
        raise BadInput(
            f"{len(found) or 'no'} evidence has a digest that begins with {wanted}; `interlock evidence list`"
        )
    workflow, evidence = found[0]
    listed = evidence_on_file(reading, workflow, now=now, signing=signing)
    return next(item for item in listed if item.evidence.digest == evidence.digest)


def _seen(
    workflow: str, item: Evidence, release: str, spoiled: frozenset[str], *, now: dt.datetime, days: int
) -> OnFile:
    when = measured_at(item)
    late = out_of_time(item, kind=item.kind, now=now, days=days)
    intact = item.digest not in spoiled
    doubts = (
        (not intact, "altered, or not signed by a key that counts"),
        (item.release != release, "of another release"),
        (never_ran(item) is not None, "nothing was measured"),
        (item.evidence_class is EvidenceClass.MODEL, "a model's opinion opens nothing alone"),
    )
    try:
        age_days = (now - dt.datetime.fromisoformat(when)).total_seconds() / 86_400
    except (ValueError, TypeError):
        age_days = 0.0
    words = (*(word for holds, word in doubts if holds), *((late.reason,) if late else ()))
    return OnFile(
        workflow=workflow,
        evidence=item,
        outcome=outcome_of(item),
        measured_at=when,
        expires_at=expires_at(item),
        age_days=age_days,
        current=item.release == release,
        intact=intact,
        doubts=words,
    )
