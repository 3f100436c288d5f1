"""Bodies that are awaited or held while they are answered: a size together, and no client has all of it."""

SHARE = 2  # one client's large ones have a half at most


class HeldBodies:
    """Of one process, `bytes_max` together. The first of all, and the first of a client, always has room; one of
    `small_bytes_max` is not held back by its client's others.
    """

    def __init__(self, bytes_max: int, small_bytes_max: int) -> None:
        self._bytes_max, self._small_bytes_max = bytes_max, small_bytes_max
        self._of: dict[str, int] = {}
        self._all = 0

    def take(self, client: str, size: int) -> bool:
        """Take room for a body of so many bytes; whether there was any."""
        own = self._of.get(client, 0)
        if self._all and self._all + size > self._bytes_max:
            return False
        if own and size > self._small_bytes_max and own + size > self._bytes_max // SHARE:
            return False
        self._of[client] = own + size
        self._all += size
        return True

    def give_back(self, client: str, size: int) -> None:
        """What was taken, once."""
        self._all -= size
        left = self._of.get(client, 0) - size  # what has no size is counted nowhere
        if left:
            self._of[client] = left
        else:
            self._of.pop(client, None)
