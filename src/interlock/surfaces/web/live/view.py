"""What a page says about what is stopped: only what reaches the work of whoever looks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from interlock.engine.access.switches import Stoppable, reaches
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.errors import Unavailable
from interlock.terms.kill import GLOBAL, Kill, parted

SHOWN_MAX = 3


@dataclass(frozen=True, slots=True)
class Stop:
    """One scope that is stopped. `kind` and `name` are its words; `href` leads to how the stop goes."""

    kind: str
    name: str
    by: str
    reason: str
    at: str
    href: str


@dataclass(frozen=True, slots=True)
class Banner:
    """The newest stops that somebody may know of, and how many there are beside. Not `known`: nobody knows."""

    known: bool = True
    stops: tuple[Stop, ...] = ()
    more: int = 0

    @property
    def digest(self) -> str:
        """Another one for other words: what was shown is not announced again."""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()[:12]


def banner(site: Site, who: Visitor | None) -> Banner:
    """What is stopped now; nothing for somebody who is not signed in."""
    if who is None or not who.may_somewhere("switch", "read"):
        return Banner()
    halted = site.watch.now()
    try:
        return Banner(known=False) if halted is None else _of(seen(site, who, halted.kills))
    except Unavailable:  # whose work is reached is not known either
        return Banner(known=False)


def seen(site: Site, who: Visitor, kills: Sequence[Kill]) -> tuple[Kill, ...]:
    """The kills that may stop work of the visitor."""
    held = who.scopes("switch", "read")
    if EVERYWHERE in held or not kills:
        return tuple(kills)
    every = stoppables(site)
    return tuple(one for one in kills if reaches(one.scope, held, every))


def stoppables(site: Site) -> tuple[Stoppable, ...]:
    """Every workflow with what else it can be stopped by."""
    given = site.tenants.all()
    return tuple(
        Stoppable(
            one.definition.name,
            given.get(one.definition.name),
            one.definition.effect.action_class,
            one.grant.segments if one.grant is not None else (),
        )
        for one in site.board.portfolio().standings
    )


def address_of(scope: str) -> str:
    """The page of one scope."""
    return f"/stop/scope?scope={quote(scope, safe='')}"


def _of(kills: Sequence[Kill]) -> Banner:
    # What stops everything stands first, then what was stopped last.
    ordered = sorted(kills, key=lambda one: (one.scope != GLOBAL, -one.entry))
    return Banner(stops=tuple(map(_stop, ordered[:SHOWN_MAX])), more=max(len(ordered) - SHOWN_MAX, 0))


def _stop(one: Kill) -> Stop:
    return Stop(*parted(one.scope), one.by, one.reason, one.at, address_of(one.scope))
