"""How long a server keeps content of cases before it erases it by itself: said by a person, workflow by workflow."""

from collections.abc import Mapping

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.erasure.erase import erase_older, ordered
from interlock.flows.ledger.record import record
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.erasure import Erased, Retention
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.workflow import WorkflowDefinition

KIND = "retention.defined"
DAYS_MAX = 36_600
PREVIEWED = 2_000  # cases at most that a preview looks at: somebody waits for it


def set_retention(store: Store, workflow: str, days: int | None, *, reason: str, by: Person, clock: Clock) -> Retention:
    """From now on a server erases content of this workflow's cases so many days after their decision; None: never.

    What somebody may still need stays (flows.erasure.needed). Raises BadInput where the name or the reason is blank,
    for an unknown workflow, and for days that its definition does not allow: then nothing is recorded.
    """
    if not known_as(by.name) or not reason.strip():
        raise BadInput("say who decides how long content is kept, and why: both are recorded")
    with store.transaction() as tx:
        check_days(definition_of(known_row(tx, workflow).definition), days)
        body = {
            "workflow": workflow,
            "days": days,
            "reason": reason.strip(),
            "by": by.name,
            "authenticated": by.authenticated,
        }
        return _of(record(tx, KIND, body, at=stamp(clock())))


def preview(store: Store, workflow: str, days: int, *, by: Person, clock: Clock) -> Erased:
    """What would be erased at once if content were kept for so many days; it is looked at, and nothing is written.

    Raises BadInput as `set_retention`.
    """
    with store.reading() as reading:
        check_days(definition_of(known_row(reading, workflow).definition), days)
    order = ordered(by, "preview", clock, dry_run=True)
    return erase_older(store, workflow, days, order, cases_max=PREVIEWED)


def retentions(reading: Reading) -> Mapping[str, Retention]:
    """What was said last, by workflow; those of which nobody said anything are not in it."""
    return {entry.body["workflow"]: _of(entry) for entry in reading.newest_each(KIND)}


def retention_of(reading: Reading, workflow: str) -> Retention:
    """What was said last of one workflow."""
    entry = reading.newest_of(KIND, workflow)
    return Retention(workflow) if entry is None else _of(entry)


def check_days(definition: WorkflowDefinition, days: int | None) -> None:
    """Raises BadInput for days that cannot be, that an undo needs, or that are more than the definition promises."""
    if days is None:
        return
    if not 0 <= days <= DAYS_MAX:
        raise BadInput(f"say a whole number of days from 0 to {DAYS_MAX:,}, or none to erase nothing by itself")
    if days < definition.undo_days:
        raise BadInput(
            f"{days} days are shorter than undo_days ({definition.undo_days}): an undo needs what is kept; say at "
            f"least {definition.undo_days}"
        )
    stated = definition.retention_days
    if stated is not None and days > stated:
        raise BadInput(
            f"the definition promises that content is kept for {stated} days: say at most {stated}, or change "
            "`retention_days` there and `interlock apply` it"
        )


def _of(entry: LedgerEntry) -> Retention:
    body = entry.body
    return Retention(body["workflow"], body["days"], body["reason"], body["by"], entry.at, entry.index)
