"""On every store: accounts, signing in, and sessions that end at once in every server."""

from collections.abc import Callable

import pytest

from entrance_desk import ELI, PASSWORD, SEED, Desk
from interlock.engine.access.permissions import role_at
from interlock.flows.access.accounts import account_of, accounts
from interlock.flows.access.entrance import Refusal
from interlock.flows.access.links import reset_account
from interlock.flows.access.passwords import change_password, set_invited_password
from interlock.flows.access.people import change_roles, close_account, email_of
from interlock.flows.access.sessions import end_session
from interlock.flows.access.showing import WRONG
from interlock.flows.access.single_sign_on import sign_in_vouched
from interlock.flows.access.tenants import Tenants, assign_tenant, tenant_of
from interlock.flows.access.tokens import Tokens, create_token
from interlock.flows.ledger.record import record
from interlock.ports.identity import Vouched
from interlock.ports.store import Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person


@pytest.fixture
def desk(store: Store) -> Desk:
    made = Desk(store)
    made.account("Eli Sand", "administrator")
    return made


def test_sessions_end_at_once_in_every_server(desk: Desk) -> None:
    other = Desk(desk.store)
    desk.account("Ana Ruiz", "value-owner")
    roles = [role_at("leader")]
    ends: tuple[Callable[[str], object], ...] = (
        lambda cookie: end_session(desk.store, desk.session(cookie), why="signed out", clock=desk.clock),
        lambda _: change_roles(desk.store, "Ana Ruiz", roles, by=ELI, clock=desk.clock),
        lambda _: change_password(desk.entrance, desk.showing("Ana Ruiz"), PASSWORD + "!"),
        lambda _: close_account(desk.store, "Ana Ruiz", by=ELI, clock=desk.clock),
    )
    for n, end in enumerate(ends):
        cookie = desk.signed_in("Ana Ruiz", PASSWORD + ("!" if n == 3 else ""))
        assert (desk.who(cookie), other.who(cookie)) == ("Ana Ruiz", "Ana Ruiz")
        end(cookie)
        assert (desk.who(cookie), other.who(cookie)) == (None, None), n
    assert isinstance(desk.sign_in("Ana Ruiz", PASSWORD + "!"), Refusal)


def test_a_server_that_is_started_anew_knows_who_is_signed_in_and_who_was_idle(desk: Desk) -> None:
    busy, idle = desk.signed_in("Eli Sand"), desk.signed_in("eli  SAND")
    desk.wait(minutes=59)
    assert desk.who(busy) == "Eli Sand"
    desk.wait(minutes=59)
    assert (desk.who(busy), desk.who(idle)) == ("Eli Sand", None)
    anew = Desk(desk.store, desk.now)
    assert (anew.who(busy), anew.who(idle)) == ("Eli Sand", None)
    for _ in range(13):
        anew.wait(minutes=50)
        anew.who(busy)
    assert anew.who(busy) is None, "twelve hours are the most, however busy"


def test_a_code_is_good_once_and_its_neighbours_are_taken(desk: Desk) -> None:
    desk.second_factor("Eli Sand")
    used = desk.code()
    assert desk.sign_in("Eli Sand") == desk.sign_in("Eli Sand", code="000000") == Refusal(WRONG)
    assert desk.sign_in("Eli Sand", code=used) == Refusal(WRONG), "it set the second factor"
    desk.wait(seconds=30)
    assert desk.who(desk.signed_in("Eli Sand", code=desk.code(seconds=30))) == "Eli Sand"
    assert desk.sign_in("Eli Sand", code=desk.code()) == Refusal(WRONG), "a newer one was used"
    assert Desk(desk.store, desk.now).sign_in("Eli Sand", code=desk.code(seconds=30)) == Refusal(WRONG)
    desk.wait(seconds=90)
    assert isinstance(desk.sign_in("Eli Sand", code=desk.code(seconds=-30)), str)


def test_a_provider_is_believed_for_the_address_that_it_verified_first(desk: Desk) -> None:
    desk.invite("Ana Ruiz", "leader", email="Ana.Silk@Example.org")
    ana = Vouched("https://id.example", "ana-1", "ana.silk@example.org")
    unverified, outsider = Vouched("https://id.example", "ana-1", None), Vouched("https://id.example", "z", "z@e.org")
    nobody = Refusal("You have no account here. Ask an administrator for one: Eli Sand.")
    assert sign_in_vouched(desk.entrance, unverified) == sign_in_vouched(desk.entrance, outsider) == nobody
    for other in ("ana.\u017filk@example.org", "ana.sil\u212a@example.org", "ana.\ud800@example.org"):
        assert sign_in_vouched(desk.entrance, Vouched("https://id.example", "y", other)) == nobody, "another mailbox"
    cookie = sign_in_vouched(desk.entrance, ana)
    assert isinstance(cookie, str)
    assert desk.who(cookie) == "Ana Ruiz"
    assert isinstance(sign_in_vouched(desk.entrance, unverified), str), "bound: the address matters no more"
    assert sign_in_vouched(desk.entrance, Vouched("https://id.example", "ana-2", "ana.silk@example.org")) == nobody
    assert sign_in_vouched(desk.entrance, Vouched("https://other.example", "ana-1", "ana.silk@example.org")) == nobody
    known, held = Tokens(desk.store), (role_at("leader"),)
    made = [
        create_token(desk.store, name, held, by=ELI, clock=desk.clock, randomness=desk.entrance.randomness)
        for name in ("ana ruiz", "ticket-desk")
    ]
    close_account(desk.store, "Ana Ruiz", by=ELI, clock=desk.clock)
    assert [known.known(one) is None for one in made] == [True, False], "nothing acts in the name of who is gone"
    assert sign_in_vouched(desk.entrance, ana) == nobody
    with desk.store.reading() as reading:
        assert email_of(reading, "Ana Ruiz") == ""


def test_no_secret_is_in_the_ledger(desk: Desk) -> None:
    link = desk.invite("Ana Ruiz", "leader", email="ana@example.org")
    cookie = set_invited_password(desk.entrance, link, "kein Wort davon steht da")
    desk.second_factor("Eli Sand")
    sign_in_vouched(desk.entrance, Vouched("https://id.example", "subject-of-ana", "ana@example.org"))
    with desk.store.reading() as reading:
        written = b"".join(entry.record for entry in reading.entries())
        assert reading.state_faults() == ()
    for secret in (link, cookie, "kein Wort", "ana@example", "subject-of-ana", PASSWORD, "argon2", SEED.hex()):
        assert str(secret).encode() not in written, secret


def test_accounts_as_they_are_on_record(desk: Desk) -> None:
    desk.account("Ana Ruiz", "leader", "reviewer@tenant/acme")
    with pytest.raises(BadInput, match="nobody would be left"):
        close_account(desk.store, "Eli Sand", by=ELI, clock=desk.clock)
    with pytest.raises(BadInput, match="nobody would be left"):
        change_roles(desk.store, "Eli Sand", [role_at("administrator@tenant/acme")], by=ELI, clock=desk.clock)
    close_account(desk.store, "ana ruiz", by=ELI, clock=desk.clock)
    with desk.store.reading() as reading:
        rows = accounts(reading)
        assert account_of(reading, "Ana Ruiz") is None
    told = [(row.name, list(map(str, row.roles)), row.closed_at is None, row.password_at is None) for row in rows]
    assert told == [
        ("Eli Sand", ["administrator"], True, False),
        ("Ana Ruiz", ["leader", "reviewer@tenant/acme"], False, True),
    ]
    with pytest.raises(BadInput, match="'Ana Ruiz' had an account: write the name as it was"):
        desk.invite("ana  ruiz")
    desk.account("Ana Ruiz", "auditor")
    assert desk.who(desk.signed_in("Ana Ruiz")) == "Ana Ruiz"
    with pytest.raises(BadInput, match="there is no account 'Ben'; there are: Eli Sand, Ana Ruiz"):
        reset_account(desk.store, "Ben", by=ELI, clock=desk.clock, randomness=bytes)


def test_a_workflow_is_one_tenants_until_it_is_given_away(desk: Desk) -> None:
    here = Tenants(desk.store)
    with pytest.raises(BadInput, match="there is no workflow 'triage'; there are: none"):
        assign_tenant(desk.store, "triage", "acme", by=ELI, clock=desk.clock)
    assert (here.of("triage"), here.all(), here.given("acme")) == (None, {}, ())
    with desk.store.reading() as reading:
        assert tenant_of(reading, "triage") is None
    with pytest.raises(BadInput, match="there is no workflow"):
        assign_tenant(desk.store, "nul\0", "acme", by=ELI, clock=desk.clock)
    with pytest.raises(BadInput, match="say who gives it away"):
        assign_tenant(desk.store, "triage", "acme", by=Person(" "), clock=desk.clock)


def test_entries_about_no_workflow_come_in_order_from_where_one_asks(store: Store) -> None:
    with store.transaction() as tx:
        written = [
            record(tx, kind, {"name": str(n), **about}, at="2026-03-02T12:00:00.000000Z")
            for n, (kind, about) in enumerate(
                [("session.begun", {}), ("account.linked", {}), ("session.begun", {"workflow": "triage"})] * 3
            )
        ]
    wanted = [entry for entry in written if "workflow" not in entry.body]
    with store.reading() as reading:
        assert list(reading.about_no_workflow(("session.begun", "account.linked"))) == wanted
        assert list(reading.about_no_workflow(("session.begun",), since=wanted[1].index)) == [
            entry for entry in wanted[1:] if entry.kind == "session.begun"
        ]
        assert list(reading.about_no_workflow(("session.ended",))) == []
