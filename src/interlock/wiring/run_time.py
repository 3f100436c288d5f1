"""A run time on the store that an address names."""

import datetime as dt
import hashlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from interlock.adapters.clocks.steady import SteadyClock, machine_time
from interlock.engine.ledger import merkle
from interlock.engine.policy import edge
from interlock.engine.timestamp import moment, stamp
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.order import BACK_MAX_S
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.gateway.allowances import Allowances
from interlock.ports.guardrail import Guardrail
from interlock.ports.journal import Journal
from interlock.ports.spool import Spool
from interlock.ports.store import Store
from interlock.terms.errors import BadInput, Unavailable

NO_CLOCK_TELLS = 9000  # years from here on are damage, and near the end of what can be counted
POSTGRES = frozenset({"postgresql", "postgres"})


@dataclass(frozen=True, slots=True)
class Opened:
    """The adapters of one store, and how to close them.

    `clock` tells the store's time: by the clock `wall`, and never before what is on record. `wall` was `behind_s`
    seconds behind the newest entry when the store was opened.
    """

    store: Store
    journal: Journal
    drain: Drain
    allowances: Allowances
    close: Callable[[], None]
    wall: Clock
    clock: Clock
    behind_s: float = 0.0
    spool: Spool | None = None

    @property
    def caution(self) -> str:
        """What a person should know of the clocks, "" for nothing."""
        return behind_words(self.behind_s) if self.behind_s > BACK_MAX_S else ""


def behind_words(behind_s: float) -> str:
    """What it means that a clock is behind the newest entry of a ledger."""
    return (
        f"the clock here is {dt.timedelta(seconds=round(behind_s))} behind the store's newest entry. The store goes on "
        "from that entry's time, so that no authority lasts longer than it was given. Set the clock; where the entry "
        "is wrong, `interlock clock --accept` says so on record"
    )


def open_address(address: str) -> Opened:
    """The store at 'sqlite:///FILE', 'postgresql://...' or at the path of a file, made where it is absent.

    Raises BadInput for an address of another kind, Unavailable where the store cannot be opened.
    """
    scheme = urlsplit(address).scheme
    if scheme in POSTGRES:
        return replace(_postgres(address), spool=spool_of(address))
    path = path_of(address)
    return replace(_sqlite(path), spool=spool_of(str(path.resolve()), path.with_name(path.name + ".spool")))


def path_of(address: str) -> Path:
    """The file of an embedded store. Raises BadInput where the address names none."""
    scheme, _, rest = address.partition("://")
    if not rest:
        return Path(address)
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        raise BadInput(
            f"'{address}' names no store: say sqlite:///relative/file.db, sqlite:////absolute/file.db or "
            "postgresql://user@host/database"
        )
    return Path(unquote(rest[1:]))


def open_run_time(opened: Opened, *, clock: Clock | None = None, owner: str | None = None) -> RunTime:
    """A run time of this process over opened adapters, at the store's time unless another clock is given."""
    return RunTime(
        store=opened.store,
        journal=opened.journal,
        drain=opened.drain,
        guardrail=guardrail(),
        clock=clock or opened.clock,
        randomness=os.urandom,
        owner=owner or f"{socket.gethostname()}:{os.getpid()}",
        spool=opened.spool,
    )


def guardrail() -> Guardrail:
    """The policy engine."""
    from interlock.adapters.cedar.guardrail import CedarGuardrail

    return CedarGuardrail(edge)


def spool_of(store: str, *folders: Path) -> Spool:
    """Of a store or a server: in these folders, and in the user's own where they are full or cannot be written."""
    from interlock.adapters.spool.folder import FolderSpool

    at = urlsplit(store)
    # Neither the user nor the password: another process may come with others to the same store.
    identity = f"{at.hostname}:{at.port}{at.path}?{at.query}" if at.scheme in POSTGRES else store
    return FolderSpool([*folders, _state_folder() / "spool" / hashlib.sha256(identity.encode()).hexdigest()[:16]])


def _state_folder() -> Path:
    """INTERLOCK_STATE, else where this user's programs keep what must outlive them."""
    if named := os.environ.get("INTERLOCK_STATE"):
        return Path(named)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "interlock"


def _sqlite(path: Path) -> Opened:
    from interlock.adapters.sqlite.allowances import SqliteAllowances
    from interlock.adapters.sqlite.drain import FileDrain
    from interlock.adapters.sqlite.journal import SqliteJournal
    from interlock.adapters.sqlite.store import SqliteStore

    store, drain = SqliteStore(path, merkle), FileDrain(path)

    def close() -> None:
        store.close()
        drain.close()

    clock = SteadyClock()
    journal, allowances = SqliteJournal(store, drain), SqliteAllowances(store)
    return Opened(store, journal, drain, allowances, close, machine_time, clock, _behind(store, clock))


def _postgres(address: str) -> Opened:
    try:
        from interlock.adapters.postgres.open import OpenedPostgres
    except ModuleNotFoundError as exc:
        raise BadInput(
            f"'{address.rsplit('@', maxsplit=1)[-1]}' needs PostgreSQL's driver: pip install 'interlock[postgres]'"
        ) from exc
    opened = OpenedPostgres(address, merkle)
    clock = SteadyClock(opened.clock)
    behind_s = _behind(opened.store, clock)
    parts = opened.store, opened.journal, opened.drain, opened.allowances
    return Opened(*parts, opened.close, opened.clock, clock, behind_s)


def _behind(store: Store, clock: SteadyClock) -> float:
    """Let the clock go on from the newest entry; by how many seconds it was behind that."""
    try:
        with store.reading() as reading:
            newest = moment(reading.newest_at() or stamp(clock()))
    except (Unavailable, ValueError):  # damaged: a verification must still be able to say so
        return 0.0
    return clock.reach(newest) if newest.year < NO_CLOCK_TELLS else 0.0
