"""How times of a log are written: told from all of them, and refused where two readings are possible."""

from typing import Any

from interlock.adapters.event_log.quoted import literal, quoted
from interlock.terms.errors import BadInput

ISO = "ISO 8601"
CLOCKS = (" %H:%M:%S", " %H:%M", "")
DAY_FIRST = tuple(f"%d{sign}%m{sign}%Y{clock}" for sign in ("/", ".", "-") for clock in CLOCKS)
MONTH_FIRST = tuple(f"%m/%d/%Y{clock}" for clock in CLOCKS)
READ_SHARE_MIN = 0.9


def parsed(column: str, form: str) -> str:
    """SQL for a column of text as a timestamp (UTC where it tells its offset), NULL where it cannot be read."""
    if form == ISO:
        return f"coalesce(try_cast(try_cast({quoted(column)} AS TIMESTAMPTZ) AS TIMESTAMP), NULL)"
    return f"try_strptime({quoted(column)}, {literal(form)})"


def form_of(connection: Any, column: str, *, file: str, given: str | None) -> str:
    """The format in which most of the column can be read.

    Raises BadInput where it is under 90 %, with a value that could not be read, or where day and month cannot be told.
    """
    forms = (given,) if given else (ISO, *DAY_FIRST, *MONTH_FIRST)
    counts = ", ".join(f"count({parsed(column, form)})" for form in forms)
    known = f"count(nullif(trim({quoted(column)}), ''))"
    row = connection.execute(f"SELECT {known}, {counts} FROM raw").fetchone()  # noqa: S608 - quoted names
    total, read = int(row[0]), dict(zip(forms, map(int, row[1:]), strict=True))
    best = max(forms, key=lambda form: read[form])
    if not total or read[best] < READ_SHARE_MIN * total:
        raise BadInput(_unread(connection, column, best, total, read[best], file=file))
    other = best.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    if not given and best != ISO and read.get(other) == read[best]:
        raise BadInput(
            f"{file}: times in '{column}' can be read day first and month first alike; "
            f'say which with --time-format "{best}" or --time-format "{other}"'
        )
    return best


def _unread(connection: Any, column: str, form: str, total: int, read: int, *, file: str) -> str:
    if not total:
        return f"{file}: the column '{column}' is empty; name the column of times with --time COLUMN"
    sql = (
        f"SELECT {quoted(column)}, line FROM raw "  # noqa: S608 - quoted names
        f"WHERE trim({quoted(column)}) <> '' AND {parsed(column, form)} IS NULL ORDER BY line LIMIT 1"
    )
    value, line = connection.execute(sql).fetchone()
    return (
        f"{file}, row {line:,}: '{value}' in '{column}' is no time that can be read ({read:,} of {total:,} can). "
        "Name another column with --time COLUMN, or say how times are written: --time-format '%d.%m.%Y %H:%M'"
    )
