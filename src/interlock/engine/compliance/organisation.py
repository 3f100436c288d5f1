"""Controls of the organisation around its workflows."""

import datetime as dt
from collections.abc import Callable, Mapping

from interlock.engine.instruments.probes import Probed
from interlock.engine.timestamp import moment, stamp
from interlock.terms.portfolio import Portfolio

DECIDED_DAYS = 31  # a council that decides nothing for a month and two of its meetings is not at work

AskAll = Callable[[Portfolio], Probed]


def _entry(portfolio: Portfolio) -> tuple[str, ...]:
    organisation = portfolio.organisation
    return () if organisation is None else (f"entry {organisation.entry}",)


def _on_record(portfolio: Portfolio) -> Probed:
    organisation = portfolio.organisation
    if organisation is None or not organisation.council:
        return Probed(there=False, says="no organisation with a council is on record", evidence=_entry(portfolio))
    names = ", ".join(organisation.council)
    return Probed(there=True, says=f"the council: {names}", evidence=_entry(portfolio))


def _owned(portfolio: Portfolio) -> Probed:
    held = portfolio.organisation.responsibilities if portfolio.organisation else ()
    wrong = [one.id for one in held if len(one.owners) != 1]
    there = bool(held) and not wrong
    words = f"without exactly one owner: {', '.join(wrong)}" if wrong else "no responsibility is on record"
    return Probed(there=there, says="each has one owner" if there else words, evidence=_entry(portfolio))


def _decides(portfolio: Portfolio) -> Probed:
    meets = portfolio.organisation.meets_every_days if portfolio.organisation else 0
    since = stamp(moment(portfolio.as_of) - dt.timedelta(days=max(DECIDED_DAYS, 2 * meets)))
    newest = max(portfolio.decisions, key=lambda one: one.at, default=None)
    if newest is None:
        return Probed(there=False, says="the council decided nothing yet")
    words = f"the newest decision is of {newest.at[:10]}"
    return Probed(there=newest.at >= since, says=words, evidence=(f"entry {newest.entry}",))


def _ledger(portfolio: Portfolio) -> Probed:
    words = {
        True: "the ledger was verified and holds",
        False: "it was verified and does not hold",
        None: "nobody verified it",
    }
    seen = (portfolio.ledger_root,) if portfolio.ledger_root else ()
    return Probed(there=portfolio.ledger_holds is True, says=words[portfolio.ledger_holds], evidence=seen)


def _inventory(portfolio: Portfolio) -> Probed:
    n = len(portfolio.standings)
    seen = tuple(one.release for one in portfolio.standings)
    return Probed(there=n > 0, says=f"{n} workflows are on record", evidence=seen)


# Its title, the responsibility whose owner is to be asked, and what answers it.
ORGANISATION: Mapping[str, tuple[str, str, AskAll]] = {
    "council-named": ("The council is on record", "technology-risk", _on_record),
    "responsibilities-owned": ("Each responsibility has one owner", "technology-risk", _owned),
    "council-decides": ("The council decides", "technology-risk", _decides),
    "ledger-verified": ("The ledger is verified", "security-and-resilience", _ledger),
    "inventory-kept": ("Workflows are in one inventory", "technology-risk", _inventory),
}
