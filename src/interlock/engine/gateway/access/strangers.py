"""How often an address may present what is not known: checking a signature costs a thousand times a look-up."""

from collections import OrderedDict

from interlock.engine.gateway.access.networks import address_of

TRIES_MAX = 20
WINDOW_S = 60.0
ADDRESSES_MAX = 4_096
SITE_BITS = 64  # one host has all addresses of an IPv6 network of that size


class Strangers:
    """Failures by address in windows of a minute, for one thread. It is never asked about what is known.

    At most `ADDRESSES_MAX` are counted, the one that failed longest ago is forgotten first.
    """

    __slots__ = ("_failures",)

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> int | None:
        """In how many whole seconds the address may try again, None where it may now."""
        count, ends_s = self._failures.get(_site(address), (0, 0.0))
        return int(ends_s - now_s) + 1 if count >= TRIES_MAX and now_s < ends_s else None

    def failed(self, address: str, now_s: float) -> None:
        """It presented something that is not known."""
        site = _site(address)
        count, ends_s = self._failures.pop(site, (0, 0.0))
        self._failures[site] = (count + 1, ends_s) if now_s < ends_s else (1, now_s + WINDOW_S)
        if len(self._failures) > ADDRESSES_MAX:
            self._failures.popitem(last=False)


def _site(address: str) -> str:
    found = address_of(address)
    if found is None or found.version == 4:
        return "" if found is None else str(found)
    return f"{int(found) >> (128 - SITE_BITS):x}"
