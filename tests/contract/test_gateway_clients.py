"""Who presents a key: known without a look at the store, and no longer once it is on record, whichever the store."""

import asyncio
import datetime as dt
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME
from interlock.engine.gateway.access.key import key_of
from interlock.engine.gateway.access.limit_words import limit_said
from interlock.engine.gateway.access.strangers import TRIES_MAX, WINDOW_S
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.gateway.access.bars import admit_client, bar_client, barred
from interlock.flows.gateway.access.clients import TOKEN_S, Clients
from interlock.flows.gateway.access.keys import WantedKey, create_key, keys, revoke_key
from interlock.flows.gateway.define import define_gateway
from interlock.flows.rollout.define import define
from interlock.ports.gateway.changes import BLIND_S, Changes
from interlock.ports.gateway.tokens import SignedToken
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.gateway.client import Client, KnownBy
from interlock.terms.gateway.definition import GatewayDefinition, NetworkRules, TokenIssuer
from interlock.terms.gateway.refusal import Refusal
from interlock.terms.person import Person
from interlock.wiring.gateway.access import changes_of

HERE, ELSEWHERE = "10.1.2.3", "203.0.113.9"
SOON_S = 5.0  # a machine may be busy; how soon it really is, the benchmark says
ISSUER = TokenIssuer("https://id.example", "gateway", "https://id.example/keys")


class Signed:
    """An issuer whose every token is good, but for one; what is in a token is up to the test."""

    def __init__(self) -> None:
        self.claims: dict[str, object] = {}
        self.asked = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def signed(self, token: str, issuers: Sequence[TokenIssuer]) -> SignedToken | str:
        self.asked += 1
        self.meanwhile()
        return "its signature is not its issuer's" if token == "bad.bad.bad" else SignedToken(self.claims, issuers[0])


class Place:
    """A store with one workflow, the clients of one process, and another that writes."""

    def __init__(self, ours: Store, theirs: Store, changes: Changes) -> None:
        self.store, self.changes = theirs, changes
        self._moments = (dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(seconds=n) for n in itertools.count())
        self.now_s = dt.datetime(2026, 3, 2, tzinfo=dt.UTC).timestamp()
        self.tokens = Signed()
        self.clients = Clients(ours, changes, self.tokens, lambda: self.now_s)
        self.workflow(NAME)

    def clock(self) -> dt.datetime:
        return next(self._moments)

    def workflow(self, name: str) -> None:
        wanted = replace(DEFINITION, name=name)
        define(self.store, wanted, by=CARLA, code_version="1", clock=self.clock, randomness=os.urandom)

    def key(self, name: str = "desk", *, by: Person = ANA, **more: object) -> str:
        wanted = replace(WantedKey(name, NAME), **more)  # type: ignore[arg-type]
        return create_key(self.store, wanted, by=by, clock=self.clock, randomness=os.urandom)

    def gateway(self, **more: object) -> None:
        wanted = replace(GatewayDefinition(), **more)  # type: ignore[arg-type]
        define_gateway(self.store, wanted, by=ANA, clock=self.clock)

    def sees(self, credential: str | None, address: str = HERE) -> str:
        """The client's name, the rule that refuses, or "ask" for a token that is to be verified."""
        found = self.clients.known(credential, address)
        return "ask" if found is None else found.name if isinstance(found, Client) else found.rule

    def soon(self, wanted: str, credential: str, address: str = HERE) -> None:
        """Whatever was recorded is acted on in a moment."""
        ends = time.monotonic() + SOON_S
        while self.sees(credential, address) != wanted:
            assert time.monotonic() < ends, (wanted, self.sees(credential, address))
            time.sleep(0.002)

    def verified(self, token: str = "a.b.c") -> Client | Refusal:
        return asyncio.run(self.clients.verified(token, HERE))


@contextmanager
def _place(open_store: Callable[[], Store]) -> Iterator[Place]:
    ours, theirs = open_store(), open_store()
    changes = changes_of(ours)
    try:
        yield Place(ours, theirs, changes)
    finally:
        changes.close()


@pytest.fixture
def place(open_store: Callable[[], Store]) -> Iterator[Place]:
    with _place(open_store) as made:
        yield made


def test_a_key_lets_its_client_in_until_it_is_revoked(place: Place) -> None:
    key = place.key(client="ticket desk", limits=(limit_said("5.5 usd a day"),))
    place.soon("ticket desk", key)
    found = place.clients.known(key, HERE)
    assert found == Client("ticket desk", NAME, limits=(limit_said("5.50 usd a day"),))
    other = place.key("desk-2", client="ticket desk")
    revoke_key(place.store, "desk", by=BEN, clock=place.clock)
    place.soon("revoked key", key)
    place.soon("ticket desk", other)  # how a key is changed without a pause


def test_nothing_of_a_key_is_kept_that_could_be_presented(place: Place) -> None:
    key = place.key()
    with place.store.reading() as reading:
        (row,) = keys(reading)
        told = str([entry.body for entry in reading.entries()])
    assert key.startswith(row.begins)
    assert key not in told
    assert key[len(row.begins) :] not in told


PRESENTED = (
    (None, "no credential"),
    ("", "no credential"),
    ("sk-proj-something-else", "no credential"),
    ("Basic dXNlcjpwYXNzd29yZA==", "no credential"),
    ("header.payload.signature", "no credential"),  # no issuer is defined
    (key_of(b"\x05" * 32), "unknown key"),
    (key_of(b"\x05" * 32)[:-1], "mistyped key"),
    (f"{key_of(b'5' * 32)}\n{key_of(b'6' * 32)}", "two credentials"),
    ("x" * 100_000, "no credential"),
    ("é" * 60, "no credential"),
)


def test_what_is_not_known_is_refused_without_a_word_of_it(place: Place) -> None:
    for presented, rule in PRESENTED:
        found = place.clients.known(presented, HERE)
        assert isinstance(found, Refusal)
        assert (found.rule, found.status) == (rule, 401), presented
        assert not presented or presented[13:40] not in found.words


def test_networks_ends_bars_and_tenants_hold_for_who_is_known(place: Place) -> None:
    near = place.key("near", networks=("10.0.0.0/8",))
    short = place.key("short", days=1)
    place.soon("near", near)
    assert place.sees(near, f"::ffff:{HERE}") == "near"
    assert place.sees(near, ELSEWHERE) == "network"
    place.now_s += 86_399
    assert place.sees(short) == "short"
    place.now_s += 120
    assert place.sees(short) == "expired key"
    bar_client(place.store, "near", "stolen", by=BEN, clock=place.clock)
    place.soon("client", near)
    admit_client(place.store, "near", "found", by=BEN, clock=place.clock)
    place.soon("near", near)
    assign_tenant(place.store, NAME, "acme", by=BEN, clock=place.clock)
    place.soon("client", near)
    acme = place.key("acme's")
    place.soon("acme's", acme)
    place.gateway(network=NetworkRules(allow=("203.0.113.0/24",), trusted_proxies=("192.0.2.1",)))
    place.soon("network", acme)
    assert place.sees(acme, ELSEWHERE) == "acme's"
    assert place.clients.origin("192.0.2.1", (ELSEWHERE,)) == ELSEWHERE
    assert isinstance(place.clients.origin("192.0.2.1", ("junk",)), Refusal)


IMPOSSIBLE: tuple[tuple[dict[str, object], str], ...] = (
    ({"name": "desk"}, "used before"),
    ({"workflow": "nothing"}, "there is no workflow 'nothing'"),
    ({"tenant": "globex"}, "not the tenant globex's"),
    ({"client": "theirs"}, "of another tenant"),
    ({"client": "a@b"}, "without '@'"),
    ({"days": 0}, "days"),
    ({"networks": ("10.0.0.1/8",)}, "no network"),
    ({"limits": (replace(limit_said("1 requests a day"), name="other"),)}, "its own client only"),
    ({"by": Person(" ")}, "say who you are"),
)


def test_a_key_that_cannot_be_is_not_made(place: Place) -> None:
    place.key("theirs")  # before the workflow is a tenant's
    assign_tenant(place.store, NAME, "acme", by=BEN, clock=place.clock)
    place.key()
    for wanted, words in IMPOSSIBLE:
        with pytest.raises(BadInput, match=words):
            place.key(**{"name": "next", **wanted})  # type: ignore[arg-type]
    with place.store.reading() as reading:
        assert [row.name for row in keys(reading)] == ["theirs", "desk"]


def test_a_token_is_verified_once_a_minute_and_holds_what_its_claims_say(place: Place) -> None:
    place.gateway(issuers=(ISSUER,))
    place.soon("ask", "a.b.c")
    place.tokens.claims = {
        "iss": ISSUER.issuer,
        "aud": "gateway",
        "exp": place.now_s + 90,
        "sub": "desk",
        "workflow": NAME,
    }
    assert place.verified() == Client("desk@id.example", NAME, known_by=KnownBy.TOKEN)
    for _ in range(3):
        assert place.sees("a.b.c") == "desk@id.example"
    assert place.tokens.asked == 1
    place.now_s += TOKEN_S
    assert place.sees("a.b.c") == "ask"
    assert isinstance(place.verified(), Client)
    assert place.tokens.asked == 2
    place.now_s += 30 + ISSUER.leeway_s
    refused = place.verified()
    assert isinstance(refused, Refusal)
    assert "expired" in refused.words


def test_a_token_for_what_is_not_there_or_not_its_tenants_lets_nobody_in(place: Place) -> None:
    place.gateway(issuers=(ISSUER,))
    place.soon("ask", "a.b.c")
    good = {"iss": ISSUER.issuer, "aud": "gateway", "exp": place.now_s + 90, "sub": "desk", "workflow": NAME}
    assign_tenant(place.store, NAME, "acme", by=BEN, clock=place.clock)
    time.sleep(0.1)
    for claims, rule in (
        ({**good, "workflow": "nothing"}, "client"),
        (good, "client"),
        ({**good, "tenant": "globex"}, "client"),
        ({**good, "aud": "other"}, "token"),
        ({**good, "workflow": None}, "token"),
    ):
        place.tokens.claims = claims
        refused = place.verified(f"a.b.{len(str(claims))}")
        assert isinstance(refused, Refusal)
        assert refused.rule == rule, claims
    place.tokens.claims = {**good, "tenant": "acme"}
    assert isinstance(place.verified("x.y.z"), Client)
    bar_client(place.store, "desk@id.example", "stolen", by=BEN, clock=place.clock)
    place.soon("client", "x.y.z")


def test_what_changes_while_an_issuer_is_asked_counts(place: Place) -> None:
    place.gateway(issuers=(ISSUER,))
    place.soon("ask", "a.b.c")
    place.tokens.claims = {
        "iss": ISSUER.issuer,
        "aud": "gateway",
        "exp": place.now_s + 90,
        "sub": "desk",
        "workflow": NAME,
    }

    def barred_now() -> None:
        bar_client(place.store, "desk@id.example", "stolen", by=BEN, clock=place.clock)
        time.sleep(0.1)

    place.tokens.meanwhile = barred_now
    refused = place.verified()
    assert isinstance(refused, Refusal)
    assert refused.rule == "client"


def test_strangers_wait_and_who_is_known_does_not(place: Place) -> None:
    place.gateway(issuers=(ISSUER,))
    key = place.key()
    place.soon("desk", key)
    for _ in range(TRIES_MAX):
        assert isinstance(place.verified("bad.bad.bad"), Refusal)
    asked = place.tokens.asked
    refused = place.verified("bad.bad.bad")
    assert isinstance(refused, Refusal)
    assert (refused.rule, refused.status, refused.retry_after_s) == ("strangers", 429, int(WINDOW_S) + 1)
    assert place.tokens.asked == asked
    assert place.sees(key) == "desk"  # behind the same address


class Blind:
    """Changes that cannot be looked at."""

    def version(self) -> int:
        raise Unavailable("the store could not be looked at")

    def close(self) -> None:
        pass


def test_while_the_record_cannot_be_looked_at_nobody_is_known(open_store: Callable[[], Store]) -> None:
    store = open_store()
    clients = Clients(store, Blind(), Signed(), time.time)
    for found in (clients.known(key_of(bytes(32)), HERE), asyncio.run(clients.verified("a.b.c", HERE))):
        assert isinstance(found, Refusal)
        assert (found.rule, found.status, found.retry_after_s) == ("access", 503, 1)
    assert isinstance(clients.origin(HERE), Refusal)


def test_bars_are_said_with_a_reason_and_once(place: Place) -> None:
    bar_client(place.store, "b", "stolen", by=BEN, clock=place.clock)
    bar_client(place.store, "a", "lost", by=BEN, clock=place.clock)
    admit_client(place.store, "b", "found", by=BEN, clock=place.clock)
    with place.store.reading() as reading:
        assert [(one.name, one.reason, one.barred_by) for one in barred(reading)] == [("a", "lost", BEN.name)]
    say = {"a": bar_client, "b": admit_client}
    for name, reason, by, words in (
        ("a", "again", BEN, "barred already"),
        ("b", "again", BEN, "not barred"),
        ("a", " ", BEN, "say why"),
        ("a", "x", Person(""), "who you are"),
    ):
        with pytest.raises(BadInput, match=words):
            say[name](place.store, name, reason, by=by, clock=place.clock)


def test_under_traffic_each_change_is_seen_in_its_order(place: Place) -> None:
    """One process makes and revokes keys; another asks all the while, and never sees one come back."""
    made = [place.key(f"key-{number}") for number in range(6)]
    for number, key in enumerate(made):
        place.soon(f"key-{number}", key)
    ended: list[int] = []

    def revoke() -> None:
        for number in range(len(made)):
            revoke_key(place.store, f"key-{number}", by=BEN, clock=place.clock)
            ended.append(number)
            time.sleep(0.005)

    writer = threading.Thread(target=revoke)
    writer.start()
    seen: list[tuple[int, ...]] = []
    ends = time.monotonic() + SOON_S
    while time.monotonic() < ends and (not seen or seen[-1]):
        live = tuple(n for n, key in enumerate(made) if place.sees(key) == f"key-{n}")
        if not seen or seen[-1] != live:
            seen.append(live)
    writer.join()
    assert seen[-1] == ()
    assert all(set(later) < set(earlier) for earlier, later in itertools.pairwise(seen))
    assert BLIND_S > SOON_S
