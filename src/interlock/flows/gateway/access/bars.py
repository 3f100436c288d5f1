"""Clients that nothing lets in: how a token that an issuer still vouches for is shut out."""

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import BarredClient
from interlock.terms.person import Person

BARRED, ADMITTED = "gateway_client.barred", "gateway_client.admitted"
NAME_MAX = 400


def bar_client(store: Store, client: str, reason: str, *, by: Person, clock: Clock) -> None:
    """Shut a client out, its keys and its tokens, in every gateway on the store. It need not be known yet.

    Raises BadInput where it is barred already, and where nobody says who does it and why.
    """
    _say(store, BARRED, client, reason, by=by, clock=clock)


def admit_client(store: Store, client: str, reason: str, *, by: Person, clock: Clock) -> None:
    """Let a barred client in again with what it has. Raises BadInput where it is not barred."""
    _say(store, ADMITTED, client, reason, by=by, clock=clock)


def barred(reading: Reading) -> tuple[BarredClient, ...]:
    """Who is shut out now, by name."""
    found: dict[str, BarredClient] = {}
    told = [*reading.entries_of(BARRED), *reading.entries_of(ADMITTED)]
    for entry in sorted(told, key=lambda one: one.index):
        name = entry.body["client"]
        if entry.kind == BARRED:
            found[name] = BarredClient(name, entry.body["reason"], entry.body["by"], entry.at)
        else:
            found.pop(name, None)
    return tuple(found[name] for name in sorted(found))


def _say(store: Store, kind: str, client: str, reason: str, *, by: Person, clock: Clock) -> None:
    name, why = client.strip(), reason.strip()
    if not known_as(by.name):
        raise BadInput("say who you are: --as NAME")
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise BadInput(f"a client's name is 1 to {NAME_MAX} printable characters, not {name[:NAME_MAX]!r}")
    if not why:
        raise BadInput("say why: it is recorded")
    with store.transaction() as tx:
        tx.fence()
        is_barred = name in {one.name for one in barred(tx)}
        if is_barred is (kind == BARRED):
            raise BadInput(f"the client '{name}' is {'barred already' if is_barred else 'not barred'}")
        body = {"client": name, "reason": why, "by": by.name, "authenticated": by.authenticated}
        record(tx, kind, body, at=stamp(clock()))
