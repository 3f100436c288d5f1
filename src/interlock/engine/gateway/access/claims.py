"""What a token's claims must say (RFC 7519, 4.1), once its signature is known to be its issuer's."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from interlock.terms.gateway.client import Client, KnownBy
from interlock.terms.gateway.definition import TokenIssuer

NAME_MAX = 100
TIME_MAX_S = 253_402_300_799  # the end of the year 9999


def claims_fault(claims: Mapping[str, Any], issuer: TokenIssuer, now_s: float) -> str | None:
    """Why they do not hold here and now, in words without a value of theirs; None where they do.

    `now_s` counts from 1970. `exp` must be there; `nbf` and `iat`, where they are, must have begun.
    """
    if claims.get("iss") != issuer.issuer:
        return "it is of another issuer"
    audience = claims.get("aud")
    if issuer.audience not in (audience if isinstance(audience, list) else [audience]):
        return "it was made for somebody else: its audience is not this gateway's"
    until = claims.get("exp")
    if not _is_time(until):
        return "it does not say until when it holds (exp)"
    if now_s >= until + issuer.leeway_s:
        return "it has expired"
    for name in ("nbf", "iat"):
        since = claims.get(name)
        if since is None:
            continue
        if not _is_time(since):
            return f"its {name} is no time"
        if now_s < since - issuer.leeway_s:
            return f"it does not hold yet ({name})"
    return None


def client_of(claims: Mapping[str, Any], issuer: TokenIssuer) -> Client | str:
    """The client that they name, or what is missing in words."""
    subject, workflow = _name(claims, issuer.client_claim), _name(claims, issuer.workflow_claim)
    if subject is None:
        return f"its claim '{issuer.client_claim}' names no client"
    if workflow is None:
        return f"its claim '{issuer.workflow_claim}' names no workflow"
    tenant = _name(claims, issuer.tenant_claim)
    if tenant is None and claims.get(issuer.tenant_claim) is not None:
        return f"its claim '{issuer.tenant_claim}' names no tenant"
    return Client(f"{subject}@{_place(issuer.issuer)}", workflow, tenant, KnownBy.TOKEN)


def _name(claims: Mapping[str, Any], claim: str) -> str | None:
    value = claims.get(claim)
    if not isinstance(value, str) or not 0 < len(value) <= NAME_MAX or not value.isprintable():
        return None
    return value if value == value.strip() else None


def _place(address: str) -> str:
    """Of an issuer's address all that tells it from others: one host may have several, each with its own subjects."""
    return address.partition("://")[2].rstrip("/").replace("@", "%40")


def _is_time(value: object) -> TypeGuard[int | float]:
    # Far from both ends of what can be counted: neither NaN, nor infinite, nor a number of a thousand digits.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= TIME_MAX_S
