"""Which initiatives the council stopped."""

from collections.abc import Mapping

from interlock.terms.council import CouncilDecision
from interlock.terms.portfolio import Portfolio

RETIRE = "retire"


def retired(portfolio: Portfolio) -> Mapping[str, CouncilDecision]:
    """The newest decision that stopped each, by workflow. A move after the council's word begins it again."""
    said = {one.workflow: one for one in portfolio.decisions if one.workflow is not None and one.chosen == RETIRE}
    if not said:
        return {}
    moved = {one.definition.name: one.moves[-1].entry for one in portfolio.standings if one.moves}
    return {name: one for name, one in said.items() if name is not None and one.entry > moved.get(name, -1)}
