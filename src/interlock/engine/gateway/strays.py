"""What may be said of a caller that nobody knows: the network it came from, and a model's name if it is one."""

import ipaddress
import re

IPV4_BITS, IPV6_BITS = 24, 48
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}")
RUN_MAX = 20  # letters and digits in a row: names of models have shorter ones, keys have longer ones


def network_of(address: str) -> str:
    """The /24 or /48 of an address in CIDR form, "" for what is no address. An IPv4 address within IPv6 counts as IPv4.

    A whole address is personal data, and one caller of IPv6 has a /48 of them.
    """
    try:
        at = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(at, ipaddress.IPv6Address) and at.ipv4_mapped is not None:
        at = at.ipv4_mapped
    bits = IPV4_BITS if at.version == 4 else IPV6_BITS
    return str(ipaddress.ip_network((at, bits), strict=False))


def asked_model(text: object) -> str:
    """A model's name as a stranger gave it, "" where it is no plain name: it could be anything, a key for one."""
    if not isinstance(text, str) or not NAME.fullmatch(text):
        return ""
    runs = re.split(r"[^A-Za-z0-9]+", text)
    return text if all(len(run) <= RUN_MAX for run in runs) else ""
