"""Web hooks that halt one scope each, for monitors and alert managers. Their secrets are kept beside the ledger."""

from interlock.engine.access.signature import secret_text
from interlock.engine.timestamp import stamp
from interlock.flows.access.names import check_new_name
from interlock.flows.action.kill import check_scope
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store
from interlock.terms.access import HookRow
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

SECRET_BYTES = 32
CREATED, REVOKED = "hook.created", "hook.revoked"


def create_hook(store: Store, name: str, scope: str, *, by: Person, clock: Clock, randomness: Randomness) -> str:
    """The secret of a new hook, to be shown once. Raises BadInput for an unknown scope and for a name used before."""
    secret = randomness(SECRET_BYTES)
    with store.transaction() as tx:
        tx.fence()
        check_scope(tx, scope)
        name = check_new_name(name, [row.name for row in hooks(tx)], by=by)
        tx.keep_secret(_kept_as(name), secret)
        body = {"name": name, "scope": scope, "by": by.name, "authenticated": by.authenticated}
        record(tx, CREATED, body, at=stamp(clock()))
    return secret_text(secret)


def revoke_hook(store: Store, name: str, *, by: Person, clock: Clock) -> None:
    """End a hook. Raises BadInput where there is none of that name."""
    with store.transaction() as tx:
        tx.fence()
        live = [row.name for row in hooks(tx) if row.revoked_at is None]
        if name not in live:
            raise BadInput(f"there is no hook '{name}' to revoke; there are: {', '.join(live) or 'none'}")
        body = {"name": name, "by": by.name, "authenticated": by.authenticated}
        record(tx, REVOKED, body, at=stamp(clock()))


def hooks(reading: Reading) -> tuple[HookRow, ...]:
    """Every hook that was ever made, in that order."""
    revoked = {entry.body["name"]: entry.at for entry in reading.entries_of(REVOKED)}
    return tuple(
        HookRow(
            entry.body["name"],
            entry.body["scope"],
            entry.body["by"],
            entry.at,
            revoked.get(entry.body["name"]),
        )
        for entry in reading.entries_of(CREATED)
    )


def live_hook(reading: Reading, name: str) -> tuple[HookRow, bytes] | None:
    """A hook with its secret; None where there is none of that name, or it was revoked."""
    row = next((row for row in hooks(reading) if row.name == name and row.revoked_at is None), None)
    secret = None if row is None else reading.secret(_kept_as(name))
    return None if row is None or secret is None else (row, secret)


def _kept_as(name: str) -> str:
    return f"hook:{name}"
