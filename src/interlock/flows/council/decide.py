"""Put the organisation and what its council decides on record; what takes authority away takes effect at once."""

from interlock.engine.council.agenda import DEMOTE, agenda
from interlock.engine.rollout.people import is_among, known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.flows.portfolio import recorded
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.demote import demote_in
from interlock.ports.clock import Clock
from interlock.ports.store import Store
from interlock.terms.council import AgendaItem, CouncilDecision, Organisation
from interlock.terms.errors import BadInput, Refused
from interlock.terms.person import Person


def define_organisation(store: Store, organisation: Organisation, *, by: Person, clock: Clock) -> Organisation:
    """It counts from now on; earlier ones stay on record. Raises BadInput without a name."""
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
) -> CouncilDecision:
    """Record what was decided on one item of today's agenda.

    Raises BadInput for an unknown item or option or without a reason, Refused where the person may not decide it.
    """
    if not reason.strip():
        raise BadInput("say why (--reason): a decision without a reason cannot be looked at again")
    with store.transaction() as tx:
        now = clock()
        found = _item(agenda(read_portfolio(tx, now)), item)
        if choose not in {option.id for option in found.options}:
            raise BadInput(f"'{choose}' is no option of {item}: {', '.join(one.id for one in found.options)}")
        if not is_among(by.name, found.may_decide):
            may = ", ".join(found.may_decide) or "nobody; name a council with `interlock organisation apply`"
            raise Refused(f"{by.name} may not decide {item} (who may: {may})")
        body = {
            "workflow": found.workflow,
            "item": found.id,
            "question": found.question,
            "chosen": choose,
            "reason": reason,
            "by": by.name,
            "authenticated": by.authenticated,
            "present": present,
        }
        entry = record(tx, "council.decided", body, at=stamp(now))
        row = tx.workflow(found.workflow) if found.workflow else None
        if choose == DEMOTE and row is not None and row.grant is not None:
            facts = {"council": entry.index}
            demote_in(tx, row.name, release=row.release, by=by.name, reason=reason, facts=facts, at=stamp(now))
        return recorded.council_decision(entry)


def _item(items: tuple[AgendaItem, ...], item: str) -> AgendaItem:
    found = next((one for one in items if one.id == item), None)
    if found is None:
        raise BadInput(f"'{item}' is not on the agenda; `interlock council agenda` shows what is")
    return found
