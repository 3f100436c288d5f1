"""Choke points of an event log by DuckDB, with bounded memory: what does not fit goes to a temporary file."""

import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from interlock.adapters.event_log.quoted import literal
from interlock.adapters.event_log.reading import PLAUSIBLE, load
from interlock.adapters.tables.stored import open_stored
from interlock.ports.event_log import MedianRanks
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.event_log import Choke, Cycle, EventLog, Gap, LeftOut, LogAsked

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "2",
    "memory_limit": "512MB",
    "TimeZone": "UTC",
    # a file may not make the engine fetch anything
    "autoinstall_known_extensions": "false",
}


def mine_log(path: Path, asked: LogAsked, *, ranks: MedianRanks) -> EventLog:
    """See `interlock.ports.event_log.MineLog`."""
    with open_stored(path, progress=lambda _done, _total: None) as stored:
        stored.drain()
        digest, size_bytes = stored.sha256, stored.size_bytes
    if not size_bytes:
        raise BadInput(f"{path.name}: the file is empty. Export the log again, with a header line.")
    try:
        import duckdb
    except ImportError as exc:
        raise Unavailable("event logs are read with DuckDB: pip install 'interlock[try]'") from exc
    with tempfile.TemporaryDirectory(prefix="interlock-") as folder:
        try:
            with duckdb.connect(str(Path(folder) / "log.duckdb"), config=_SETTINGS) as connection:
                return _mined(connection, path, asked, digest, ranks)
        except duckdb.Error as exc:
            if "not utf-8 encoded" in str(exc):
                raise BadInput(f"{path.name}: this is not UTF-8 text. Save it as CSV (UTF-8).") from exc
            lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
            if "when sniffing" in str(exc):
                raise BadInput(
                    f"{path.name}: rows have more or fewer fields than the header, or a quote is never closed. "
                    "Export it again, each row with as many fields as the header"
                ) from exc
            raise BadInput(f"{path.name}: the log cannot be read ({' '.join(lines[:2])}). Export it again.") from exc


def _mined(connection: Any, path: Path, asked: LogAsked, digest: str, ranks: MedianRanks) -> EventLog:
    columns, guessed = load(connection, path, asked)
    closed = ", ".join(literal(activity) for activity in asked.closed)
    connection.execute(f"SET VARIABLE closed = [{closed}]::VARCHAR[]")
    sql = resources.files("interlock.adapters.event_log") / "groups.sql"
    connection.execute(sql.read_text(encoding="utf-8"))
    left_out = _left_out(connection, asked)
    _ended_known(connection, asked, file=path.name)
    rows = connection.execute("SELECT count(*) FROM raw").fetchone()[0]
    counted = connection.execute(
        "SELECT count(*), count(DISTINCT case_id), count(DISTINCT activity), min(ended)::VARCHAR, max(ended)::VARCHAR "
        "FROM event"
    ).fetchone()
    hours = connection.execute("SELECT coalesce(sum(hours), 0) FROM step WHERE place > 1").fetchone()[0]
    if left_out.cases_of_one_event == counted[1]:
        raise BadInput(
            f"{path.name}: each of the {counted[1]:,} cases has one event, so nothing waits between two. "
            f"Is '{columns.case}' the case? Name the column that several events share: --case COLUMN"
        )
    ended, open_hours = _open(connection) if asked.closed else (None, None)
    events, cases, activities, first, last = counted
    return EventLog(
        file=path.name,
        sha256=digest,
        columns=columns,
        guessed=guessed,
        rows=rows,
        events=events,
        cases=cases,
        activities=activities,
        first=first,
        last=last,
        hours=hours,
        cycle=_cycle(connection, ranks),
        left_out=left_out,
        gaps=_gaps(connection, asked.kept, ranks),
        ended_cases=ended,
        open_hours=open_hours,
    )


def _left_out(connection: Any, asked: LogAsked) -> LeftOut:
    plausible = PLAUSIBLE.format(until=literal(asked.until))
    whole = "case_id IS NOT NULL AND activity IS NOT NULL"
    row = connection.execute(f"""
        SELECT count(*) FILTER (NOT ({whole})), count(*) FILTER ({whole} AND ended IS NULL),
          count(*) FILTER ({whole} AND NOT ({plausible})),
          count(*) FILTER ({whole} AND {plausible}) - (SELECT count(*) FROM event),
          (SELECT count(*) FROM (SELECT ended < lag(ended) OVER (PARTITION BY case_id ORDER BY line) AS back FROM event)
            WHERE back),
          (SELECT count(*) FROM (SELECT 1 FROM event GROUP BY case_id HAVING count(*) = 1)),
          (SELECT count(*) FROM raw) - count(*), count(*) FILTER (endless AND ended IS NOT NULL),
          count(*) FILTER (started > ended), count(*) FILTER (amount_written IS NOT NULL AND amount IS NULL)
        FROM timed
    """).fetchone()  # noqa: S608 - literals only
    return LeftOut(*row)


def _ended_known(connection: Any, asked: LogAsked, *, file: str) -> None:
    known = [str(row[0]) for row in connection.execute("SELECT DISTINCT activity FROM event LIMIT 1000").fetchall()]
    for activity in asked.closed:
        if activity not in known:
            raise BadInput(f"--closed {activity}: {file} has no such activity. It has: {', '.join(sorted(known)[:20])}")


def _open(connection: Any) -> tuple[int, float]:
    """(cases that ended, hours that the others have waited since their last event until the log ends)."""
    ended, hours = connection.execute("""
        SELECT count(*) FILTER (ends), coalesce(sum(CASE WHEN NOT ends THEN waits END), 0) FROM (
          SELECT arg_max(activity, place) IN (SELECT unnest(getvariable('closed'))) AS ends,
            (epoch((SELECT max(ended) FROM event)) - epoch(max(ended))) / 3600.0 AS waits
          FROM step GROUP BY case_id)
    """).fetchone()
    return int(ended), float(hours)


def _cycle(connection: Any, ranks: MedianRanks) -> Cycle:
    connection.execute("""
        CREATE TEMP TABLE cycle AS SELECT (epoch(max(ended)) - epoch(min(coalesce(started, ended)))) / 3600.0 AS hours
        FROM event GROUP BY case_id HAVING count(*) > 1
    """)
    n, median, p90 = connection.execute(
        "SELECT count(*), median(hours), quantile_cont(hours, 0.9) FROM cycle"
    ).fetchone()
    low, high = (None, None) if (places := ranks(n)) is None else (_cycle_at(connection, place) for place in places)
    return Cycle(n, median, p90, low, high)


def _cycle_at(connection: Any, place: int) -> float:
    asked = "SELECT hours FROM cycle ORDER BY hours LIMIT 1 OFFSET ?"
    return float(connection.execute(asked, [place - 1]).fetchone()[0])


def _gaps(connection: Any, kept: int, ranks: MedianRanks) -> tuple[Gap, ...]:
    """The largest groups of each kind, in two passes: how many each holds says which of its values are asked for."""
    groups = connection.execute("""
        SELECT kind, source, target, count(*), count(DISTINCT case_id), sum(hours), sum(amount_days) FROM gap
        GROUP BY kind, source, target
        QUALIFY row_number() OVER (PARTITION BY kind ORDER BY sum(hours) DESC, source, target) <= ?
        ORDER BY sum(hours) DESC, kind, source, target
    """, [kept]).fetchall()  # fmt: skip
    connection.execute("CREATE TEMP TABLE wanted (kind VARCHAR, source VARCHAR, target VARCHAR, place BIGINT)")
    wanted = [
        (*row[:3], place) for row in groups for place in {*(ranks(row[3]) or ()), (row[3] + 1) // 2, row[3] // 2 + 1}
    ]
    if wanted:
        connection.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", wanted)
    at = {tuple(row[:4]): row[4] for row in connection.execute("""
        SELECT kind, source, target, place, hours FROM wanted JOIN (
          SELECT kind, source, target, hours,
            row_number() OVER (PARTITION BY kind, source, target ORDER BY hours) AS place
          FROM gap SEMI JOIN wanted USING (kind, source, target)
        ) USING (kind, source, target, place)
    """).fetchall()}  # fmt: skip
    return tuple(_gap(row, at, ranks(row[3])) for row in groups)


def _gap(row: tuple[Any, ...], at: Mapping[tuple[Any, ...], float], places: tuple[int, int] | None) -> Gap:
    kind, source, target, n, cases, hours, amount_days = row
    group = (kind, source, target)
    median = (at[*group, (n + 1) // 2] + at[*group, n // 2 + 1]) / 2
    low, high = (None, None) if places is None else (at[*group, place] for place in places)
    return Gap(Choke(kind), source, target, n, cases, hours, median, low, high, amount_days)
