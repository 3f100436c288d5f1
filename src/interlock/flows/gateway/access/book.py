"""Who may come in, as it is on record: what an answer to a client is looked up in, never changed once it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from interlock.engine.gateway.access.door import Door, verdicts_of
from interlock.engine.gateway.access.networks import Networks
from interlock.engine.timestamp import moment
from interlock.flows.access.tenants import tenants
from interlock.flows.gateway.access.bars import barred
from interlock.flows.gateway.access.keys import CREATED, REVOKED, client_in
from interlock.flows.gateway.define import KIND as DEFINED
from interlock.flows.gateway.define import gateway_of
from interlock.ports.store import Reading
from interlock.terms.gateway.client import Client, KnownBy
from interlock.terms.gateway.definition import GatewayDefinition, TokenIssuer
from interlock.terms.ledger import LedgerEntry

RELEASE = "release.defined"
KINDS = (CREATED, REVOKED, RELEASE, DEFINED)
FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Pass:
    """A credential that is known: whose it is and until when, in seconds from 1970. `lets_in` None: from anywhere.

    From `check_s` on a token is verified again; a key has ended then.
    """

    digest: bytes
    client: Client
    until_s: float = FOREVER
    lets_in: Callable[[str], bool] | None = None
    check_s: float = FOREVER

    @property
    def is_token(self) -> bool:
        """Whether it is one of an issuer's."""
        return self.client.known_by is KnownBy.TOKEN


@dataclass(frozen=True, slots=True)
class Book:
    """`passes` are the keys that count, by their digest; `ended` those that were revoked, to be told apart in words."""

    version: int
    passes: Mapping[bytes, Pass]
    door: Door
    issuers: tuple[TokenIssuer, ...] = ()
    ended: frozenset[bytes] = frozenset()
    barred: frozenset[str] = frozenset()
    workflows: frozenset[str] = frozenset()
    tenants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def lacks(self, client: Client) -> str | None:
        """Why a client that is who it says may not come in all the same; None where it may."""
        if client.name in self.barred:
            return "this client was barred: whoever operates the gateway knows why"
        if client.workflow not in self.workflows:
            return f"there is no workflow '{client.workflow}' that this client could act for"
        given = self.tenants.get(client.workflow)
        if given is not None and given != client.tenant:
            return f"'{client.workflow}' is not this client's tenant's to use"
        return None


class BookReader:
    """Reads what was recorded since the last time only: a kill must not cost a look at every key there is."""

    def __init__(self) -> None:
        self._next = 0
        self._passes: dict[str, Pass] = {}  # by the name of the key
        self._ended: set[bytes] = set()
        self._workflows: set[str] = set()
        self._definition = GatewayDefinition()
        self._door = Door(self._definition.network)

    def read(self, reading: Reading, version: int) -> Book:
        """The book as of now. `version` was seen before `reading` was opened. Raises Unavailable."""
        found = {kind: list(reading.entries_of(kind, since=self._next)) for kind in KINDS}
        for entry in found[CREATED]:
            self._passes[entry.body["name"]] = _pass_of(entry)
        for entry in found[REVOKED]:
            if (ended := self._passes.pop(entry.body["name"], None)) is not None:
                self._ended.add(ended.digest)
        self._workflows.update(str(entry.body["workflow"]) for entry in found[RELEASE])
        for entry in found[DEFINED]:
            self._definition = gateway_of(entry)
            self._door = Door(self._definition.network)
        # All of these kinds are fenced: none comes to be seen after one of a higher index.
        self._next = max((entry.index + 1 for entries in found.values() for entry in entries), default=self._next)
        return Book(
            version,
            {one.digest: one for one in self._passes.values()},
            self._door,
            self._definition.issuers,
            frozenset(self._ended),
            frozenset(one.name for one in barred(reading)),
            frozenset(self._workflows),
            tenants(reading),
        )


def _pass_of(entry: LedgerEntry) -> Pass:
    body, digest = entry.body, bytes.fromhex(entry.body["sha256"])
    until_s = FOREVER if body["expires_at"] is None else moment(body["expires_at"]).timestamp()
    lets_in = verdicts_of(Networks(body["networks"])) if body["networks"] else None
    return Pass(digest, client_in(entry), until_s, lets_in, until_s)
