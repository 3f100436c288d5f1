"""JSON Lines (one object a line) and small JSON arrays of objects."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from interlock.adapters.tables.intake import COLUMNS_MAX, Intake, Layout
from interlock.adapters.tables.lines import TextLines
from interlock.adapters.tables.naming import column_names
from interlock.adapters.tables.sampling import Row
from interlock.terms.errors import BadInput

ARRAY_BYTES_MAX = 32 * 1024 * 1024
_ESCAPED_HALF = re.compile(r"\\ud[89a-f]", re.IGNORECASE)
_HALF = "a text holds half of a character (a lone surrogate)"


class _Number(str):
    """A number as it was written: 1.50 stays 1.50."""

    __slots__ = ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key '{twice}' occurs twice")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_Number, parse_int=_Number, parse_constant=_Number
)  # fmt: skip


class _Columns:
    """The union of keys in the order first seen; rows read before a key was known are padded at the end."""

    def __init__(self, file: str) -> None:
        self.place: dict[str, int] = {}
        self._file = file

    def row(self, found: dict[str, Any]) -> Row:
        """The object's cells in column order."""
        place = self.place
        for key in found:
            if key not in place:
                place[key] = len(place)
        if len(place) > COLUMNS_MAX:
            raise BadInput(f"{self._file}: more than {COLUMNS_MAX:,} different keys: this is no table of cases.")
        cells = [""] * len(place)
        for key, value in found.items():
            cells[place[key]] = cell_text(value)
        return tuple(cells)


def cell_text(value: Any) -> str:
    """A JSON value as a cell: text and numbers as written, null as "", true/false, the rest as compact JSON."""
    if isinstance(value, str):
        return str(value)
    return "" if value is None else _compact(value)


def _compact(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        inner = ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_compact(item)}" for key, item in value.items())
        return "{" + inner + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read_json_lines(lines: TextLines, intake: Intake, *, file: str) -> tuple[Layout, list[tuple[int, Row]]]:
    """Read every object into `intake`.

    Returns the layout and the sample, padded to all columns. Raises BadInput where the file is one JSON document over
    several lines.
    """
    columns = _Columns(file)
    for number, text in lines:
        stripped = text.strip()
        if not stripped:
            continue
        if intake.rows_read == 0 and stripped == "{":
            raise BadInput(
                f"{file}: a JSON document over several lines. Write one object a line (JSON Lines): "
                "jq -c '.[]' turns a JSON array into that."
            )
        found = _object(text, number, intake)
        if found is not None:
            intake.take(number, columns.row(found), size_chars=len(text))
    return _finish(columns, intake, "JSON Lines", file)


def read_json_array(blocks: Iterable[bytes], intake: Intake, *, file: str) -> tuple[Layout, list[tuple[int, Row]]]:
    """Read a whole array of objects of at most 32 MiB; lines are those where each object begins.

    Raises BadInput where it is longer or not an array of values.
    """
    columns = _Columns(file)
    text = _whole_text(blocks, file)
    escapes = _ESCAPED_HALF.search(text) is not None
    for number, found in _elements(text, file):
        if escapes and _has_half_character(found):
            intake.refuse(number, "not valid JSON", _HALF)
        elif isinstance(found, dict):
            intake.take(number, columns.row(found), size_chars=ARRAY_BYTES_MAX)
        else:
            intake.refuse(number, "not a JSON object", f"{_kind(found)} where an object is needed")
    return _finish(columns, intake, "JSON array", file)


def _object(text: str, number: int, intake: Intake) -> dict[str, Any] | None:
    """The object on a line; None where it is broken, which is then counted."""
    try:
        found = _DECODER.decode(text)
    except json.JSONDecodeError as exc:
        if "\0" in text:
            intake.refuse(number, "a NUL byte", f"column {text.index(chr(0)) + 1}: holds a NUL byte")
        else:
            intake.refuse(number, "not valid JSON", f"column {exc.colno}: {exc.msg}")
    except ValueError as exc:
        intake.refuse(number, "not valid JSON", str(exc))
    except RecursionError:
        intake.refuse(number, "not valid JSON", "nested too deeply")
    else:
        if _ESCAPED_HALF.search(text) and _has_half_character(found):
            intake.refuse(number, "not valid JSON", _HALF)
            return None
        if isinstance(found, dict):
            return found
        intake.refuse(number, "not a JSON object", f"{_kind(found)} where an object is needed")
    return None


def _has_half_character(found: Any) -> bool:
    r"""Whether a text has one half of a surrogate pair, as "\ud83d" alone writes it: no file could hold it."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _elements(text: str, file: str) -> Iterator[tuple[int, Any]]:
    """(line, value) of each element of the array."""
    place, line, counted = _skip(text, text.index("[") + 1), 1, 0
    while text[place : place + 1] != "]":
        line += text.count("\n", counted, place)
        counted = place
        try:
            found, place = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as exc:
            raise BadInput(f"{file}: line {exc.lineno}, column {exc.colno}: {exc.msg}. Mend the JSON array.") from exc
        except (ValueError, RecursionError) as exc:
            raise BadInput(f"{file}: the value at line {line} cannot be read: {exc}. Mend the JSON array.") from exc
        yield line, found
        place = _skip(text, place)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != "]":
            where = text.count("\n", 0, place) + 1
            raise BadInput(f"{file}: line {where}: the JSON array is cut off or lacks a comma. Mend the JSON array.")


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def _whole_text(blocks: Iterable[bytes], file: str) -> str:
    held = bytearray()
    for block in blocks:
        held += block
        if len(held) > ARRAY_BYTES_MAX:
            raise BadInput(
                f"{file}: a JSON array of more than {ARRAY_BYTES_MAX // 2**20} MiB would have to be held in memory. "
                "Write one object a line (JSON Lines): jq -c '.[]' does that."
            )
    try:
        return held.decode()
    except UnicodeDecodeError as exc:
        line = held.count(b"\n", 0, exc.start) + 1
        raise BadInput(f"{file}: line {line} is not UTF-8. Save the file as UTF-8.") from exc


def _finish(columns: _Columns, intake: Intake, form: str, file: str) -> tuple[Layout, list[tuple[int, Row]]]:
    names, notes = column_names(tuple(columns.place), file)
    width = len(names)
    sample = [(line, row + ("",) * (width - len(row))) for line, row in intake.reservoir.sample()]
    return Layout(names, form, notes), sample


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "an array"
    if isinstance(value, _Number):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "null" if value is None else "true or false"
