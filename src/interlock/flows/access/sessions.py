"""Who is signed in: a random cookie, of which only the digest is on record, for a working day at most."""

import base64
import datetime as dt
import hashlib
import threading

from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import moment, stamp
from interlock.flows.access.accounts import after, changes
from interlock.flows.ledger.record import record
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store, Transaction
from interlock.terms.access import Caller
from interlock.terms.account import AccountRow, Session
from interlock.terms.ledger import LedgerEntry

BEGUN, ENDED = "session.begun", "session.ended"
COOKIE_BYTES = 32
LASTS = dt.timedelta(hours=12)
IDLE = dt.timedelta(minutes=60)


def begin_session(
    tx: Transaction, name: str, *, how: str, now: dt.datetime, randomness: Randomness, step: int | None = None
) -> str:
    """The cookie of a new session, which nobody can tell again. `how` the person showed who they are, such as password.

    `step` is the one of the second factor's code, so that the code is good once. The transaction has been fenced.
    """
    cookie = base64.urlsafe_b64encode(randomness(COOKIE_BYTES)).decode().rstrip("=")
    used = {} if step is None else {"step": step}
    body = {"name": name, "sha256": digest_of(cookie), "until": stamp(now + LASTS), "how": how, **used}
    record(tx, BEGUN, body, at=stamp(now))
    return cookie


def end_session(store: Store, session: Session, *, why: str, clock: Clock) -> None:
    """End a session at once, in every server on the store. `why` it ended, such as "signed out"."""
    with store.transaction() as tx:
        tx.fence()  # entries about sessions are seen in the order in which they hold
        record(tx, ENDED, {"name": session.name, "sha256": session.sha256, "why": why}, at=stamp(clock()))


def digest_of(secret: str) -> str:
    """How a cookie or a link is on record: its SHA-256. Each is 256 random bits, which nobody can find from it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Sessions:
    """Who is signed in, as this process last saw it; each look reads only what has been recorded since."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock, self._since = store, clock, clock()
        self._lock = threading.Lock()
        self._accounts: dict[str, AccountRow] = {}
        self._sessions: dict[str, Session] = {}
        self._used_at: dict[str, dt.datetime] = {}
        self._accounts_next = 0
        self._sessions_next: int | None = None

    @property
    def any(self) -> bool:
        """Whether an account was ever made. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            return bool(self._accounts)

    def known(self, cookie: str | None, *, in_use: bool = True) -> Caller | None:
        """Whose session a cookie names; None for nobody's, and for one that has ended.

        Without `in_use` it is no use of it: a page that is left open is nobody at work. Raises Unavailable where the
        store cannot be read: then nobody is known.
        """
        session = self.session(cookie, in_use=in_use)
        if session is None:
            return None
        with self._lock:
            row = self._accounts[known_as(session.name)]
        return Caller(row.name, frozenset(row.roles))

    def session(self, cookie: str | None, *, in_use: bool = True) -> Session | None:
        """The session that a cookie names, which is in use from now on; None as `known`. Raises Unavailable."""
        now = self._clock()
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            found = self._sessions.get(digest_of(cookie or ""))
            if found is None or not self._is_live(found, now):
                return None
            idle = now - self._used_at.get(found.sha256, max(self._since, moment(found.begun_at))) > IDLE
            if not idle and in_use:
                self._used_at[found.sha256] = now
            if not idle or not in_use:
                return None if idle else found
        # On record, so that no server that is started anew takes it for one that is in use.
        end_session(self._store, found, why="idle", clock=self._clock)
        return None

    def of(self, name: str) -> tuple[Session, ...]:
        """The sessions of a person that have not ended, newest first. Raises Unavailable."""
        now, key = self._clock(), known_as(name)
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            live = [one for one in self._sessions.values() if known_as(one.name) == key and self._is_live(one, now)]
        return tuple(sorted(live, key=lambda one: -one.entry))

    def account(self, name: str) -> AccountRow | None:
        """The account of a person as it is on record now, closed or not. Raises Unavailable."""
        with self._store.reading() as reading, self._lock:
            self._look(reading)
            return self._accounts.get(known_as(name))

    def _is_live(self, session: Session, now: dt.datetime) -> bool:
        row = self._accounts.get(known_as(session.name))
        ends = session.until <= stamp(now)
        return row is not None and row.closed_at is None and row.sessions_from <= session.entry and not ends

    def _look(self, reading: Reading) -> None:
        about = list(changes(reading, since=self._accounts_next))
        since = self._sessions_next
        if since is None:  # those that began before are over: a ledger of many years is not read for them
            since = reading.entry_from(stamp(self._since - LASTS))
        about_sessions = list(reading.about_no_workflow((BEGUN, ENDED), since=since))
        if about:
            self._accounts, self._accounts_next = after(self._accounts, about), about[-1].index + 1
        for entry in about_sessions:
            if entry.kind == BEGUN:
                self._sessions[entry.body["sha256"]] = _session(entry)
            else:
                self._forget(entry.body["sha256"])
        self._sessions_next = about_sessions[-1].index + 1 if about_sessions else since
        if about_sessions:
            now = stamp(self._clock())
            for over in [one.sha256 for one in self._sessions.values() if one.until <= now]:
                self._forget(over)

    def _forget(self, sha256: str) -> None:
        self._sessions.pop(sha256, None)
        self._used_at.pop(sha256, None)


def _session(entry: LedgerEntry) -> Session:
    body = entry.body
    return Session(body["name"], body["sha256"], entry.at, body["until"], body["how"], entry.index)
