"""Tokens and web hooks: made once, known by a digest, ended at once."""

import hashlib

import pytest

from governed import ANA, BEN, House
from interlock.engine.access.signature import secret_of
from interlock.flows.access.hooks import create_hook, hooks, live_hook, revoke_hook
from interlock.flows.access.tokens import Tokens, create_token, revoke_token, tokens
from interlock.terms.access import ANYBODY, Caller, Role, RoleAt
from interlock.terms.errors import BadInput
from interlock.terms.person import Person


def token(house: House, name: str, *roles: Role) -> str:
    return create_token(house.store, name, roles, by=ANA, clock=house.clock, randomness=house.rt.randomness)


def hook(house: House, name: str, scope: str) -> str:
    return create_hook(house.store, name, scope, by=ANA, clock=house.clock, randomness=house.rt.randomness)


def test_anybody_is_let_in_only_until_the_first_token_is_made(house: House) -> None:
    here, elsewhere = Tokens(house.store), Tokens(house.store)
    assert (here.any, here.known(None), here.known("guess")) == (False, ANYBODY, ANYBODY)
    made = token(house, "desk", Role.RUNTIME)
    for known in (here, elsewhere):
        assert known.known(made) == Caller("desk", frozenset({RoleAt(Role.RUNTIME)}))
        assert (known.any, known.known(None), known.known(""), known.known(made + "x")) == (True, None, None, None)
    revoke_token(house.store, "desk", by=BEN, clock=house.clock)
    assert (here.known(made), elsewhere.known(made), here.known(None)) == (None, None, None)


def test_a_token_is_kept_as_a_digest(house: House) -> None:
    made = token(house, " Ben Okafor ", Role.REVIEWER, Role.OPERATOR, Role.REVIEWER)
    with house.store.reading() as reading:
        (entry,) = reading.entries()
        (row,) = tokens(reading)
    assert made.encode() not in house.path.read_bytes()
    assert entry.body == {
        "name": "Ben Okafor",
        "sha256": hashlib.sha256(made.encode()).hexdigest(),
        "roles": ["operator", "reviewer"],
        "by": "Ana Ruiz",
        "authenticated": False,
    }
    assert (row.name, row.roles, row.created_by, row.revoked_at) == (
        "Ben Okafor",
        (RoleAt(Role.OPERATOR), RoleAt(Role.REVIEWER)),
        "Ana Ruiz",
        None,
    )
    assert len({token(house, f"other {i}", Role.AUDITOR) for i in range(3)} | {made}) == 4


def test_names_stay_whose_they_are(house: House) -> None:
    token(house, "desk", Role.RUNTIME)
    revoke_token(house.store, "desk", by=ANA, clock=house.clock)
    for name, words in (
        ("desk", "was used before"),
        ("", "1 to 100 printable"),
        ("a@b", "without '@'"),
        ("a/b", "without '@' and '/'"),
        ("a\nb", "printable"),
        ("x" * 101, "1 to 100"),
    ):
        with pytest.raises(BadInput, match=words):
            token(house, name, Role.RUNTIME)
    with pytest.raises(BadInput, match="needs a role: --role runtime, reviewer, operator, auditor"):
        token(house, "roleless")
    with pytest.raises(BadInput, match="say who you are"):
        create_token(
            house.store, "x", [Role.AUDITOR], by=Person(" "), clock=house.clock, randomness=house.rt.randomness
        )
    with pytest.raises(BadInput, match="there is no token 'desk' to revoke; there are: none"):
        revoke_token(house.store, "desk", by=ANA, clock=house.clock)


def test_a_hook_halts_one_scope_until_it_is_revoked(live: House) -> None:
    secret = hook(live, "latency", "workflow:triage")
    with live.store.reading() as reading:
        found = live_hook(reading, "latency")
        assert found is not None
        assert (found[0].scope, found[1]) == ("workflow:triage", secret_of(secret))
        assert secret.encode() not in b"".join(entry.record for entry in reading.entries())
        assert live_hook(reading, "other") is None
    with pytest.raises(BadInput, match="'workflow:triagge' is no scope"):
        hook(live, "typo", "workflow:triagge")
    with pytest.raises(BadInput, match="was used before"):
        hook(live, "latency", "global")
    revoke_hook(live.store, "latency", by=ANA, clock=live.clock)
    with live.store.reading() as reading:
        assert (live_hook(reading, "latency"), [row.revoked_at is None for row in hooks(reading)]) == (None, [False])
    with pytest.raises(BadInput, match="there is no hook 'latency' to revoke"):
        revoke_hook(live.store, "latency", by=ANA, clock=live.clock)


def test_the_state_holds_with_tokens_and_hooks(live: House) -> None:
    token(live, "desk", Role.RUNTIME)
    hook(live, "latency", "global")
    with live.store.reading() as reading:
        assert reading.state_faults() == ()
