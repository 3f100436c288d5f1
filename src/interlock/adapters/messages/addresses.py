"""Addresses of destinations: which services are known, and what may stand in an address.

Apprise knows many more services and parameters. Some of them would read a file of this machine into a message
(templates, keys), leave out the check of a certificate, or act on this machine; so what is not listed is refused. It
also reads addresses in its own way: it takes lists of them, parameters behind a `#`, and `;` for `&`. So an address is
one that every reader takes for the same.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from interlock.terms.errors import BadInput

HOW = (
    "say mailto://USER:PASSWORD@HOST?to=WHOM (mailtos:// for TLS), jsons://HOST/PATH for a web hook, or the Apprise "
    "address of Slack, Teams, Discord, Google Chat or Mattermost"
)
UNLIKE = re.compile(r"[#;\\\s]|\?.*\?|://.*://")  # where readers part
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Service:
    """A service; `host` is where its messages go where the address does not say it, `told` are its parameters."""

    kind: str
    host: str = ""
    told: frozenset[str] = frozenset()
    attaches: bool = False


_MAIL = Service(
    "e-mail", told=frozenset({"to", "from", "name", "cc", "bcc", "reply", "smtp", "mode", "user"}), attaches=True
)
_HOOK = Service("web hook", attaches=True)
_MATTERMOST = Service("Mattermost", told=frozenset({"channel", "to"}))
SERVICES: Mapping[str, Service] = {
    "mailto": _MAIL,
    "mailtos": _MAIL,
    "json": _HOOK,
    "jsons": _HOOK,
    "slack": Service("Slack", "hooks.slack.com"),
    "workflows": Service("Teams"),
    "discord": Service("Discord", "discord.com", attaches=True),
    "gchat": Service("Google Chat", "chat.googleapis.com"),
    "mmost": _MATTERMOST,
    "mmosts": _MATTERMOST,
}


def service_of(address: str) -> Service:
    """The service of an address. Raises BadInput for one that is not known, and for a parameter that may not be."""
    try:
        parts = urlsplit(address)
        asked = [name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)]
    except ValueError as exc:
        raise BadInput(f"this is no address of a destination; {HOW}") from exc
    service = SERVICES.get(parts.scheme.lower())
    if service is None:
        raise BadInput(f"'{parts.scheme[:20] or address[:10]}' is no service that documents are sent to; {HOW}")
    if not parts.netloc or not address.isprintable():
        raise BadInput(f"this address names nobody; {HOW}")
    if found := UNLIKE.search(address):
        raise BadInput(
            f"give one address at a time, and write '{found[0][:1]}' in it as {quote(found[0][:1], safe='')}"
        )
    wrong = sorted({name for name in asked if name not in service.told})
    if wrong:
        may = ", ".join(sorted(service.told)) or "none"
        raise BadInput(f"'{wrong[0][:40]}' may not stand in an address of {service.kind}; parameters that may: {may}")
    return service


def is_internal(host: str) -> bool:
    """Whether a literal address lies in this machine or in a network of its own; False for a name."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().rstrip(".").endswith(".localhost")
    return any(not each.is_global or each.is_multicast for each in _all_of(address))


def _all_of(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 address that is written inside it."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            yield inside
