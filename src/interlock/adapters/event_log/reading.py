"""A file becomes a table `event` inside a DuckDB database on disk; what cannot be used is counted, never dropped."""

import gzip
import re
import zlib
from pathlib import Path
from typing import Any

from interlock.adapters.event_log.naming import choose
from interlock.adapters.event_log.quoted import literal, quoted
from interlock.adapters.event_log.times import form_of, parsed
from interlock.adapters.tables.kinds import GZIP, refuse_other_kinds
from interlock.terms.errors import BadInput
from interlock.terms.event_log import LogAsked, LogColumns

SEPARATORS = ",;\t|"
HEAD_BYTES = 64 * 1024
EARLIEST = "1990-01-01"  # an earlier event of a work log is a clock that was never set


def load(connection: Any, path: Path, asked: LogAsked) -> tuple[LogColumns, tuple[str, ...]]:
    """Fill `raw` and `event`; returns the columns and what was guessed. Raises BadInput."""
    name = "".join(f"[{char}]" if char in "*?[" else char for char in str(path.absolute()))  # a glob there
    if _is_parquet(path):
        source = f"read_parquet({literal(name)})"
    else:
        source = f"read_csv({literal(name)}, all_varchar = true, header = true{_separator(path)})"
    columns = [str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]  # noqa: S608
    chosen, guessed = choose(columns, asked, file=path.name)
    used = dict.fromkeys(filter(None, (getattr(chosen, what) for what in LogColumns.__slots__)))
    kept = ", ".join(f"{quoted(column)}::VARCHAR AS {quoted(column)}" for column in used)
    connection.execute(f"CREATE TABLE raw AS SELECT row_number() OVER () AS line, {kept} FROM {source}")  # noqa: S608
    connection.execute(_events(connection, chosen, asked, file=path.name, only=_complete(connection, chosen)))
    if not connection.execute("SELECT count(*) FROM event").fetchone()[0]:
        raise BadInput(f"{path.name}: no row has a case, an activity and a plausible time; look at the columns named")
    return chosen, guessed


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _separator(path: Path) -> str:
    """What the header is split by, so that a row of another width is told and changes no guess. Raises BadInput."""
    with path.open("rb") as stored:
        packed = stored.read(2) == GZIP
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as exc:
        raise BadInput(f"{path.name}: the gzip file is damaged ({exc}). Pack it again.") from exc
    refuse_other_kinds(head, path.name)
    if head.lstrip().startswith((b"{", b"[")):
        raise BadInput(f"{path.name}: this looks like JSON, not a table. Write it as CSV, one row an event.")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadInput(f"{path.name}: this is UTF-16 text. Save it as CSV (UTF-8).")
    header = re.sub(r'"[^"]*"', "", head.decode("utf-8", "replace").partition("\n")[0])
    sign = max(SEPARATORS, key=header.count)
    return f", delim = {literal(sign)}, skip = 0" if sign in header and not header.lower().startswith("sep=") else ""


def _complete(connection: Any, columns: LogColumns) -> str:
    """The rows that are events: of the start and the end of a piece of work, each in a row, the end."""
    if columns.lifecycle is None:
        return "true"
    ends = f"lower(trim({quoted(columns.lifecycle)})) = 'complete'"
    there = connection.execute(f"SELECT count(*) FROM raw WHERE {ends}").fetchone()[0]  # noqa: S608 - quoted names
    return ends if there else "true"


def _events(connection: Any, columns: LogColumns, asked: LogAsked, *, file: str, only: str) -> str:
    form = form_of(connection, columns.time, file=file, given=asked.time_format)
    started = "NULL::TIMESTAMP"
    if columns.start:
        started = parsed(columns.start, form_of(connection, columns.start, file=file, given=asked.time_format))
    ended = f"coalesce({parsed(columns.time, form)}, {started})"  # of what has no end, the start is known
    amount = f"try_cast({quoted(columns.amount)} AS DOUBLE)" if columns.amount else "NULL::DOUBLE"
    return f"""
        CREATE TABLE timed AS SELECT line, {_text(columns.case)} AS case_id, {_text(columns.activity)} AS activity,
          {_text(columns.resource)} AS resource, {started} AS started, {ended} AS ended,
          {parsed(columns.time, form)} IS NULL AS endless,
          CASE WHEN isfinite({amount}) THEN {amount} END AS amount, {_text(columns.amount)} AS amount_written
          FROM raw WHERE {only};
        CREATE TABLE event AS SELECT * FROM timed
        WHERE case_id IS NOT NULL AND activity IS NOT NULL AND {PLAUSIBLE.format(until=literal(asked.until))}
        QUALIFY row_number() OVER (PARTITION BY case_id, activity, resource, started, ended ORDER BY line) = 1;
    """  # noqa: S608 - quoted names


PLAUSIBLE = f"ended BETWEEN TIMESTAMP '{EARLIEST}' AND {{until}}::TIMESTAMP"


def _text(column: str | None) -> str:
    """A cell without blanks around it; "" and "?" say nothing."""
    return f"nullif(nullif(trim({quoted(column)}), ''), '?')" if column else "NULL::VARCHAR"
