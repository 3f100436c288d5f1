"""Set and end the sending of documents; what is on record of it."""

from collections.abc import Sequence

from interlock.engine.access.permissions import covers, scopes
from interlock.engine.access.reach import reach_words
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import account_of, accounts
from interlock.flows.access.tokens import tokens
from interlock.flows.ledger.record import record
from interlock.flows.reporting.made import Sources, check
from interlock.ports.messenger import Messenger
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading
from interlock.terms.access import EVERYWHERE, Caller, Scope
from interlock.terms.calendar import DAY_MINUTES
from interlock.terms.document import Asked, Form
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person
from interlock.terms.policy import WEEKDAYS
from interlock.terms.schedule import Cadence, Destination, Every, Schedule

SET, ENDED = "schedule.set", "schedule.ended"
ID_BYTES = 5
DESTINATIONS_MAX = 10
ADDRESS_MAX = 1_000
LIVE_MAX = 100  # each is looked at every half minute


def set_schedule(
    sources: Sources,
    messenger: Messenger,
    asked: Asked,
    forms: Sequence[Form],
    cadence: Cadence,
    addresses: Sequence[str],
    *,
    reach: Sequence[Scope],
    by: Person,
    randomness: Randomness,
) -> Schedule:
    """From now on it is sent. Addresses are kept beside the ledger, which holds their kind and host only.

    Raises BadInput where no document, no time or no destination can be meant.
    """
    if not known_as(by.name):
        raise BadInput("say who sets the schedule: it is recorded")
    check(sources, asked)
    _check_cadence(cadence)
    destinations = _destinations(messenger, addresses)
    told = tuple(dict.fromkeys(forms)) or (Form.HTML,)
    id_ = randomness(ID_BYTES).hex()
    with sources.store.transaction() as tx:
        tx.fence()
        if asked.workflow is not None and not _is_there(tx, sources, asked.workflow, reach):
            raise BadInput(f"there is no workflow '{asked.workflow}', or none that you may see")
        if sum(one.ended_at is None for one in schedules(tx)) >= LIVE_MAX:
            raise BadInput(f"{LIVE_MAX} schedules are sent already, the most there can be; end one first")
        for number, address in enumerate(addresses):
            tx.keep_secret(kept_as(id_, number), address.strip().encode())
        body = {
            "workflow": asked.workflow,
            "schedule": id_,
            "report": asked.report,
            "frameworks": asked.frameworks,
            "forms": told,
            "cadence": cadence,
            "destinations": destinations,
            "reach": [{"tenant": one.tenant, "workflow": one.workflow} for one in reach],
            "by": by.name,
            "authenticated": by.authenticated,
        }
        return _schedule(record(tx, SET, body, at=stamp(sources.clock())), None)


def end_schedule(sources: Sources, id_: str, *, by: Person) -> Schedule:
    """It is sent no more, and its addresses are erased. Raises BadInput where there is none, or it has ended."""
    if not known_as(by.name):
        raise BadInput("say who ends the schedule: it is recorded")
    with sources.store.transaction() as tx:
        tx.fence()
        found = known_schedule(tx, id_)
        if found.ended_at is not None:
            raise BadInput(f"schedule {id_} was ended by {found.ended_by} on {found.ended_at[:10]}")
        for number in range(len(found.destinations)):
            tx.take_secret(kept_as(id_, number))
        body = {"workflow": None, "schedule": id_, "by": by.name, "authenticated": by.authenticated}
        record(tx, ENDED, body, at=stamp(sources.clock()))
        return known_schedule(tx, id_)


def known_schedule(reading: Reading, id_: str) -> Schedule:
    """One schedule. Raises BadInput where there is none."""
    found = next((one for one in schedules(reading) if one.id == id_), None)
    if found is None:
        live = ", ".join(one.id for one in schedules(reading) if one.ended_at is None)
        raise BadInput(f"there is no schedule '{id_}'; there are: {live or 'none'}")
    return found


def schedules(reading: Reading) -> tuple[Schedule, ...]:
    """Every schedule that was ever set, in that order."""
    ended = {entry.body["schedule"]: entry for entry in reading.entries_of(ENDED)}
    return tuple(_schedule(entry, ended.get(entry.body["schedule"])) for entry in reading.entries_of(SET))


def within_reach(schedule: Schedule, held: Sequence[Scope]) -> bool:
    """Whether everything that is sent lies within these scopes: only then is it shown, tested and ended."""
    return EVERYWHERE in held or (bool(schedule.reach) and set(schedule.reach) <= set(held))


def not_any_more(reading: Reading, schedule: Schedule) -> str:
    """Why who set it may not have it sent any more, "" where they may.

    Who set it from the command line had the store itself in hand. An account or a token must still be there, and reach
    everything that is sent.
    """
    if not schedule.authenticated:
        return ""
    account = account_of(reading, schedule.by)
    token = next((one for one in tokens(reading) if one.name == schedule.by and one.revoked_at is None), None)
    holder = account or token
    if holder is None:
        nobody = not accounts(reading) and not tokens(reading)
        return "" if nobody else f"{schedule.by}, who set it, has no account any more; somebody else sets it anew"
    caller = Caller(schedule.by, frozenset(holder.roles))
    if all(within_reach(schedule, scopes(caller, "report", action)) for action in ("read", "schedule")):
        return ""
    return f"{schedule.by}, who set it, may not have all of it any more ({reach_words(schedule.reach)})"


def kept_as(id_: str, number: int) -> str:
    """The name under which the address of a destination is kept."""
    return f"schedule:{id_}:{number}"


def _is_there(reading: Reading, sources: Sources, workflow: str, reach: Sequence[Scope]) -> bool:
    tenant = sources.tenant_of(workflow)
    return reading.workflow(workflow) is not None and any(covers(scope, workflow, tenant) for scope in reach)


def _check_cadence(cadence: Cadence) -> None:
    if not 0 <= cadence.minute < DAY_MINUTES:
        raise BadInput("say at what time of the day, such as 08:00")
    if cadence.every is Every.WEEK and cadence.weekday not in WEEKDAYS:
        raise BadInput(f"say on which day of the week: {', '.join(WEEKDAYS)}")
    if cadence.every is Every.MONTH and not 1 <= (cadence.day or 0) <= 31:
        raise BadInput("say on which day of the month, from 1 to 31; a shorter month has it on its last day")


def _destinations(messenger: Messenger, addresses: Sequence[str]) -> tuple[Destination, ...]:
    if not 1 <= len(addresses) <= DESTINATIONS_MAX:
        raise BadInput(f"name 1 to {DESTINATIONS_MAX} destinations, such as mailto://user:password@mail.example.com")
    if any(len(address) > ADDRESS_MAX for address in addresses):
        raise BadInput(f"the address of a destination has {ADDRESS_MAX:,} characters at most")
    return tuple(messenger.known(address.strip()) for address in addresses)


def _schedule(entry: LedgerEntry, ended: LedgerEntry | None) -> Schedule:
    body = entry.body
    cadence = body["cadence"]
    return Schedule(
        id=body["schedule"],
        asked=Asked(body["report"], body["workflow"], tuple(body["frameworks"])),
        forms=tuple(map(Form, body["forms"])),
        cadence=Cadence(Every(cadence["every"]), cadence["minute"], cadence.get("weekday"), cadence.get("day")),
        destinations=tuple(Destination(**one) for one in body["destinations"]),
        reach=tuple(Scope(one.get("tenant"), one.get("workflow")) for one in body["reach"]),
        by=body["by"],
        authenticated=body["authenticated"],
        at=entry.at,
        entry=entry.index,
        ended_at=ended.at if ended else None,
        ended_by=ended.body["by"] if ended else None,
    )
