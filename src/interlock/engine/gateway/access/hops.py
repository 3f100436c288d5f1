"""Where a request came from, when proxies stand before the gateway: read from the right, through trusted hops only."""

import re
from collections.abc import Iterable, Sequence

from interlock.engine.gateway.access.networks import Address, Networks, address_of

HEADER_MAX = 4_096
HOPS_MAX = 32
_PORT = re.compile(r":[0-9]{1,5}", re.ASCII)
# forwarded-pair of RFC 7239: token "=" (token or quoted string without escapes, which no address needs)
_PAIR = re.compile(r'\s*([A-Za-z]+)=(?:"([^"\\]*)"|([^\s";,]*))\s*')


def client_address(
    peer: str, forwarded_for: Sequence[str], forwarded: Sequence[str], trusted: Networks
) -> Address | None:
    """The nearest address that is no trusted proxy's; None where it cannot be known, which nobody may pass by.

    `peer` is who is connected, `forwarded_for` and `forwarded` are the values of all headers X-Forwarded-For and
    Forwarded (RFC 7239), in order. Nothing is read of them unless the peer is a trusted proxy. A proxy adds its line to
    one of the two and lets a client's own through in the other: where both are there they must say the same.
    """
    at = address_of(peer)
    if at is None or at not in trusted:
        return at
    stated = [hops for hops in (_listed(forwarded_for), _elements(forwarded)) if hops is not None]
    found = {_nearest(at, hops, trusted) for hops in stated}
    if not found:
        return at
    return found.pop() if len(found) == 1 else None


def _nearest(at: Address, hops: Sequence[str], trusted: Networks) -> Address | None:
    if len(hops) > HOPS_MAX:
        return None
    for hop in reversed(hops):
        found = _hop(hop)
        if found is None or found not in trusted:
            return found
        at = found
    return at


def _listed(values: Sequence[str]) -> Sequence[str] | None:
    if not values:
        return None
    return [part.strip() for part in ",".join(values).split(",")] if _fits(values) else [""]


def _elements(values: Sequence[str]) -> Sequence[str] | None:
    """What `for` says in each element; "" (no address) for an element that says nothing or is not well formed."""
    if not values:
        return None
    if not _fits(values):
        return [""]
    return [_for_of(element) for element in _outside_quotes(",".join(values), ",")]


def _for_of(element: str) -> str:
    pairs = [_PAIR.fullmatch(part) for part in _outside_quotes(element, ";")]
    if not all(pairs):
        return ""
    found = [pair[2] if pair[2] is not None else pair[3] for pair in pairs if pair and pair[1].lower() == "for"]
    return found[0] if len(found) == 1 else ""


def _outside_quotes(text: str, sign: str) -> list[str]:
    parts, quoted = [""], False
    for character in text:
        quoted ^= character == '"'
        if character == sign and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _hop(text: str) -> Address | None:
    """An address, perhaps with a port: 192.0.2.1:80, [2001:db8::1]:80."""
    if text.startswith("["):
        inside, closed, behind = text[1:].partition("]")
        return address_of(inside) if closed and (not behind or _PORT.fullmatch(behind)) else None
    if text.count(":") == 1:
        before, _, _ = text.partition(":")
        return address_of(before) if _PORT.fullmatch(text[len(before) :]) else None
    return address_of(text)


def _fits(values: Iterable[str]) -> bool:
    return sum(map(len, values)) <= HEADER_MAX
