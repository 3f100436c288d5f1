"""Attempts that fail, names that look alike, passwords that will not do, and the first administrator."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrance_desk import ELI, NOON, PASSWORD, Desk
from governed import House
from interlock.adapters.identity.passwords import AT_ONCE, CHEAP, WAITING_MAX, Argon2Passwords
from interlock.engine.access.password import CHARACTERS_MIN, fault_of_password
from interlock.flows.access.entrance import Refusal
from interlock.flows.access.links import reset_account
from interlock.flows.access.passwords import set_first_password, set_invited_password
from interlock.flows.access.second_factor import end_second_factor
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.showing import WRONG
from interlock.flows.access.throttle import FREE_BY_ADDRESS, FREE_BY_NAME, REMEMBERED_MAX, WAIT_S_MAX, Throttle
from interlock.flows.access.tokens import Tokens
from interlock.terms.access import ANYBODY
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.person import Person


@pytest.fixture
def desk(house: House) -> Desk:
    made = Desk(house.store)
    made.account("Eli Sand", "administrator")
    return made


class Tried:
    def __init__(self) -> None:
        self.now = NOON
        self.throttle = Throttle(lambda: self.now)

    def waits_s(self, name: str, address: str = "192.0.2.1", *, patient: bool = True) -> float:
        """How long an attempt that fails has to wait before; it waits so long, where it is patient."""
        turn = self.throttle.begin(name, address)
        if turn.wait_s and patient:
            self.now += dt.timedelta(seconds=turn.wait_s)
            assert self.throttle.begin(name, address).wait_s == 0
        return turn.wait_s


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    tried = Tried()
    waits = [tried.waits_s("ana", f"192.0.2.{n}") for n in range(FREE_BY_NAME + 12)]
    assert waits[:FREE_BY_NAME] == [0] * FREE_BY_NAME
    assert waits[FREE_BY_NAME:] == [min(2.0**n, WAIT_S_MAX) for n in range(12)]
    assert tried.waits_s("ana", "198.51.100.7") == WAIT_S_MAX, "from wherever"
    tried.now += dt.timedelta(hours=2)
    assert tried.waits_s("ana") == 0, "after an hour without an attempt all is forgotten"


def test_many_names_from_one_address_are_one_stranger() -> None:
    tried = Tried()
    waits = [tried.waits_s(f"name {n}", patient=False) for n in range(FREE_BY_ADDRESS + 5)]
    assert (waits[:FREE_BY_ADDRESS], min(waits[FREE_BY_ADDRESS:]) > 0) == ([0] * FREE_BY_ADDRESS, True)
    assert tried.waits_s("name 0", "198.51.100.7", patient=False) == 0


def test_who_succeeds_gives_nobody_else_more_attempts() -> None:
    tried = Tried()
    for _ in range(FREE_BY_ADDRESS - 1):
        tried.throttle.begin("own", "192.0.2.1")
        tried.throttle.succeeded("own", "192.0.2.1")
    waits = [tried.waits_s(f"name {n}", patient=False) for n in range(FREE_BY_ADDRESS + 1)]
    assert [bool(wait) for wait in waits] == [False] * FREE_BY_ADDRESS + [True]
    tried.throttle.succeeded("name 1", "192.0.2.1")
    assert tried.waits_s("name x", patient=False) == 0, "its own attempt is taken back, those of others are not"
    assert tried.waits_s("name y", patient=False) > 0


def test_memory_of_attempts_has_an_end() -> None:
    tried = Tried()
    for n in range(REMEMBERED_MAX):
        tried.throttle.begin(f"name {n}", f"address {n}")
    assert len(tried.throttle._tried) == REMEMBERED_MAX


def test_parallel_guesses_are_not_one(desk: Desk) -> None:
    """Each is counted before its password is looked at, so that none slips through beside the others."""
    turns = [desk.entrance.throttle.begin("Eli Sand", f"address {n}") for n in range(FREE_BY_NAME)]
    assert [turn.wait_s for turn in turns] == [0] * FREE_BY_NAME
    answer = desk.sign_in("eli  SAND")
    assert isinstance(answer, Refusal)
    assert answer.wait_s > 0


def test_the_wait_is_on_record_once_and_never_a_name_that_nobody_has(desk: Desk) -> None:
    for name in ("Eli Sand", PASSWORD):
        for _ in range(FREE_BY_NAME + 3):
            desk.sign_in(name, "wrong", address=name)
    assert desk.recorded("sign_in.refused") == [
        {"name": "Eli Sand", "failures": FREE_BY_NAME},
        {"failures": FREE_BY_NAME},
    ]


class Counting(Argon2Passwords):
    """Counts how often a password was worked on."""

    worked = 0

    def is_right(self, password: str, kept: bytes | None) -> bool:
        self.worked += 1
        return super().is_right(password, kept)


def test_as_much_work_is_done_for_a_name_that_nobody_has(house: House) -> None:
    desk = Desk(house.store)
    desk.account("Eli Sand", "administrator")
    desk.invite("Ana Ruiz")
    counting = Counting(CHEAP)
    object.__setattr__(desk.entrance, "passwords", counting)
    for name in ("Eli Sand", "Ana Ruiz", "Nobody", ""):
        assert desk.sign_in(name, "wrong", address=name) == Refusal(WRONG)
    assert counting.worked == 4
    assert not counting.is_right("nobody", None), "what stands for no password is none"


def test_a_crowd_at_the_door_does_not_fill_the_house() -> None:
    """Whoever waits for a turn keeps a thread of the server: only some may."""
    passwords, begun, go_on = Argon2Passwords(CHEAP), threading.Semaphore(0), threading.Event()

    class Slow:
        def verify(self, *_: object) -> None:
            begun.release()
            go_on.wait(10)

    object.__setattr__(passwords, "_hasher", Slow())
    with ThreadPoolExecutor(AT_ONCE + WAITING_MAX) as threads:
        inside = [threads.submit(passwords.is_right, "x", b"x") for _ in range(AT_ONCE + WAITING_MAX)]
        for _ in range(AT_ONCE):
            begun.acquire()
        while passwords._places.acquire(blocking=False):
            passwords._places.release()
            time.sleep(0.001)
        with pytest.raises(Unavailable, match="too many people sign in"):
            passwords.is_right("x", b"x")
        go_on.set()
        assert all(one.result() for one in inside)


def test_a_password_is_kept_as_it_is_kept_today(house: House) -> None:
    desk = Desk(house.store)
    desk.account("Eli Sand", "administrator")
    stronger = Argon2Passwords(type(CHEAP)(CHEAP.type, CHEAP.version, 16, 32, 2, 8, 1))
    object.__setattr__(desk.entrance, "passwords", stronger)
    cookie = desk.signed_in("Eli Sand")
    with desk.store.reading() as reading:
        kept = reading.secret("account:password:eli sand")
    assert kept is not None
    assert b"t=2" in kept
    assert not stronger.is_old(kept)
    assert desk.who(cookie) == "Eli Sand"
    assert len(desk.recorded("account.password_set")) == 1


def test_no_two_accounts_look_alike(desk: Desk) -> None:
    desk.invite("Ana Ruiz")
    for name in ("ana ruiz", "Ana  Ruiz", "Аna Ruiz", "Ana\u200b Ruiz"):
        with pytest.raises(BadInput, match=r"nobody could tell from|printable"):
            desk.invite(name)
    for name in ("", "x" * 101, "a@b", "a/b"):
        with pytest.raises(BadInput, match="a name is 1 to 100"):
            desk.invite(name)
    with pytest.raises(BadInput, match="say who you are"):
        desk.invite("Ben", by=Person(" "))
    desk.invite("Ana Ruiz-Gomez", email="one@example.org")
    for email, words in (
        ("ONE@example.org", "Ana Ruiz-Gomez has that"),
        ("a b@c.d", "no e-mail"),
        ("x@y", "no e-mail"),
    ):
        with pytest.raises(BadInput, match=words):
            desk.invite("Ben", email=email)
    assert [one["name"] for one in desk.recorded("account.created")] == ["Eli Sand", "Ana Ruiz", "Ana Ruiz-Gomez"]


def test_a_lost_telephone_is_taken_away_by_an_administrator(desk: Desk) -> None:
    desk.account("Ana Ruiz", "leader")
    ours = desk.second_factor("Ana Ruiz")
    for without in (False, True):
        link = reset_account(
            desk.store,
            "Ana Ruiz",
            by=ELI,
            clock=desk.clock,
            randomness=desk.entrance.randomness,
            without_second_factor=without,
        )
    assert desk.who(ours) is None
    assert isinstance(set_invited_password(desk.entrance, link, PASSWORD + "!"), str)
    assert isinstance(desk.sign_in("Ana Ruiz", PASSWORD + "!"), str)


def test_with_a_second_factor_a_link_alone_signs_nobody_in(desk: Desk) -> None:
    desk.account("Ana Ruiz", "leader")
    desk.second_factor("Ana Ruiz")
    link = reset_account(desk.store, "Ana Ruiz", by=ELI, clock=desk.clock, randomness=desk.entrance.randomness)
    assert set_invited_password(desk.entrance, link, PASSWORD + "!") is None
    assert desk.sign_in("Ana Ruiz", PASSWORD + "!") == Refusal(WRONG)
    desk.wait(seconds=60)
    assert end_second_factor(desk.entrance, desk.showing("Ana Ruiz", PASSWORD + "!")) == Refusal(WRONG)
    showing = desk.showing("Ana Ruiz", PASSWORD + "!", desk.code())
    assert isinstance(end_second_factor(desk.entrance, showing), str)


def test_the_first_administrator_ends_what_anybody_may(house: House) -> None:
    desk, tokens = Desk(house.store), Tokens(house.store)
    assert (tokens.known(None), desk.entrance.first_run.open) == (ANYBODY, True)
    token = desk.entrance.first_run.token
    for wrong in ("", "x", token[:-1], token + "x", "\ud800"):
        with pytest.raises(BadInput, match="good no more"):
            set_first_password(desk.entrance, wrong, "Mallory", PASSWORD)
    with pytest.raises(BadInput, match="it has 5 characters"):
        set_first_password(desk.entrance, token, "Eli Sand", "short")
    assert desk.who(set_first_password(desk.entrance, token, "Eli Sand", PASSWORD)) == "Eli Sand"
    with pytest.raises(BadInput, match="good no more"):
        set_first_password(desk.entrance, token, "Mallory", PASSWORD)
    assert (tokens.known(None), tokens.any, Tokens(house.store).any) == (None, True, True)
    other = Desk(house.store)
    with pytest.raises(BadInput, match="good no more"):
        set_first_password(other.entrance, other.entrance.first_run.token, "Mallory", PASSWORD)


def test_of_two_who_hold_the_link_one_is_first(house: House) -> None:
    desk = Desk(house.store)
    hashed = desk.entrance.passwords.hashed

    def slow(password: str) -> bytes:
        Desk(house.store).account("Eli Sand", "administrator")
        return hashed(password)

    object.__setattr__(desk.entrance.passwords, "hashed", slow)
    with pytest.raises(BadInput, match="there is an account by now"):
        set_first_password(desk.entrance, desk.entrance.first_run.token, "Mallory", PASSWORD)


@given(st.text(max_size=30), st.text("abcdefgh", min_size=1, max_size=12))
def test_a_password_that_will_do_is_long_and_not_the_name(password: str, name: str) -> None:
    fault = fault_of_password(password, name=name)
    if fault is None:
        assert len(password) >= CHARACTERS_MIN
        assert password.casefold().strip() != name.casefold().strip()
    assert fault_of_password(name * 20, name=name) is not None
    assert fault_of_password(f"{name}  {name}x{name}", name=f"{name} {name}x") is not None


def test_sessions_of_long_ago_are_not_read(desk: Desk) -> None:
    old = desk.signed_in("Eli Sand")
    desk.wait(days=400)
    new = desk.signed_in("Eli Sand")
    anew = Sessions(desk.store, desk.clock)
    assert (anew.known(old), anew.known(new) is not None, len(anew._sessions)) == (None, True, 1)
