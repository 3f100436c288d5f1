"""From where a request may come: verdicts are kept for as long as the rules are."""

from collections.abc import Callable
from functools import lru_cache

from interlock.engine.gateway.access.hops import HEADER_MAX, client_address
from interlock.engine.gateway.access.networks import Address, Networks, address_of
from interlock.terms.gateway.definition import NetworkRules

VERDICTS_KEPT, VERDICTS_OF_KEY_KEPT = 8_192, 256
ORIGINS_KEPT = 1_024  # at most 8 MB of headers
Headers = tuple[str, ...]


class Door:
    """The rules of one definition. Raises ValueError for a network that is none.

    `lets_in` says whether an address may come at all; what is no address may come only where any may.
    """

    __slots__ = ("_allow", "_is_trusted", "_origin", "_trusted", "lets_in")

    def __init__(self, rules: NetworkRules) -> None:
        self._allow, self._trusted = Networks(rules.allow), Networks(rules.trusted_proxies)
        self.lets_in: Callable[[str], bool] = lru_cache(VERDICTS_KEPT)(self._may_come)
        self._is_trusted: Callable[[str], bool] = lru_cache(VERDICTS_KEPT)(lambda peer: is_within(peer, self._trusted))
        self._origin: Callable[[str, Headers, Headers], str | None] = lru_cache(ORIGINS_KEPT)(self._read)

    def origin(self, peer: str, forwarded_for: Headers = (), forwarded: Headers = ()) -> str | None:
        """The address that a request came from (see hops.client_address); None where it cannot be known."""
        if not (forwarded_for or forwarded) or not self._trusted or not self._is_trusted(peer):
            return peer
        if sum(map(len, forwarded_for)) > HEADER_MAX or (forwarded and sum(map(len, forwarded)) > HEADER_MAX):
            return None
        return self._origin(peer, forwarded_for, forwarded)

    def _may_come(self, address: str) -> bool:
        return not self._allow or is_within(address, self._allow)

    def _read(self, peer: str, forwarded_for: Headers, forwarded: Headers) -> str | None:
        found: Address | None = client_address(peer, forwarded_for, forwarded, self._trusted)
        return None if found is None else str(found)


def verdicts_of(networks: Networks) -> Callable[[str], bool]:
    """Whether an address is in them; the verdicts on the last addresses are kept."""
    return lru_cache(VERDICTS_OF_KEY_KEPT)(lambda address: is_within(address, networks))


def is_within(address: str, networks: Networks) -> bool:
    """Whether a text writes an address that is in one of the networks."""
    found = address_of(address)
    return found is not None and found in networks
