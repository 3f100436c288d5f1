"""Who comes in by the gateway: its clients over a store, where it may listen, and how its connections are encrypted."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interlock.adapters.gateway.changes import PolledChanges, SqliteChanges
from interlock.adapters.sqlite.store import SqliteStore
from interlock.flows.gateway.access.clients import Clients
from interlock.flows.gateway.access.keys import keys
from interlock.flows.gateway.define import gateway_in_force
from interlock.ports.clock import Clock
from interlock.ports.gateway.changes import Changes
from interlock.ports.gateway.tokens import SignedToken
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import GatewayDefinition, TokenIssuer
from interlock.wiring.listening import is_loopback

if TYPE_CHECKING:
    from interlock.adapters.gateway.issuer_keys import IssuerKeys
    from interlock.adapters.gateway.signed_tokens import JoseTokens

MAKE_KEY = "interlock gateway key create NAME --workflow WORKFLOW --as YOU"
PLAIN_WARNING = (
    "WARNING: without --tls-cert and --tls-key, keys and contents cross the network readably; do this only behind a "
    "proxy that speaks https, on a network that nobody else is on"
)


def changes_of(store: Store) -> Changes:
    """What tells, on each request, that something on record changed (see the two classes for how soon)."""
    if isinstance(store, SqliteStore):
        return SqliteChanges(store.path)
    from interlock.adapters.postgres.store import PostgresStore

    if not isinstance(store, PostgresStore):
        raise TypeError(f"nobody knows how a {type(store).__name__} tells of changes")
    return PolledChanges(store.authority_version)


class TokensWhenAsked:
    """Checks of signatures, loaded when the first token comes: a gateway that knows keys only need not pay for them."""

    def __init__(self) -> None:
        self._tokens: JoseTokens | None = None
        self._keys: IssuerKeys | None = None

    async def signed(self, token: str, issuers: Sequence[TokenIssuer]) -> SignedToken | str:
        """See the port."""
        if self._tokens is None:
            from interlock.adapters.gateway.issuer_keys import IssuerKeys
            from interlock.adapters.gateway.signed_tokens import JoseTokens

            self._keys = IssuerKeys()
            self._tokens = JoseTokens(self._keys)
        return await self._tokens.signed(token, issuers)

    async def close(self) -> None:
        """Ask issuers no more; on the loop that asked them."""
        if self._keys is not None:
            await self._keys.close()


def clients_over(store: Store, changes: Changes, clock: Clock) -> tuple[Clients, TokensWhenAsked]:
    """The clients of a store, and the checks of tokens, which are closed with the loop that asked them."""
    tokens = TokensWhenAsked()
    return Clients(store, changes, tokens, seconds_of(clock)), tokens


def seconds_of(clock: Clock) -> Callable[[], float]:
    """The clock's time in seconds from 1970."""
    return lambda: clock().timestamp()


def check_listening(store: Store, host: str, *, encrypted: bool) -> str | None:
    """What to warn of where the gateway is to listen on `host`, None for nothing.

    Raises BadInput where others than this machine could come and nobody could be known: no key was ever made, and no
    issuer is defined.
    """
    if is_loopback(host):
        return None
    with store.reading() as reading:
        definition = gateway_in_force(reading)
        known = _anybody(reading, definition)
    if not known:
        raise BadInput(
            f"there is no gateway key yet and no issuer of tokens, so nobody could come to {host}: make a key first, "
            f"`{MAKE_KEY}`, or leave --host out"
        )
    return None if encrypted else PLAIN_WARNING


def not_ready(store: Store, environment: Mapping[str, str]) -> Iterator[str]:
    """What keeps requests from passing a gateway as things are on record now, each with what to do about it."""
    with store.reading() as reading:
        definition = gateway_in_force(reading)
        known = _anybody(reading, definition)
    if definition is None:
        yield "nothing passes yet: say where models are, `interlock gateway apply -f gateway.yaml --as YOU`"
    if not known:
        yield f"nobody can come yet: make a key, `{MAKE_KEY}`"
    if definition is not None:
        yield from _unset(definition, environment)


def keys_not_set(store: Store, environment: Mapping[str, str]) -> Iterator[str]:
    """Of that, which keys of upstreams and tool servers are missing: all that a server with pages warns of."""
    with store.reading() as reading:
        definition = gateway_in_force(reading)
    if definition is not None:
        yield from _unset(definition, environment)


def _unset(definition: GatewayDefinition, environment: Mapping[str, str]) -> Iterator[str]:
    unset = [one for one in definition.key_variables if not environment.get(one)]
    if unset:
        yield f"not set, so what needs them fails until they are and this is started again: {', '.join(unset)}"


def _anybody(reading: Reading, definition: GatewayDefinition | None) -> bool:
    """Whether somebody could be known."""
    return any(row.revoked_at is None for row in keys(reading)) or bool(definition and definition.issuers)


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """How connections are encrypted: TLS 1.3, or 1.2 for clients that cannot; None where neither file is named.

    Raises BadInput where one of the two is missing, cannot be read, or does not belong to the other.
    """
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise BadInput("--tls-cert and --tls-key belong together: name the certificate's chain and its private key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ssl.SSLError) as exc:
        why = exc.strerror or exc.reason if isinstance(exc, ssl.SSLError) else exc.strerror
        raise BadInput(
            f"{certificate} and {key} cannot be used for TLS ({why}): both are PEM, and belong together"
        ) from exc
    return context


def _no_password() -> str:
    raise BadInput("the private key of --tls-key asks for a password, which nobody is there to type: decrypt it")
