"""Five areas of leading AI are filled from the portfolio, and four roles look at different ones first."""

import pytest

import portfolio_made
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.leading import first_for
from interlock.engine.instruments.scoring import score
from interlock.engine.instruments.theatre import probe_portfolio
from interlock.terms.errors import BadInput
from interlock.terms.portfolio import Portfolio

FIVE = next(one for one in read_instruments() if one.id == "ai-leadership")


def _found(portfolio: Portfolio) -> dict[str, str]:
    found = probe_portfolio(FIVE, portfolio)
    return {item: f"{'there' if one.there else 'not'}: {one.says}" for item, one in found.items()}


def test_each_area_names_what_lacks_and_of_how_many() -> None:
    found = _found(portfolio_made.portfolio())
    assert found["strategy"] == (
        "not: 9 of 12 have a KPI with baseline, target and date; not: code-review, sales-drafts, shift-planning"
    )
    assert found["governance"].startswith("not: 11 of 12 hold no authority that nobody gave")
    assert found["governance"].endswith("; not: claims-notes")
    assert found["risk"] == (
        "not: 8 of 12 have a safety owner and no open redline; "
        "not: code-review, collections, sales-drafts, shift-planning"
    )
    assert found["integration"] == "there: 9 of 9 that left exploration say who does which step"
    assert found["adoption"] == "there: 7 of 7 that may act have a KPI that was measured"


def test_an_empty_portfolio_says_nothing() -> None:
    assert _found(portfolio_made.portfolio(standings=())) == {}


@pytest.mark.parametrize(
    ("role", "first"),
    [
        ("cto", {"strategy", "risk"}),
        ("cio", {"integration", "governance"}),
        ("vp-engineering", {"integration", "risk"}),
        ("head-of-engineering", {"adoption"}),
    ],
)
def test_four_roles_look_at_different_areas_first(role: str, first: set[str]) -> None:
    probed = probe_portfolio(FIVE, portfolio_made.portfolio())
    items = score(FIVE, "Nordlicht", {}, at=portfolio_made.AS_OF, probed=probed, evidence={}).items
    ordered = [one.item for one in first_for(FIVE, items, role)]
    assert (set(ordered[: len(first)]), len(ordered)) == (first, 5)


def test_an_unknown_role_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="known: cio, cto, head-of-engineering, vp-engineering"):
        first_for(FIVE, (), "boss")
