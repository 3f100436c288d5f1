"""Networks: whether an address is in one of a list. IPv4 written as IPv6 is IPv4, and a zone is no part of it."""

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_ADDRESS_MAX = 100
_MAPPED_BITS = 96  # ::ffff:0:0/96 (RFC 4291, 2.5.5.2)


def address_of(text: str) -> Address | None:
    """The address that a text writes, None where it writes none (octets with leading zeros do not)."""
    if len(text) > _ADDRESS_MAX:
        return None
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return found
    return found.ipv4_mapped or ipaddress.IPv6Address(int(found))


class Networks:
    """A list of networks in CIDR form. Raises ValueError for a text that is none."""

    __slots__ = ("_ranges",)

    def __init__(self, texts: Iterable[str]) -> None:
        self._ranges: dict[int, tuple[tuple[int, int], ...]] = {4: (), 6: ()}
        for text in texts:
            version, first, mask = _range(text)
            self._ranges[version] = (*self._ranges[version], (first, mask))

    def __bool__(self) -> bool:
        return any(self._ranges.values())

    def __contains__(self, address: Address) -> bool:
        number = int(address)
        return any(number & mask == first for first, mask in self._ranges[address.version])


def _range(text: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(text)
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    if mapped is not None and network.prefixlen >= _MAPPED_BITS:
        network = ipaddress.ip_network((mapped, network.prefixlen - _MAPPED_BITS))
    return network.version, int(network.network_address), int(network.netmask)
