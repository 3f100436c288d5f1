"""What documents are made from: where everything stands, whether the ledger holds, how people scored vendors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from interlock.engine.instruments.evaluated import Evaluated
from interlock.flows.instruments.vendors import evaluated_vendors
from interlock.flows.ledger.verify import verify
from interlock.flows.portfolio.read import read_portfolio
from interlock.ports.store import Store
from interlock.surfaces.cli.ledger.options import watching
from interlock.surfaces.cli.store_options import opened
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.portfolio import Portfolio

# A report is written while somebody waits; a longer ledger is verified by a command of its own.
VERIFIED_ENTRIES_MAX = 200_000


@dataclass(frozen=True, slots=True)
class Records:
    """Where everything stands, and what people answered about each vendor."""

    portfolio: Portfolio
    vendors: Mapping[str, Sequence[Evaluated]]


def read_records(box: Toolbox, store: str | None, *, entries_max: int | None) -> Records:
    """All of it out of the store. The ledger is verified before, unless it has more than `entries_max` entries (None:
    whatever its length).
    """
    with opened(box, store) as opened_store:
        holds, root, entries = _ledger(box, opened_store, entries_max=entries_max)
        with opened_store.reading() as reading:
            portfolio = read_portfolio(reading, box.clock(), ledger_holds=holds)
            vendors = evaluated_vendors(reading, box.read_instruments(None))
    return Records(replace(portfolio, ledger_root=root, ledger_entries=entries), vendors)


def _ledger(box: Toolbox, store: Store, *, entries_max: int | None) -> tuple[bool | None, str, int]:
    """Whether the ledger holds (None: not looked at), its root, and how many entries it has."""
    with store.reading() as reading:
        entries = reading.last_entry() + 1
    if entries_max is not None and entries > entries_max:
        return None, "", entries
    with watching(box, "verifying the ledger") as progress:
        checked = verify(store, progress=progress)
    return checked.holds, checked.root, checked.entries + checked.unsealed
