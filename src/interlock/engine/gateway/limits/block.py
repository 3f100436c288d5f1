"""A block of an allowance that one process has leased: what its requests reserve, and what it can give back."""

GROWTH = 2
LASTS_S = 1.0  # a block that is used up sooner is followed by a larger one, one that lasts much longer by a smaller one
MUCH = 8
FIRST_REQUESTS = 16  # the first block is for so many requests like the one that asks for it
SHARE = 16  # a block in advance is at most this part of what is left for everybody
NEEDED_TICKS = 10  # what nobody needed for so many looks goes back even while there is plenty


class Block:
    """One counter in one window. Whole numbers of its unit.

    `room` is leased and not reserved; below 0 where more was used than reserved, which the store is still to be told.
    `left` is what the store had left when it last answered, None before that. Owned by one thread.
    """

    __slots__ = ("_unneeded_ticks", "left", "low", "room", "size")

    def __init__(self) -> None:
        self.room = 0
        self.low = 0  # the least room since the last look: nobody needed that much
        self.left: int | None = None
        self.size = 0
        self._unneeded_ticks = 0

    def reserve(self, amount: int) -> None:
        """Take from the room, which must hold it."""
        self.room -= amount
        if self.room < self.low:
            self.low = self.room

    def release(self, amount: int) -> None:
        """What was reserved and not used; below 0 what was used beyond it."""
        self.room += amount
        if self.room < self.low:
            self.low = self.room

    def wish(self, missing: int, waiting: int, most: int, *, since_s: float) -> int:
        """How much to lease for requests that miss `missing` (one) and `waiting` (all of them).

        In advance about what is used in a second, by how long ago the last lease was (`since_s`); at most a share of
        what is left, so that other processes are not kept from it.
        """
        left = most if self.left is None else self.left
        return max(missing, waiting, min(self._size_next(since_s) or missing * FIRST_REQUESTS, left // SHARE))

    def leased(self, amount: int, left: int) -> None:
        """The store gave `amount` (0: not even what was missing was left), and has `left` now."""
        self.room += amount
        self.size = amount or self.size
        self.left = left
        self._unneeded_ticks = 0

    def surplus(self, *, ended: bool = False) -> int:
        """A look, once a second: what to give back now, taken out of the room; below 0: what the store must be told of.

        What nobody needed since the last look goes back where it is a good part of what is left for everybody, and
        elsewhere after some more looks. `ended`: the window is over, so all of it.
        """
        if self.room < 0 or ended:
            unneeded = self.room
        else:
            unneeded = max(0, min(self.low, self.room))
            self._unneeded_ticks = self._unneeded_ticks + 1 if unneeded else 0
            scarce = self.left is None or unneeded * SHARE >= self.left
            if not scarce and self._unneeded_ticks < NEEDED_TICKS:
                unneeded = 0
        self.room -= unneeded
        self.low = self.room
        if unneeded:
            self.size = 0
            self._unneeded_ticks = 0
        return unneeded

    def _size_next(self, since_s: float) -> int:
        if since_s < LASTS_S:
            return self.size * GROWTH
        return self.size if since_s < LASTS_S * MUCH else self.size // GROWTH
