"""What the council's pages show: only what is about workflows that the visitor may see."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from interlock.engine.calendar.days import next_meeting
from interlock.engine.council.agenda import agenda
from interlock.engine.council.late_actions import MORE_DAYS
from interlock.engine.council.minutes import Minute, minutes
from interlock.engine.rollout.people import is_among
from interlock.flows.calendar.define import calendar_in_force
from interlock.flows.council.minutes import refusals
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.council import AgendaItem, CouncilDecision, RefusedDecision
from interlock.terms.kill import parted
from interlock.terms.zones import zone_named

ENTRY = "entry "


@dataclass(frozen=True, slots=True)
class Reference:
    """A piece of evidence, and where it is shown."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """When the council meets next (RFC 3339), and its zone."""

    at: str
    zone: str


def items(site: Site, who: Visitor) -> tuple[AgendaItem, ...]:
    """Every open question that the visitor may see, the most pressing first."""
    portfolio = site.board.portfolio()
    found = agenda(portfolio, site.board.money(portfolio))
    return tuple(one for one in found if sees(who, one.workflow))


def sees(who: Visitor, workflow: str | None) -> bool:
    """Whether a question about this workflow (None: about the organisation) is the visitor's to see."""
    return who.may("council", "read", workflow=workflow)


def is_for(who: Visitor, item: AgendaItem) -> bool:
    """Whether the visitor may decide it: by a role, and by the definition or as one of the council."""
    return who.may("council", "decide", workflow=item.workflow) and is_among(who.name, item.may_decide)


def decided(site: Site, who: Visitor) -> tuple[Minute, ...]:
    """What was decided about workflows that the visitor may see, the newest first."""
    return minutes((one for one in site.board.portfolio().decisions if sees(who, one.workflow)), site.now())


def refused(site: Site, who: Visitor) -> tuple[RefusedDecision, ...]:
    """What was refused about them, oldest first."""
    with site.rt.store.reading() as reading:
        return tuple(one for one in refusals(reading) if sees(who, one.workflow))


def refused_beside(
    shown: Sequence[Minute], every: Sequence[RefusedDecision], *, first: bool, last: bool
) -> Sequence[RefusedDecision]:
    """The refusals that belong between the decisions of one page; before the first and after the last page too."""
    if not shown:
        return every if first and last else ()
    newest, oldest = shown[0].decision.entry, shown[-1].decision.entry
    return [one for one in every if (first or one.entry <= newest) and (last or one.entry > oldest)]


def heading(found: Sequence[AgendaItem], mine: int) -> str:
    """How much waits, and for whom."""
    if not found:
        return "Nothing needs a decision"
    told = f"{len(found):,} {'question needs' if len(found) == 1 else 'questions need'} a decision"
    if mine == len(found):
        return f"{told}: {'you may take it' if mine == 1 else 'you may take each'}"
    return f"{told}, {mine:,} of them {'is' if mine == 1 else 'are'} yours" if mine else told


def next_council(site: Site) -> Meeting:
    """When it meets, by the organisation's calendar."""
    with site.rt.store.reading() as reading:
        calendar = calendar_in_force(reading)
    return Meeting(next_meeting(calendar, calendar.council, site.now()).isoformat(), calendar.zone)


def zone_of(site: Site) -> dt.tzinfo:
    """The organisation's time zone: a meeting is on a day of its own clock."""
    with site.rt.store.reading() as reading:
        return zone_named(calendar_in_force(reading).zone)


def references(site: Site, item: AgendaItem) -> tuple[Reference, ...]:
    """The evidence behind an item: ledger entries, evidence by digest, and the release itself."""
    standing = None if item.workflow is None else site.board.standing(item.workflow)
    release = None if standing is None else standing.release
    agreed = {f"{ENTRY}{one.entry}" for one in site.board.portfolio().actions}
    return tuple(
        _action(one) if one in agreed else _reference(one, item.workflow or "", one == release) for one in item.evidence
    )


def _action(told: str) -> Reference:
    entry = told.removeprefix(ENTRY)
    return Reference(f"action {entry}", f"/stand-up/actions/{entry}")


def _reference(told: str, workflow: str, is_release: bool) -> Reference:  # noqa: FBT001 - the flag says which it is
    if told.startswith(ENTRY):
        return Reference(told, f"/ledger/{told.removeprefix(ENTRY)}")
    if is_release:
        return Reference(f"release {told[7:19]}", f"/workflows/{quote(workflow, safe='')}")
    return Reference(f"evidence {told[7:19]}", f"/ledger/evidence/{quote(told, safe=':')}")


def effect_words(effect: str) -> str:
    """What a decision does at once, in words; "" for what is put on record only."""
    verb, _, rest = effect.partition(" ")
    if verb == "halt":
        kind, name = parted(rest)
        return f"Stops {kind} {name}".strip() + " at once: people do the work until somebody lets it work again."
    return {
        "demote": "Takes its authority away at once: every case goes to people.",
        "close": "Closes the incident at once, with your reason as what was learned.",
        "end": "Ends the waiver at once: the check counts from now on.",
        "waive": "Waives the check for 30 days more, if the rules of waivers allow it: the risk is carried on.",
        "move": f"Moves it to {rest}, if its gate still passes today.",
        "done": "Closes the action as done, with your reason.",
        "more": f"Closes the action as not done, with your reason, and agrees on it again for {MORE_DAYS} days.",
        "drop": "Closes the action as not done, with your reason.",
    }.get(verb, "")


def address_of(item: str) -> str:
    """The page of one question."""
    return f"/council/item?item={quote(item, safe='')}"


def candidates(item: AgendaItem, council: Iterable[str], who: Visitor) -> tuple[tuple[str, str, str], ...]:
    """Who may have been there, as boxes to tick: the council and those who may decide, without who writes it down."""
    names = dict.fromkeys((*council, *item.may_decide))
    return tuple((name, name, "") for name in names if not is_among(name, [who.name]))


def on_item(found: Iterable[Minute], item: str) -> tuple[Minute, ...]:
    """What was decided on one question before, the newest first."""
    return tuple(one for one in found if one.decision.item == item)


def by_entry(found: Iterable[Minute], entry: int) -> Minute | None:
    """The decision at an entry of the ledger."""
    return next((one for one in found if one.decision.entry == entry), None)


def workflow_of(decision: CouncilDecision) -> str:
    """Where the decision is about."""
    return decision.workflow or "the organisation"
