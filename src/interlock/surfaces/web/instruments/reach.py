"""Which instrument and whom a page is about, and what of it a visitor may see."""

from dataclasses import dataclass
from urllib.parse import urlencode

from interlock.engine.instruments.subjects import check_subject, sees_others
from interlock.engine.rollout.people import same_person
from interlock.flows.instruments.scored import InMemory
from interlock.surfaces.web.refusals import NotThere
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.errors import BadInput
from interlock.terms.instrument import Instrument, Sheet

WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class About:
    """One instrument, and whom or what it is about. `sees_others`: what others answered may be shown."""

    instrument: Instrument
    subject: str
    may_answer: bool
    sees_others: bool

    def address(self, page: str, **more: str) -> str:
        """Of one of its pages: sheet, sheet/SECTION, check, result."""
        return address_of(self.instrument.id, self.subject, page, **more)

    @property
    def workflow(self) -> str | None:
        """The workflow that it is about, None where it is about something else."""
        return self.subject if self.instrument.about == WORKFLOW else None


def address_of(instrument: str, subject: str, page: str, **more: str) -> str:
    """The address of one page about one subject."""
    return f"/instruments/{instrument}/{page}?{urlencode({'subject': subject, **more})}"


def instrument_at(here: Site, name: str) -> Instrument:
    """The instrument of an address. Raises NotThere."""
    found = next((one for one in here.packs.instruments if one.id == name), None)
    if found is None:
        raise NotThere
    return found


def about(here: Site, who: Visitor, name: str, subject: str, *, action: str = "read") -> About:
    """Raises NotThere for what is not there or out of reach, and NotAllowed for what this visitor may not do."""
    instrument, subject = instrument_at(here, name), subject.strip()
    try:
        check_subject(subject)
    except BadInput:
        raise NotThere from None
    workflow = subject if instrument.about == WORKFLOW else None
    if workflow is not None and here.board.standing(workflow) is None:
        raise NotThere
    who.check("instrument", action, workflow=workflow)
    may_answer = who.may("instrument", "answer", workflow=workflow)
    return About(instrument, subject, may_answer, sees_others(who.caller, instrument, subject))


def is_seen(who: Visitor, instrument: Instrument, sheet: Sheet) -> bool:
    """Whether a sheet may be listed for a visitor."""
    if instrument.about == WORKFLOW:
        return who.may("instrument", "read", workflow=sheet.subject)
    return who.may("instrument", "read") and (
        sees_others(who.caller, instrument, sheet.subject) or same_person(who.name, sheet.by)
    )


def in_memory(here: Site, on: About) -> InMemory:
    """What a score is made from without reading it anew."""
    return InMemory(here.sheets.of(on.instrument.id, on.subject), here.board.portfolio())
