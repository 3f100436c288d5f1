"""From where an operation can be called, as far as its description says."""

import ipaddress
from urllib.parse import urlsplit

from interlock.engine.inventory.naming import words_of
from interlock.terms.inventory import Exposure, InventoryPack, Operation

WIDEST = (Exposure.PUBLIC, Exposure.PARTNER, Exposure.INTERNAL)


def exposure_of(operation: Operation, pack: InventoryPack, stated: Exposure | None = None) -> Exposure:
    """What somebody stated; else what its `x-` members say; else the widest of its servers."""
    if stated is not None:
        return stated
    said = {*words_of(operation.audience), operation.audience.lower()}
    for exposure, words in pack.audiences.items():
        if words & said:
            return exposure
    hosts = [_of_host(url, pack) for url in operation.servers]
    return next((one for one in WIDEST if one in hosts), Exposure.UNKNOWN)


def encrypted(url: str) -> bool:
    """Whether the way there is encrypted, or does not leave the machine."""
    return not url.lower().startswith("http://") or _host(url) in ("localhost", "127.0.0.1", "::1")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:  # what stands there is no address, such as a placeholder in brackets
        return ""


def _of_host(url: str, pack: InventoryPack) -> Exposure:
    host = _host(url)
    if not host or "{" in host or ("." not in host.strip(".") and host not in pack.internal_hosts):
        return Exposure.UNKNOWN
    try:
        return Exposure.PUBLIC if ipaddress.ip_address(host).is_global else Exposure.INTERNAL
    except ValueError:
        pass  # a name, not an address
    if host in pack.internal_hosts or host.endswith(tuple(one for one in pack.internal_hosts if one.startswith("."))):
        return Exposure.INTERNAL
    return Exposure.PARTNER if set(pack.partner_hosts).intersection(host.split(".")) else Exposure.PUBLIC
