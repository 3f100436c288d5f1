"""From where an operation can be called, as far as its description says."""

import ipaddress

from interlock.engine.inventory.naming import words_of
from interlock.terms.inventory import Exposure, InventoryPack, Operation, Server

OWN = ("localhost", "127.0.0.1", "::1")
WIDEST = (Exposure.PUBLIC, Exposure.PARTNER, Exposure.INTERNAL)


def exposure_of(operation: Operation, pack: InventoryPack, stated: Exposure | None = None) -> Exposure:
    """What somebody stated; else what its `x-` members say; else the widest of its servers."""
    if stated is not None:
        return stated
    said = {*words_of(operation.audience), operation.audience.lower()}
    for exposure, words in pack.audiences.items():
        if words & said:
            return exposure
    hosts = [_of_host(server.host, pack) for server in operation.servers]
    return next((one for one in WIDEST if one in hosts), Exposure.UNKNOWN)


def open_on_the_way(server: Server) -> bool:
    """Whether what is sent there can be read on the way; what stays on the machine cannot."""
    return not server.encrypted and server.host not in OWN


def _of_host(host: str, pack: InventoryPack) -> Exposure:
    if not host or "{" in host or ("." not in host.strip(".") and host not in pack.internal_hosts):
        return Exposure.UNKNOWN
    try:
        return Exposure.PUBLIC if ipaddress.ip_address(host).is_global else Exposure.INTERNAL
    except ValueError:
        pass  # a name, not an address
    if host in pack.internal_hosts or host.endswith(tuple(one for one in pack.internal_hosts if one.startswith("."))):
        return Exposure.INTERNAL
    return Exposure.PARTNER if set(pack.partner_hosts).intersection(host.split(".")) else Exposure.PUBLIC
