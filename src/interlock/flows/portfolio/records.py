"""What documents are made from, read from a store: where everything stands, whether the ledger holds, vendors."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from interlock.engine.reporting.documents import Records
from interlock.flows.instruments.vendors import evaluated_vendors
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.ports.progress import Progress, silent
from interlock.ports.store import Reading, Store
from interlock.terms.compliance import Framework
from interlock.terms.instrument import Instrument
from interlock.terms.portfolio import Portfolio

# A report is written while somebody waits; a longer ledger is verified by a command of its own.
VERIFIED_ENTRIES_MAX = 200_000

ReadPortfolio = Callable[[Reading, dt.datetime], Portfolio]


def read_records(
    store: Store,
    now: dt.datetime,
    instruments: Sequence[Instrument],
    *,
    entries_max: int | None,
    frameworks: Sequence[Framework] = (),
    progress: Progress = silent,
    read: ReadPortfolio = read_portfolio,
) -> Records:
    """All of it. The ledger is verified before, unless it has more than `entries_max` entries (None: whatever its
    length). `read` is how the portfolio is read, where somebody keeps it or may not see all of it.
    """
    holds, root, entries = _ledger(store, entries_max=entries_max, progress=progress)
    with store.reading() as reading:
        portfolio = read(reading, now)
        vendors = evaluated_vendors(reading, instruments)
    portfolio = replace(portfolio, ledger_holds=holds, ledger_root=root, ledger_entries=entries)
    return Records(portfolio, vendors, frameworks)


def _ledger(store: Store, *, entries_max: int | None, progress: Progress) -> tuple[bool | None, str, int]:
    """Whether the ledger holds (None: not looked at), its root, and how many entries it has."""
    with store.reading() as reading:
        entries = reading.last_entry() + 1
    if entries_max is not None and entries > entries_max:
        return None, "", entries
    checked = verify(store, progress=progress)
    return checked.holds, checked.root, checked.entries + checked.unsealed
