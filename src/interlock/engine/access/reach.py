"""What of a portfolio somebody may see, by where they may."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from interlock.engine.access.permissions import covers
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.portfolio import Portfolio

TenantOf = Callable[[str], str | None]  # the tenant that a workflow was given to, None for everybody's


def within(portfolio: Portfolio, held: Sequence[Scope], tenant_of: TenantOf) -> Portfolio:
    """The workflows that lie within these scopes, and what was decided and agreed about them, without the organisation
    around them; all of it for who holds EVERYWHERE.
    """
    if EVERYWHERE in held:
        return portfolio

    def seen(workflow: str) -> bool:
        tenant = tenant_of(workflow)
        return any(covers(scope, workflow, tenant) for scope in held)

    standings = tuple(one for one in portfolio.standings if seen(one.definition.name))
    names = {one.definition.name for one in standings}
    decisions = tuple(one for one in portfolio.decisions if one.workflow in names)
    agreed = tuple(one for one in portfolio.actions if one.workflow in names)
    return replace(portfolio, organisation=None, standings=standings, decisions=decisions, actions=agreed)


def reach_words(held: Sequence[Scope]) -> str:
    """The scopes in one line, the same for the same reach: `*` for everything."""
    return "*" if EVERYWHERE in held else ", ".join(sorted(map(str, held)))
