"""Checkpoints that were kept elsewhere, compared while the entries pass by."""

from collections.abc import Iterable, Iterator

from interlock.engine.ledger.merkle import EMPTY_ROOT
from interlock.terms.checkpoint import Checkpoint


class KeptCheckpoints:
    """Which of the checkpoints the ledger still agrees with; one pass answers for all of them."""

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._ahead = sorted(checkpoints, key=lambda kept: kept.size, reverse=True)
        self._agreed_size = 0
        self._differing: list[Checkpoint] = []
        self.agreed = 0
        self.next_size = -1  # of the next checkpoint to compare; -1 where none is left
        self._step()
        if self.next_size == 0:
            self.compare((EMPTY_ROOT,))

    def compare(self, roots: tuple[bytes, ...]) -> None:
        """Every checkpoint of `next_size` entries with the roots that those entries may have."""
        size = self.next_size
        while self._ahead and self._ahead[-1].size == size:
            kept = self._ahead.pop()
            if kept.root in roots:
                self.agreed, self._agreed_size = self.agreed + 1, size
            else:
                self._differing.append(kept)
        self._step()

    def faults(self, entries: int) -> Iterator[str]:
        """What the checkpoints show, in words; `entries` is the number of entries that the ledger holds."""
        if self._differing:
            first = self._differing[0]
            words = f"the ledger does not begin with the {first.size:,} entries that a checkpoint saw: it was rewritten"
            if self._agreed_size:
                words += f" (it agrees with the checkpoint of {self._agreed_size:,} entries)"
            yield words + _others(len(self._differing) - 1, "differs", "differ")
        if self._ahead:
            longest, others = self._ahead[0], len(self._ahead) - 1
            words = f"a checkpoint saw {longest.size:,} entries, the ledger holds only {entries:,}: its end was cut off"
            yield words + _others(others, "saw more as well", "saw more as well")

    def _step(self) -> None:
        self.next_size = self._ahead[-1].size if self._ahead else -1


def _others(number: int, one: str, many: str) -> str:
    if not number:
        return ""
    return f"; {number:,} other {'checkpoint' if number == 1 else 'checkpoints'} {one if number == 1 else many}"
