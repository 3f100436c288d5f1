"""Who sends traffic through the gateway."""

from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.gateway.traffic import TrafficLimit


class KnownBy(StrEnum):
    """How the gateway knows a client."""

    KEY = "key"
    TOKEN = "token"  # noqa: S105 - a bearer token (JWT) of an issuer
    NOTHING = "nothing"  # it presented nothing that is known: ungoverned traffic, refused and shown


@dataclass(frozen=True, slots=True)
class Client:
    """An application or agent. `tenant` None: it belongs to none. `workflow` is the one whose authority it uses.

    A client that is known by a token is called SUBJECT@HOST-OF-THE-ISSUER: no name of a key has an '@' in it, so
    nobody's token can spend what a key may. `limits` are its own, beside those of the gateway and the workflow.
    """

    name: str
    workflow: str
    tenant: str | None = None
    known_by: KnownBy = KnownBy.KEY
    networks: tuple[str, ...] = ()  # narrower than the gateway's, empty: the same
    limits: tuple[TrafficLimit, ...] = ()
    key: str | None = field(
        default=None, compare=False
    )  # name of the key that it showed; another one is no other client


@dataclass(frozen=True, slots=True)
class GatewayKeyRow:
    """A gateway key as it is on record, never the key itself. Times are RFC 3339.

    A client may have several keys, so that a new one is in use before the old one ends; each name is used once.
    `begins` are the first characters of the key: enough to tell which one was found somewhere, of no other use.
    """

    name: str
    client: Client
    begins: str
    created_by: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None


@dataclass(frozen=True, slots=True)
class BarredClient:
    """A client that nothing lets in, whatever it presents. `at` is RFC 3339."""

    name: str
    reason: str
    barred_by: str
    at: str
