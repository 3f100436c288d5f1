"""Parquet through DuckDB, streamed; DuckDB is imported only here and only when such a file is read."""

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interlock.adapters.tables.intake import Intake, Layout
from interlock.adapters.tables.json_lines import cell_text
from interlock.adapters.tables.naming import column_names
from interlock.terms.errors import BadInput, Unavailable

_BATCH_ROWS = 2_048
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "memory_limit": "512MB",
    # a file may not make the engine fetch anything
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def read_parquet(path: Path, intake: Intake, *, file: str) -> Layout:
    """Read every row into `intake`; lines are row numbers.

    Raises BadInput where the file is damaged and Unavailable where DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError as exc:
        raise Unavailable(
            f"{file}: reading Parquet needs DuckDB: pip install 'interlock[try]', or export the file as CSV."
        ) from exc
    try:
        with duckdb.connect(":memory:", config=_SETTINGS) as connection:
            literal = "".join(f"[{char}]" if char in "*?[" else char for char in str(path))  # the name is a glob there
            described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [literal]).fetchall()
            columns, notes = column_names([str(row[0]) for row in described], file)
            chosen = ", ".join(_selected(str(row[0]), str(row[1])) for row in described)
            cursor = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [literal])  # noqa: S608 - quoted names
            for number, row in enumerate(_fetched(cursor), start=1):
                cells = tuple(map(_cell, row))
                intake.take(number, cells, size_chars=sum(map(len, cells)))
    except duckdb.Error as exc:
        reason = str(exc).splitlines()[0]
        raise BadInput(f"{file}: the Parquet data cannot be read ({reason}). Write it again, or as CSV.") from exc
    return Layout(columns, "Parquet", notes)


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while batch := cursor.fetchmany(_BATCH_ROWS):
        yield from batch


def _selected(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind == "TIMESTAMP WITH TIME ZONE":
        # as a Python object it would need pytz, and a session time zone would shift it
        return f"make_timestamp(epoch_us({quoted}))::VARCHAR || '+00:00'"
    return quoted


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return cell_text(_as_json(value))


def _as_json(value: Any) -> Any:
    """The value with everything that JSON lacks as text, so that nested cells are compact JSON."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str | None) else str(value)
