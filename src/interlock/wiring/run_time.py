"""A run time on the store that an address names."""

import hashlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from interlock.engine.ledger import merkle
from interlock.engine.policy import edge
from interlock.flows.action.runtime import RunTime
from interlock.ports.clock import Clock
from interlock.ports.drain import Drain
from interlock.ports.guardrail import Guardrail
from interlock.ports.journal import Journal
from interlock.ports.spool import Spool
from interlock.ports.store import Store
from interlock.terms.errors import BadInput

POSTGRES = frozenset({"postgresql", "postgres"})


@dataclass(frozen=True, slots=True)
class Opened:
    """The adapters of one store, and how to close them."""

    store: Store
    journal: Journal
    drain: Drain
    close: Callable[[], None]
    spool: Spool | None = None


def open_address(address: str) -> Opened:
    """The store at 'sqlite:///FILE', 'postgresql://...' or at the path of a file, made where it is absent.

    Raises BadInput for an address of another kind, Unavailable where the store cannot be opened.
    """
    scheme = urlsplit(address).scheme
    if scheme in POSTGRES:
        return replace(_postgres(address), spool=_spool(address))
    path = path_of(address)
    return replace(_sqlite(path), spool=_spool(str(path.resolve()), path.with_name(path.name + ".spool")))


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


def open_run_time(opened: Opened, *, clock: Clock, owner: str | None = None) -> RunTime:
    """A run time of this process over opened adapters."""
    return RunTime(
        store=opened.store,
        journal=opened.journal,
        drain=opened.drain,
        guardrail=guardrail(),
        clock=clock,
        randomness=os.urandom,
        owner=owner or f"{socket.gethostname()}:{os.getpid()}",
        spool=opened.spool,
    )


def guardrail() -> Guardrail:
    """The policy engine."""
    from interlock.adapters.cedar.guardrail import CedarGuardrail

    return CedarGuardrail(edge)


def _spool(store: str, *folders: Path) -> Spool:
    """Beside an embedded store, and in the user's own folder where that is full or cannot be written."""
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
    from interlock.adapters.sqlite.drain import FileDrain
    from interlock.adapters.sqlite.journal import SqliteJournal
    from interlock.adapters.sqlite.store import SqliteStore

    store, drain = SqliteStore(path, merkle), FileDrain(path)

    def close() -> None:
        store.close()
        drain.close()

    return Opened(store, SqliteJournal(store, drain), drain, close)


def _postgres(address: str) -> Opened:
    try:
        from interlock.adapters.postgres.open import OpenedPostgres
    except ModuleNotFoundError as exc:
        raise BadInput(
            f"'{address.rsplit('@', maxsplit=1)[-1]}' needs PostgreSQL's driver: pip install 'interlock[postgres]'"
        ) from exc
    opened = OpenedPostgres(address, merkle)
    return Opened(opened.store, opened.journal, opened.drain, opened.close)
