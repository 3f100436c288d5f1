"""Whether numbered entries come one after the other."""

from interlock.terms.ledger import Fault


class Places:
    """Follows the numbers of entries. A line that cannot be read may have been an entry: the next number tells."""

    def __init__(self) -> None:
        self.next = 0
        self._unread = 0

    def unread(self) -> int:
        """Take a line that cannot be read; returns the number that it has if it was an entry."""
        self._unread += 1
        return self.next + self._unread - 1

    def filled(self, missing: int) -> int:
        """How many of the `missing` entries are lines that could not be read; they count as entries from now on."""
        filled = min(max(missing, 0), self._unread)
        self.next += filled
        self._unread = 0
        return filled

    def take(self, place: int) -> Fault | None:
        """Take an entry that says it is number `place`; the fault where another one belongs there."""
        expected = self.next
        self.next = max(expected, place + 1)
        if place == expected:
            return None
        if place < expected:
            return Fault(place, f"it comes again, or out of order, where entry {expected} belongs")
        return Fault(expected, _missing(expected, place))

    def reach(self, place: int) -> Fault | None:
        """Everything before number `place` must have come; the fault where something has not."""
        expected, self.next = self.next, max(self.next, place)
        return Fault(expected, _missing(expected, place)) if expected < place else None


def _missing(start: int, stop: int) -> str:
    return "it is missing" if stop == start + 1 else f"entries {start} to {stop - 1} are missing"
