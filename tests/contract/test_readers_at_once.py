"""Many who read at once never wait for each other for ever, and whoever cannot be served is told so in time."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest

from interlock.adapters.postgres import connection
from interlock.adapters.postgres.store import BLOCKS_MAX, PostgresStore
from interlock.engine.ledger import merkle
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.tenants import Tenants
from interlock.flows.access.tokens import Tokens
from interlock.flows.action.drill import Drills
from interlock.flows.action.halts import Halts
from interlock.flows.instruments.kept import KeptSheets
from interlock.flows.portfolio.kept import KeptPortfolio
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable

if TYPE_CHECKING:
    from postgres_server import Databases

PATIENCE_S = 10.0


def clock() -> dt.datetime:
    return dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


def looks(store: Store) -> tuple[Callable[[], object], ...]:
    """Every look into what a server keeps of a store."""
    halts, board, sessions, tokens = (
        Halts(store), KeptPortfolio(store, clock), Sessions(store, clock), Tokens(store)
    )  # fmt: skip
    return (
        board.portfolio, halts.now, halts.newest, Drills(store).newest, Tenants(store).all, KeptSheets(store).newest,
        lambda: sessions.known("a cookie"), lambda: tokens.known("a token"),
    )  # fmt: skip


def test_who_reads_already_looks_at_what_is_kept_while_others_wait_to_do_so(postgres: "Databases") -> None:
    with closing(PostgresStore(postgres.new_database(), merkle)) as store:
        every = looks(store)
        assert len(every) == BLOCKS_MAX  # one for each connection
        holding, go, ended = threading.Barrier(BLOCKS_MAX + 1), threading.Event(), []

        def outer(look: Callable[[], object]) -> None:
            with store.reading():
                holding.wait()
                go.wait()
                look()
            ended.append(look)

        def alone(look: Callable[[], object]) -> None:
            look()
            ended.append(look)

        readers = [threading.Thread(target=outer, args=(one,), daemon=True) for one in every]
        others = [threading.Thread(target=alone, args=(one,), daemon=True) for one in every]
        for one in readers:
            one.start()
        holding.wait()
        for one in others:
            one.start()
        threading.Event().wait(0.2)  # all of them wait by now
        go.set()
        give_up = time.monotonic() + PATIENCE_S
        for one in (*readers, *others):
            one.join(max(give_up - time.monotonic(), 0.0))
        assert len(ended) == 2 * BLOCKS_MAX


def test_whoever_gets_no_connection_for_long_is_told_so(postgres: "Databases", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WAIT_S", 0.05)
    with closing(PostgresStore(postgres.new_database(), merkle)) as store, ExitStack() as held:
        refused: list[str] = []

        def read() -> None:
            try:
                with store.reading():
                    pass
            except Unavailable as exc:
                refused.append(str(exc))

        for _ in range(BLOCKS_MAX):
            held.enter_context(store._lanes.taken())
        waiting = threading.Thread(target=read)
        waiting.start()
        waiting.join(PATIENCE_S)
        assert [words.startswith("all connections to PostgreSQL were in use") for words in refused] == [True]
