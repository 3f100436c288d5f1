"""What the sign-in page says, and from where somebody tries."""

import ipaddress
import math

from fastapi import Request

from interlock.flows.access.entrance import Refusal
from interlock.terms.words import plural


def refusal_words(refusal: Refusal) -> str:
    """Why not, and when again."""
    if not refusal.wait_s:
        return refusal.words
    wait_s = math.ceil(refusal.wait_s)
    long = plural(wait_s, "second") if wait_s < 120 else plural(math.ceil(wait_s / 60), "minute")
    return f"{refusal.words} Wait {long}, then try again; an administrator can make a link that sets a new password."


def address_of(request: Request) -> str:
    """The network address that attempts are counted by. Whoever has one IPv6 address has its whole network of 2^64."""
    host = request.client.host if request.client else ""
    try:
        at = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network(f"{at}/64", strict=False)) if at.version == 6 else str(at)
