"""Put the organisation and what its council decides on record; what is decided takes effect at once."""

import datetime as dt

from interlock.engine.council.again import DUE_DAYS_MAX, HOLDS_DAYS
from interlock.engine.council.agenda import agenda
from interlock.engine.council.looked_at import as_looked_at
from interlock.engine.rollout.people import is_among, known_as
from interlock.engine.timestamp import stamp
from interlock.flows.council.effects import Decided, FactsOf, take_effect
from interlock.flows.ledger.record import record
from interlock.flows.portfolio import recorded
from interlock.flows.portfolio.read import read_organisation, read_standings
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.council import AgendaItem, CouncilDecision, Organisation
from interlock.terms.errors import BadInput, Refused
from interlock.terms.person import Person

ITEM_PARTS_MAX = 8


def define_organisation(
    store: Store, organisation: Organisation, *, by: Person, clock: Clock, authored_sample: bool = False
) -> Organisation:
    """It counts from now on; earlier ones stay on record. Raises BadInput without a name.

    `authored_sample`: company, people and figures of this store are invented, and every page made from it says so.
    """
    if not known_as(by.name):
        raise BadInput("say who describes the organisation (--as): it is recorded")
    body = {
        "workflow": None,
        "name": organisation.name,
        "responsibilities": organisation.responsibilities,
        "council": organisation.council,
        "meets_every_days": organisation.meets_every_days,
        "governance": organisation.governance,
        "by": by.name,
        "authenticated": by.authenticated,
        **({"authored_sample": True} if authored_sample else {}),
    }
    with store.transaction() as tx:
        return recorded.organisation(record(tx, "organisation.defined", body, at=stamp(clock())))


def decide_item(
    store: Store,
    item: str,
    *,
    choose: str,
    reason: str,
    by: Person,
    clock: Clock,
    present: tuple[str, ...] = (),
    due: dt.datetime | None = None,
    facts: FactsOf | None = None,
    looked_at: str | None = None,
) -> CouncilDecision:
    """Record what was decided on one item of today's agenda.

    What the option does takes effect in the same transaction, by the flow that does it without a council; `facts` reads
    what gates are judged on. At `due` the question is asked again if the state still asks it, 30 days later where it is
    None. `looked_at` is the item as the person saw it (engine.council.looked_at), where that is known.

    Raises BadInput for an unknown item or option, for one that is another question by now, without a reason and for a
    date that is no answer, and Refused (recorded) where the person may not decide it, and where a rule forbids what was
    decided: then the item stays.
    """
    if not reason.strip():
        raise BadInput("say why (--reason): a decision without a reason cannot be looked at again")
    with store.transaction() as tx:
        now = clock()
        until = _until(due, now)
        found = item_of(tx, item, now)
        if looked_at is not None and looked_at != as_looked_at(found):
            raise BadInput(f"{found.id} is another question now than the one that was looked at: look at it again")
        option = next((one for one in found.options if one.id == choose), None)
        if option is None:
            raise BadInput(f"'{choose}' is no option of {item}: {', '.join(one.id for one in found.options)}")
        told: dict[str, object] = {
            "workflow": found.workflow,
            "item": found.id,
            "chosen": choose,
            "reason": reason,
            "by": by.name,
            "authenticated": by.authenticated,
        }
        refusal = _refusal(found, by)
        if refusal is None:
            body = {
                **told,
                "title": option.title,
                "effect": option.effect,
                "question": found.question,
                "present": present,
                "due_at": until,
                "weight": found.weight,
            }
            entry = record(tx, "council.decided", body, at=stamp(now))
            try:
                take_effect(tx, option.effect, Decided(found.workflow or "", by, reason, entry.index, clock, facts))
            except Refused as exc:
                refusal = str(exc)
                told["decision"] = entry.index
        if refusal is not None:
            record(tx, "council.refused", {**told, "refusal": refusal}, at=stamp(clock()))
    if refusal is not None:
        raise Refused(refusal)
    return recorded.council_decision(entry)


def _until(due: dt.datetime | None, now: dt.datetime) -> str:
    """Raises BadInput for a date that has passed, and for one so late that nobody would look."""
    last = now + dt.timedelta(days=DUE_DAYS_MAX)
    if due is None:
        return stamp(now + dt.timedelta(days=HOLDS_DAYS))
    if not now < due <= last:
        raise BadInput(
            f"{due.date().isoformat()} is no date to look again: name one after today and up to "
            f"{last.date().isoformat()} ({DUE_DAYS_MAX} days)"
        )
    return stamp(due)


def _refusal(item: AgendaItem, by: Person) -> str | None:
    """Why this person may not decide it, None where they may."""
    if is_among(by.name, item.may_decide):
        return None
    may = ", ".join(item.may_decide) or "nobody; name a council with `interlock organisation apply`"
    return f"{by.name} may not decide {item.id} (who may: {may})"


def item_of(reading: Reading, item: str, now: dt.datetime) -> AgendaItem:
    """One item of today's agenda. Raises BadInput where it is not on it."""
    found = open_item(reading, item, now)
    if found is None:
        raise BadInput(f"'{item}' is not on the agenda; `interlock council agenda` shows what is")
    return found


def open_item(reading: Reading, item: str, now: dt.datetime) -> AgendaItem | None:
    """The same, None where it is not on it. Only the workflow that it is about is read."""
    parts = item.split("/")[:ITEM_PARTS_MAX]
    names = {"/".join(parts[:end]) for end in range(1, len(parts))}  # an item's id begins with its workflow
    standings = read_standings(reading, names, now, {})
    return next((one for one in agenda(read_organisation(reading, standings, now)) if one.id == item), None)
