"""Gateway keys: made once, shown once, kept as a digest only; what each lets an application use."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.access.permissions import may
from interlock.engine.gateway.access.key import BEGINS, ENTROPY_BYTES, digest_of, key_of
from interlock.engine.gateway.access.networks import Networks
from interlock.engine.gateway.recorded import term_of
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.access.names import NAME_MAX, check_new_name
from interlock.flows.access.tenants import tenant_of
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store
from interlock.terms.access import Caller
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import Client, GatewayKeyRow
from interlock.terms.gateway.traffic import Of, TrafficLimit
from interlock.terms.ledger import LedgerEntry
from interlock.terms.person import Person

CREATED, REVOKED = "gateway_key.created", "gateway_key.revoked"
NETWORKS_MAX, LIMITS_MAX, DAYS_MAX = 100, 20, 3_650


@dataclass(frozen=True, slots=True)
class WantedKey:
    """A key that is asked for. `client` "": called as the key. `tenant` None: the workflow's, if it has one.

    `days` is after how many it ends, None: never.
    """

    name: str
    workflow: str
    client: str = ""
    tenant: str | None = None
    days: int | None = None
    networks: tuple[str, ...] = ()
    limits: tuple[TrafficLimit, ...] = ()


def create_key(store: Store, wanted: WantedKey, *, by: Person, clock: Clock, randomness: Randomness) -> str:
    """A new key, which nobody can show again. It gives no authority: it lends an application that of a workflow.

    Raises BadInput for a workflow that is not there, a tenant that does not have it, a name used before, a client of
    another tenant, and for days, networks and limits that cannot be.
    """
    networks, limits = _checked_networks(wanted.networks), _checked_limits(wanted.limits)
    if wanted.days is not None and not 1 <= wanted.days <= DAYS_MAX:
        raise BadInput(f"a key ends after 1 to {DAYS_MAX} days, or never (leave the days out)")
    key = key_of(randomness(ENTROPY_BYTES))
    with store.transaction() as tx:
        tx.fence()  # entries about keys come in the order in which they hold
        rows, now = keys(tx), clock()
        name = check_new_name(wanted.name, [row.name for row in rows], by=by)
        client, tenant = _checked_client(wanted.client.strip() or name), _tenant(tx, wanted)
        # Limits and prices add up by client: one of the same name in another tenant would spend for it.
        if any(row.client.name == client and row.client.tenant != tenant for row in rows):
            raise BadInput(f"there is a client '{client}' of another tenant: give this one another name (--client)")
        body = {
            "name": name,
            "client": client,
            "workflow": wanted.workflow,
            "tenant": tenant,
            "sha256": digest_of(key.encode()).hex(),
            "begins": key[:BEGINS],
            "expires_at": None if wanted.days is None else stamp(now + dt.timedelta(days=wanted.days)),
            "networks": networks,
            "limits": plain(limits),
        }
        record(tx, CREATED, {**body, "by": by.name, "authenticated": by.authenticated}, at=stamp(now))
    return key


def revoke_key(store: Store, name: str, *, by: Person, clock: Clock) -> None:
    """End a key, in every gateway on the store (see ports.gateway.changes for how soon). Raises BadInput."""
    with store.transaction() as tx:
        tx.fence()
        live = {row.name: row for row in keys(tx) if row.revoked_at is None}
        if name not in live:
            raise BadInput(f"there is no gateway key '{name}' to revoke; there are: {', '.join(live) or 'none'}")
        if not known_as(by.name):
            raise BadInput("say who you are: --as NAME")
        body = {"name": name, "workflow": live[name].client.workflow, "by": by.name}
        record(tx, REVOKED, {**body, "authenticated": by.authenticated}, at=stamp(clock()))


def keys(reading: Reading) -> tuple[GatewayKeyRow, ...]:
    """Every key that was ever made, in that order."""
    revoked = {entry.body["name"]: entry.at for entry in reading.entries_of(REVOKED)}
    return tuple(
        GatewayKeyRow(
            entry.body["name"],
            client_in(entry),
            entry.body["begins"],
            entry.body["by"],
            entry.at,
            entry.body["expires_at"],
            revoked.get(entry.body["name"]),
        )
        for entry in reading.entries_of(CREATED)
    )


def client_in(entry: LedgerEntry) -> Client:
    """Whom an entry `gateway_key.created` lets in."""
    body = entry.body
    limits = tuple(term_of(TrafficLimit, limit) for limit in body["limits"])
    return Client(
        body["client"],
        body["workflow"],
        body["tenant"],
        networks=tuple(body["networks"]),
        limits=limits,
        key=body["name"],
    )


def _tenant(reading: Reading, wanted: WantedKey) -> str | None:
    if reading.workflow(wanted.workflow) is None:
        raise BadInput(f"there is no workflow '{wanted.workflow}': apply its definition first")  # names of others' stay
    given = tenant_of(reading, wanted.workflow)
    if given is not None and wanted.tenant not in (None, given):
        raise BadInput(f"'{wanted.workflow}' is not the tenant {wanted.tenant}'s, so a key of that one cannot use it")
    return given or wanted.tenant


def _checked_client(name: str) -> str:
    if len(name) > NAME_MAX or not name.isprintable() or "@" in name or "/" in name:
        raise BadInput(f"a client's name is 1 to {NAME_MAX} printable characters without '@' and '/', not {name!r}")
    return name


def _checked_networks(texts: Sequence[str]) -> list[str]:
    if len(texts) > NETWORKS_MAX:
        raise BadInput(f"a key takes at most {NETWORKS_MAX} networks; put the others into one wider network")
    for text in texts:
        try:
            Networks((text,))
        except ValueError:
            raise BadInput(f"'{text}' is no network: write one such as 10.0.0.0/8 or 2001:db8::/32") from None
    return list(texts)


def _checked_limits(limits: Sequence[TrafficLimit]) -> list[TrafficLimit]:
    if len(limits) > LIMITS_MAX:
        raise BadInput(f"a key takes at most {LIMITS_MAX} limits")
    for limit in limits:
        if limit.of is not Of.CLIENT or limit.name is not None or limit.most < 0:
            raise BadInput("a key limits its own client only: limits of others are in gateway.yaml")
    return list(limits)


def may_about(caller: Caller, action: str, row: GatewayKeyRow, tenant_of: Mapping[str, str]) -> bool:
    """Whether the caller may do this (read, revoke) to a key; `tenant_of` are tenants by workflow."""
    of = row.client
    tenant = of.tenant or tenant_of.get(of.workflow)
    return may(caller, "key", action, workflow=of.workflow, tenant=tenant)
