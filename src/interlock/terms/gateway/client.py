"""Who sends traffic through the gateway."""

from dataclasses import dataclass
from enum import StrEnum


class KnownBy(StrEnum):
    """How the gateway knows a client."""

    KEY = "key"
    TOKEN = "token"  # noqa: S105 - a bearer token (JWT) of an issuer
    NOTHING = "nothing"  # it presented nothing that is known: ungoverned traffic, refused and shown


@dataclass(frozen=True, slots=True)
class Client:
    """An application or agent. `tenant` None: it belongs to none. `workflow` is the one whose authority it uses."""

    name: str
    workflow: str
    tenant: str | None = None
    known_by: KnownBy = KnownBy.KEY
    networks: tuple[str, ...] = ()  # narrower than the gateway's, empty: the same


@dataclass(frozen=True, slots=True)
class GatewayKeyRow:
    """A gateway key as it is on record, never the key itself. Times are RFC 3339."""

    client: Client
    created_by: str
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
