"""Times in a ledger should not go back: where they do, a clock was set back or ahead."""

from collections.abc import Iterable, Iterator

from interlock.engine.timestamp import moment
from interlock.terms.ledger import LedgerEntry

BACK_MAX_S = 5.0  # writers that wait for each other record times that far out of order


class Order:
    """Watches entries go by: how many are dated too far before an earlier one, and which was the first.

    From a person's word that a clock is right (`clock.accepted`) times count anew.
    """

    def __init__(self) -> None:
        self.back = 0
        self.first: LedgerEntry | None = None
        self._newest = ""

    def watched(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        """The same entries."""
        for entry in entries:
            if entry.at >= self._newest or entry.kind == "clock.accepted":
                self._newest = entry.at
            elif _seconds(entry.at, self._newest) > BACK_MAX_S:
                self.back += 1
                self.first = self.first or entry
            yield entry

    @property
    def words(self) -> str:
        """What was seen, "" where times only went on."""
        if self.first is None:
            return ""
        number = "1 entry is" if self.back == 1 else f"{self.back:,} entries are"
        return (
            f"{number} dated more than {BACK_MAX_S:g} s before an earlier one, the first is entry {self.first.index}: "
            "a clock was wrong."
        )


def _seconds(earlier: str, later: str) -> float:
    try:
        return (moment(later) - moment(earlier)).total_seconds()
    except (ValueError, TypeError):  # no time at all: the check of the entry itself names it
        return 0.0
