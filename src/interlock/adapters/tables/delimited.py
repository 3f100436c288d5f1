"""CSV and its relatives: comma, tab, semicolon or bar, found out from the header and the first rows."""

import csv
import itertools
from collections import deque
from collections.abc import Iterator
from functools import partial

from interlock.adapters.tables.intake import CELL_CHARS_MAX, Intake, Layout
from interlock.adapters.tables.lines import TextLines
from interlock.adapters.tables.naming import column_names
from interlock.terms.errors import BadInput

Line = tuple[int, str]

RECORD_LINES_MAX = 2_000
RECORD_CHARS_MAX = 1024 * 1024
_SAMPLE_LINES = 50
_FORMATS = {",": "CSV", "\t": "TSV", ";": "CSV with semicolons", "|": "CSV with bars"}


class _QuoteLeftOpenError(Exception):
    """A record took more lines than any cell needs."""


class _Feed:
    """Hands physical lines to csv.reader and remembers those of the record under way, to read them again."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.record: list[Line] = []
        self._lines = lines
        self._again: deque[Line] = deque()
        self._chars = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        item = self._again.popleft() if self._again else next(self._lines)
        self.record.append(item)
        self._chars += len(item[1])
        if len(self.record) > 1 and (len(self.record) > RECORD_LINES_MAX or self._chars > RECORD_CHARS_MAX):
            raise _QuoteLeftOpenError
        return item[1]

    @property
    def chars(self) -> int:
        """Characters of the record under way."""
        return self._chars

    def begin(self) -> None:
        """Forget the last record."""
        self.record = []
        self._chars = 0

    def again_after(self, line: int) -> None:
        """Give a broken record up as far as `line`: what its open quote swallowed is read again."""
        self._again.extendleft(item for item in reversed(self.record) if item[0] > line)


def read_delimited(lines: TextLines, intake: Intake, *, file: str) -> Layout:
    """Read every row into `intake`. Raises BadInput where header or layout cannot be used."""
    numbered = iter(lines)
    ahead = list(itertools.islice(numbered, _SAMPLE_LINES))
    delimiter = _told_delimiter(ahead) or _sniffed([text for _, text in ahead if text.strip()])
    if not delimiter:
        raise BadInput(
            f"{file}: no comma, tab, semicolon or bar separates columns in its first lines. "
            "A table needs a header line and at least a text column and a label column."
        )
    feed = _Feed(itertools.chain(ahead, numbered))
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    columns, notes = column_names(_header(reader, feed, delimiter, file), file)
    _read_rows(reader, feed, intake, delimiter=delimiter, width=len(columns))
    return Layout(columns, _FORMATS.get(delimiter, "CSV"), notes)


def _header(reader: Iterator[list[str]], feed: _Feed, delimiter: str, file: str) -> list[str]:
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            raise BadInput(f"{file}: it has no header line. Export the past cases again, with one.") from None
        except (csv.Error, _QuoteLeftOpenError) as exc:
            detail = _fault_detail(exc, feed.record, delimiter)
            raise BadInput(f"{file}: the header cannot be read: {detail}. Mend the first line.") from exc
        if "\0" in "".join(cells):
            raise BadInput(f"{file}: line {feed.record[0][0]}: the header holds a NUL byte. Export the file again.")
        if any(cell.strip() for cell in cells):
            return cells


def _read_rows(reader: Iterator[list[str]], feed: _Feed, intake: Intake, *, delimiter: str, width: int) -> None:
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _QuoteLeftOpenError) as exc:
            reason, detail = _fault(exc), partial(_fault_detail, exc, feed.record, delimiter)
            intake.refuse(feed.record[0][0], reason, detail)
            if len(feed.record) > 1:
                feed.again_after(_last_quote_opened(feed.record, delimiter)[0])
            continue
        line = feed.record[0][0]
        if len(cells) != width:
            if len(cells) > 1 or (cells and cells[0].strip()):
                intake.refuse(line, "wrong number of fields", _width_detail(len(cells), width))
        elif any("\0" in text for _, text in feed.record):
            intake.refuse(line, "a NUL byte", "holds a NUL byte")
        else:
            intake.take(line, tuple(cells), size_chars=feed.chars)


def _width_detail(found: int, width: int) -> str:
    fields = "1 field" if found == 1 else f"{found} fields"
    return f"{fields} where the header has {width}"


def _told_delimiter(ahead: list[Line]) -> str:
    """Excel's own first line "sep=;" names the delimiter and is no row."""
    first = ahead[0][1].rstrip("\r\n") if ahead else ""
    if first[:4].lower() == "sep=" and first[4:] in (*_FORMATS, ":", "^", "~"):
        del ahead[0]
        return first[4]
    return ""


def _sniffed(sample: list[str]) -> str:
    """The delimiter with which most first rows have as many fields as the header; "" where none splits the header."""
    best, best_score = "", (0.0, 1)
    for delimiter in _FORMATS:
        rows = _split_leniently(sample, delimiter)
        width = len(rows[0]) if rows else 0
        # the last row may have been cut by the end of the sample
        body = rows[1:-1] if len(rows) > 2 else rows[1:]
        alike = sum(len(row) == width for row in body) / len(body) if body else 1.0
        if width > 1 and (max(alike, 0.001), width) > best_score:
            best, best_score = delimiter, (max(alike, 0.001), width)
    return best


def _split_leniently(sample: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in csv.reader(sample, delimiter=delimiter) if row)
    except csv.Error:
        return rows
    return rows


def _fault(exc: Exception) -> str:
    words = str(exc)
    if "field larger" in words:
        return "a cell is too long"
    return "a stray carriage return" if "new-line character" in words else "unbalanced quote"


def _fault_detail(exc: Exception, record: list[Line], delimiter: str) -> str:
    reason = _fault(exc)
    if reason == "a cell is too long":
        return f"a cell is longer than {CELL_CHARS_MAX:,} characters"
    if reason == "a stray carriage return":
        return "a carriage return in the middle of the line; quote the cell or remove it"
    line, column = _last_quote_opened(record, delimiter)
    where = f"the quote opened at line {line}, column {column}"
    if isinstance(exc, _QuoteLeftOpenError) or "unexpected end" in str(exc):
        return f"{where} is never closed"
    return f'{where} closes in the middle of a cell; write a quote inside a quoted cell as ""'


def _last_quote_opened(record: list[Line], delimiter: str) -> tuple[int, int]:
    """(line, column) at which the last quoted cell of the record opens; both 1-based."""
    place, quoted, at_start = (record[0][0], 1), False, True
    for number, text in record:
        for column, char in enumerate(text, start=1):
            if quoted:
                quoted = char != '"'
            elif char == '"' and at_start:
                quoted, place = True, (number, column)
            elif char == '"':
                quoted = text[column - 2 : column - 1] == '"'  # a doubled quote: still inside
            at_start = not quoted and char == delimiter
    return place
