"""The way in over a store of tests: a clock that is set by hand, and hashing that takes no time."""

import base64
import datetime as dt
import os
from dataclasses import dataclass, field
from typing import Any

import pyotp

from interlock.adapters.identity.codes import TimedCodes
from interlock.adapters.identity.passwords import CHEAP, Argon2Passwords
from interlock.engine.access.permissions import role_at
from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.first_run import FirstRun
from interlock.flows.access.passwords import set_invited_password
from interlock.flows.access.people import create_account
from interlock.flows.access.second_factor import set_second_factor
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.showing import Showing
from interlock.flows.access.sign_in import sign_in
from interlock.flows.access.throttle import Throttle
from interlock.ports.store import Store
from interlock.terms.account import Session
from interlock.terms.person import Person

NOON = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
PASSWORD = "vier Worte ohne jeden Sinn"
ELI = Person("Eli Sand", authenticated=True)
SEED = bytes(range(20))


@dataclass
class Desk:
    """One server's way in."""

    store: Store
    now: dt.datetime = NOON
    more: dict[str, Any] = field(default_factory=dict)
    entrance: Entrance = field(init=False)

    def __post_init__(self) -> None:
        sessions = Sessions(self.store, self.clock)
        self.entrance = Entrance(
            self.store,
            self.clock,
            os.urandom,
            sessions,
            Throttle(self.clock),
            Argon2Passwords(CHEAP),
            TimedCodes(),
            FirstRun(sessions, os.urandom),
            **self.more,
        )

    def clock(self) -> dt.datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    def invite(self, name: str, *roles: str, email: str = "", by: Person = ELI) -> str:
        held = map(role_at, roles)
        return create_account(self.store, name, held, by=by, clock=self.clock, randomness=os.urandom, email=email)

    def account(self, name: str, *roles: str, password: str = PASSWORD) -> str:
        """The cookie of somebody who has just set a password."""
        cookie = set_invited_password(self.entrance, self.invite(name, *roles), password)
        assert cookie is not None
        return cookie

    def showing(self, name: str, password: str = PASSWORD, code: str = "", address: str = "192.0.2.1") -> Showing:
        return Showing(name, password, code, address)

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "", address: str = "192.0.2.1") -> str | Refusal:
        return sign_in(self.entrance, self.showing(name, password, code, address))

    def signed_in(self, name: str, password: str = PASSWORD, code: str = "") -> str:
        cookie = self.sign_in(name, password, code)
        assert isinstance(cookie, str), cookie
        return cookie

    def who(self, cookie: str) -> str | None:
        caller = self.entrance.sessions.known(cookie)
        return None if caller is None else caller.name

    def session(self, cookie: str) -> Session:
        found = self.entrance.sessions.session(cookie)
        assert found is not None
        return found

    def code(self, seed: bytes = SEED, **later: float) -> str:
        return pyotp.TOTP(base64.b32encode(seed).decode()).at(self.now + dt.timedelta(**later))

    def second_factor(self, name: str) -> str:
        found = set_second_factor(self.entrance, self.showing(name), SEED, self.code())
        assert isinstance(found, str), found
        return found

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        with self.store.reading() as reading:
            return [dict(entry.body) for entry in reading.entries_of(kind)]
