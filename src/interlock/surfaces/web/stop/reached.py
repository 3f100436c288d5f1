"""What a stop reaches, as far as whoever looks may know: workflows, effects at work or in doubt, what was approved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from interlock.engine.rollout.people import is_among
from interlock.flows.access.entry_reach import case_tenant
from interlock.flows.access.tenants import visible
from interlock.flows.action.reach import reach_of
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.access import EVERYWHERE
from interlock.terms.errors import Unavailable
from interlock.terms.intent import Intent
from interlock.terms.portfolio import Standing

KEYS_MAX = 50


@dataclass(frozen=True, slots=True)
class Keys:
    """Cases by key: `n` of them, the first of which are shown; `n` counts those that may not be named too."""

    n: int
    shown: tuple[str, ...]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.n - len(self.shown)


@dataclass(frozen=True, slots=True)
class Reached:
    """What is under a scope now. `acting` counts those workflows that hold authority, `queue` their open reviews.

    `resumers` may let all of it work again, by the definitions. Not `known`: which workflows there are cannot be read
    at this moment; a stop works all the same.
    """

    workflows: tuple[str, ...]
    acting: int
    queue: int
    resumers: tuple[str, ...]
    in_flight: Keys
    in_doubt: Keys
    approved: Keys
    known: bool = True


def reached(site: Site, who: Visitor, scope: str) -> Reached:
    """What a visitor may know of it. Raises BadInput for no scope."""
    with site.rt.store.reading() as reading:
        found = reach_of(reading, scope, now=site.now())
        approved = [
            (one.key, one.workflow, case_tenant(reading, one.workflow, one.key, who.tenant_of))
            for one in found.approved
        ]
    known = True
    try:
        under = standings_under(site, who, scope)
    except Unavailable:
        under, known = (), False
    sees_all = EVERYWHERE in who.scopes("switch", "read")

    def named(intents: Sequence[Intent]) -> Keys:
        may = (who.may("case", "read", workflow=one.workflow, tenant=one.tenant) for one in intents)
        return _keys(zip((one.key for one in intents), may, strict=True), sees_all=sees_all)

    return Reached(
        tuple(one.definition.name for one in under),
        sum(one.grant is not None for one in under),
        sum(one.open_reviews for one in under),
        _resumers(under),
        named(found.in_flight),
        named(found.in_doubt),
        _keys(((key, who.may("case", "read", workflow=of, tenant=at)) for key, of, at in approved), sees_all=sees_all),
        known,
    )


def standings_under(site: Site, who: Visitor, scope: str) -> tuple[Standing, ...]:
    """The workflows that a scope may reach and that the visitor may know of; a tenant's cases may be in any of them."""
    kind, _, name = scope.partition(":")
    found: Sequence[Standing] = () if kind == "workflow" else site.board.portfolio().standings
    if kind == "workflow" and (own := site.board.standing(name)) is not None:
        found = (own,)
    if kind == "action":
        found = [one for one in found if one.definition.effect.action_class == name]
    return visible(replace(site.board.portfolio(), standings=tuple(found)), who.caller, who.tenant_of).standings


def _resumers(under: tuple[Standing, ...]) -> tuple[str, ...]:
    """Who has the right in every one of them."""
    if not under:
        return ()
    first, *others = dict.fromkeys(one.definition.rights.resume for one in under)  # most share the same people
    return tuple(name for name in first if all(is_among(name, other) for other in others))


def _keys(cases: Iterable[tuple[str, bool]], *, sees_all: bool) -> Keys:
    """Of (key, whether it may be named). How many others have is nobody's business but of those who see everything."""
    found = tuple(cases)
    named = [key for key, may in found if may]
    return Keys(len(found) if sees_all else len(named), tuple(named[:KEYS_MAX]))
