"""How times of a log are written: told from all of them, and refused where two readings are possible."""

from collections.abc import Sequence
from typing import Any

from interlock.adapters.event_log.quoted import literal, quoted
from interlock.terms.errors import BadInput

ISO = "ISO 8601"
COMPACT = "%Y%m%d%H%M%S"
CLOCKS = (" %H:%M:%S", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f")
YEARS = ("%y", "%Y")  # %Y reads "26" too, as a year of antiquity; the first of two that read as many is taken
DAY_FIRST = tuple(f"%d{sign}%m{sign}{year}{clock}" for year in YEARS for sign in "/.-" for clock in CLOCKS)
MONTH_FIRST = tuple(f"%m/%d/{year}{clock}" for year in YEARS for clock in CLOCKS)
EPOCHS = {"seconds since 1970": (10, 1_000_000), "milliseconds since 1970": (13, 1_000)}  # digits, microseconds each
READ_SHARE_MIN = 0.9
SAMPLE_ROWS = 1_000


def parsed(column: str, form: str) -> str:
    """SQL for a column of text as a timestamp (UTC where it tells its offset), NULL where it cannot be read."""
    if form == ISO:
        return f"coalesce(try_cast(try_cast({quoted(column)} AS TIMESTAMPTZ) AS TIMESTAMP), NULL)"
    if form in EPOCHS:
        digits, micros = EPOCHS[form]
        number = f"(try_cast({quoted(column)} AS DOUBLE) * {micros})::BIGINT"
        whole = f"regexp_full_match(trim({quoted(column)}), '[0-9]{{{digits}}}([.][0-9]+)?')"
        return f"CASE WHEN {whole} THEN make_timestamp({number}) END"
    return f"try_strptime(trim({quoted(column)}), {literal(form)})"


def form_of(connection: Any, column: str, *, file: str, given: str | None) -> str:
    """The format in which most of the column can be read.

    Raises BadInput where it is under 90 %, with a value that could not be read, or where day and month cannot be told.
    """
    forms = (given,) if given else (ISO, COMPACT, *EPOCHS, *DAY_FIRST, *MONTH_FIRST)
    every = f"line % (1 + (SELECT count(*) FROM raw) // {SAMPLE_ROWS}) = 0"  # noqa: S608 - numbers only
    _, sampled = _counted(connection, column, forms, where=every)
    total, read = _counted(connection, column, [one for one in forms if sampled[one]] or forms, where="true")
    forms = tuple(read)
    best = max(forms, key=lambda form: read[form])
    if not total or read[best] < READ_SHARE_MIN * total:
        raise BadInput(_unread(connection, column, best, total, read[best], file=file))
    other = best.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    if not given and other != best and read.get(other) == read[best]:
        raise BadInput(
            f"{file}: times in '{column}' can be read day first and month first alike; "
            f'say which with --time-format "{best}" or --time-format "{other}"'
        )
    return best


def _counted(connection: Any, column: str, forms: Sequence[str], *, where: str) -> tuple[int, dict[str, int]]:
    """(values that are there, how many of them each form reads)."""
    counts = ", ".join(f"count({parsed(column, form)})" for form in forms)
    known = f"count(nullif(trim({quoted(column)}), ''))"
    row = connection.execute(f"SELECT {known}, {counts} FROM raw WHERE {where}").fetchone()  # noqa: S608 - quoted names
    return int(row[0]), dict(zip(forms, map(int, row[1:]), strict=True))


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
