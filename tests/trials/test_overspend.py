"""Sixteen processes against one limit of a day, on both engines; `benchmarks/promises.py` has larger limits."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest

from interlock.adapters.sqlite import journal as sqlite_journal
from interlock.ports.journal import Admission, Answer, Wish
from interlock.ports.store import Transaction
from trials.overspend import Limit, Spent, spend, spend_place
from trials.places import Made

PROCESSES = 16
DAYS = 5
MOST = {Limit.CASES: 60, Limit.AMOUNT: 6_000}
ROOM = "WHERE counter.used + excluded.used <= limits[i]"


@pytest.mark.parametrize("limit", Limit)
def test_a_limit_is_never_exceeded_and_nearly_all_of_it_is_usable(
    tmp_path: Path, database: Made | None, limit: Limit
) -> None:
    most = MOST[limit]
    spent = spend(spend_place(tmp_path / "at", limit, most, database=database), limit, most, processes=PROCESSES)
    assert spent.holds, spent
    assert spent.usable >= 0.95, spent
    assert spent.refused > 0, spent
    assert spent.given_back > 0, spent


# This suite must be able to fail


@pytest.mark.parametrize("limit", Limit)
def test_a_limit_that_is_only_looked_at_beforehand_is_found_out(
    tmp_path: Path, database: Made | None, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room is not looked for again in the transaction that takes it."""
    most = MOST[limit] // 3
    if database is None:
        monkeypatch.setattr(sqlite_journal, "_refused", _version_only)
    # Whether two wishes meet at the last of the room is chance: of several days one must be overspent.
    days = (_spent_unlooked(tmp_path / f"day-{day}", limit, most, database) for day in range(DAYS))
    assert any(spent.happened > spent.limit and not spent.holds for spent in days)


def _spent_unlooked(folder: Path, limit: Limit, most: int, database: Made | None) -> Spent:
    at = spend_place(folder, limit, most, database=database)
    if database is not None:
        functions = files("interlock.adapters.postgres").joinpath("functions.sql").read_text()
        assert functions.count(ROOM) == 1
        with psycopg.connect(at.address) as connection:
            connection.execute(functions.replace(ROOM, "").replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    return spend(at, limit, most, processes=PROCESSES, wanted=2.0)


def _version_only(tx: Transaction, wish: Wish, version: int, taken: Any) -> Admission | None:
    return Admission(Answer.STALE) if wish.version != version else None
