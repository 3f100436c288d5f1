"""How a stop goes, as a page shows it: fenced, quiet, in flight, in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.access.permissions import may as permitted
from interlock.engine.access.switches import Stoppable, may_switch, no_right_words, reaches
from interlock.flows.access.kill_reach import kill_within
from interlock.flows.action.kill import lacks_right_to_resume
from interlock.surfaces.web.live.view import seen, stoppables
from interlock.surfaces.web.refusals import NotAllowed, NotThere
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE, Caller
from interlock.terms.errors import Refused, Unavailable
from interlock.terms.kill import GLOBAL, Kill, parted

HOLDS = said(PASSED, "Holds")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be stopped: its scope, and its words."""

    scope: str
    kind: str
    name: str

    @property
    def words(self) -> str:
        """As it is told."""
        return f"{self.kind} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the contract: whether it holds, since when, and what that means."""

    name: str
    state: State
    at: str
    words: str


def choice_of(scope: str) -> Choice:
    """A scope with its words."""
    return Choice(scope, *parted(scope))


def check_switch(site: Site, who: Visitor, action: str, scope: str) -> None:
    """Raises NotAllowed where the visitor may not do this to the scope, NotThere where they may not know of it."""
    if may_switch(who.caller, action, scope, who.tenant_of):
        return
    check_seen(site, who, scope)
    raise NotAllowed(f"switch:{action}")


def check_seen(site: Site, who: Visitor, scope: str) -> None:
    """Raises NotThere for a scope that reaches nothing of the visitor's: it looks as one that does not exist."""
    held = who.scopes("switch", "read")
    if EVERYWHERE not in held and not reaches(scope, held, stoppables(site)):
        raise NotThere


def check_right(site: Site, who: Visitor, scope: str) -> None:
    """Raises Refused where the definitions do not let the visitor resume it, naming only what they may know."""
    with site.rt.store.reading() as reading:
        lacking = lacks_right_to_resume(reading, scope, who.person)
    if lacking:
        raise Refused(no_right_words(who.name, lacking, lambda name: who.may("workflow", "read", workflow=name)))


def has_right(site: Site, who: Visitor, scope: str) -> bool:
    """Whether the definitions let the visitor resume the scope: else no form for that is drawn."""
    with site.rt.store.reading() as reading:
        return not lacks_right_to_resume(reading, scope, who.person)


def may(who: Visitor, action: str, scope: str) -> bool:
    """Whether a button for it is drawn."""
    return may_switch(who.caller, action, scope, who.tenant_of)


def may_read(caller: Caller, one: Stoppable) -> bool:
    """Whether the caller may know of a workflow."""
    return permitted(caller, "workflow", "read", workflow=one.name, tenant=one.tenant)


def choices(site: Site, who: Visitor) -> tuple[Choice, ...]:
    """What the visitor may stop, the widest first."""
    given = site.tenants.all()
    try:
        every = [one for one in stoppables(site) if may_read(who.caller, one)]
    except Unavailable:  # which workflows there are cannot be read: the switch is there all the same
        every = []
    tenants = {one.tenant for one in every} | {place.tenant for place in who.scopes("switch", "kill")}
    scopes = [
        GLOBAL,
        *(f"tenant:{name}" for name in sorted(filter(None, tenants))),
        *(f"action:{name}" for name in sorted({one.action for one in every if one.action})),
        *(f"segment:{name}" for name in sorted({name for one in every for name in one.segments})),
        *(f"workflow:{one.name}" for one in every),
    ]
    return tuple(choice_of(scope) for scope in scopes if may_switch(who.caller, "kill", scope, given.get))


def first_choice(offered: Sequence[Choice], asked: str) -> Choice | None:
    """What was asked for, also where it is not among those offered; else the widest."""
    if asked:
        return next((one for one in offered if one.scope == asked), choice_of(asked))
    return offered[0] if offered else None


def kills_of(site: Site, who: Visitor) -> tuple[Kill, ...]:
    """Every kill that reached the visitor's work, the newest first, with the cases that they may know of."""
    found = seen(site, who, site.watch.halts.newest())
    with site.rt.store.reading() as reading:
        return tuple(kill_within(reading, who.caller, one, who.tenant_of) for one in found)


def scope_heading(scope: Choice, kills: Sequence[Kill]) -> str:
    """How it is with one scope, in a title; `kills` are its own, the newest first."""
    words = scope.words[:1].upper() + scope.words[1:]
    if not kills:
        return f"{words} was never stopped"
    if kills[0].resumed is not None:
        return f"{words} works again"
    report = kills[0].report
    return f"{words} is stopped" + (", and quiet" if report is not None and report.quiesced_at is not None else "")


def heading(halted: Sequence[Kill]) -> str:
    """What is stopped, in a title."""
    if not halted:
        return "Nothing is stopped"
    if any(one.scope == GLOBAL for one in halted):
        return "Everything is stopped"
    words = [choice_of(one.scope).words for one in halted]
    told = words[0] if len(words) == 1 else f"{len(words)} scopes"
    return f"{told[:1].upper()}{told[1:]} {'is' if len(words) == 1 else 'are'} stopped"


def steps(kill: Kill, *, in_flight: int, in_doubt: int, waiting: bool) -> tuple[Step, ...]:
    """The contract of a kill that holds, as far as it is known now."""
    return (
        Step("Fenced", HOLDS, kill.at, "No effect that was decided before can begin any more, in any process."),
        _quiet(kill, in_flight, waiting=waiting),
        _left(kill, in_doubt),
    )


def _quiet(kill: Kill, in_flight: int, *, waiting: bool) -> Step:
    quiet_at = kill.report.quiesced_at if kill.report is not None else None
    if quiet_at is not None:
        return Step("Quiet", HOLDS, quiet_at, "No effect is in flight.")
    if in_flight:
        words = f"{in_flight:,} {'effect that was' if in_flight == 1 else 'effects that were'} at work may still land."
        return Step("Quiet", said(INCONCLUSIVE, "Not yet"), "", words)
    words = "It is being found out." if waiting else "Nobody has found out yet whether an effect is in flight."
    return Step("Quiet", said(INCONCLUSIVE, "Not known"), "", words)


def _left(kill: Kill, in_doubt: int) -> Step:
    if not in_doubt and (kill.report is None or kill.report.quiesced_at is None):
        return Step("In doubt", said(INCONCLUSIVE, "None so far"), "", "What is at work may still turn out to be.")
    if not in_doubt:
        return Step("In doubt", said(PASSED, "None"), "", "Every effect that began is known to have ended.")
    words = "Whether they were done cannot be known here. They are named below, for somebody to find out."
    return Step("In doubt", said(FAILED, f"{in_doubt:,} by name"), "", words)


def state_of(kill: Kill) -> State:
    """A kill in one word."""
    if kill.resumed is not None:
        return said(NOTED, "Resumed")
    if kill.report is None or kill.report.quiesced_at is None:
        return said(FAILED, "Stopped, not quiet")
    return said(FAILED, "Stopped")
