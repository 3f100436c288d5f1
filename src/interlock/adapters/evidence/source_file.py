"""One pass over a file: its blocks, and the digest of exactly the bytes that were read."""

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interlock.terms.errors import BadInput

BLOCK_BYTES = 1 << 18
FILE_BYTES_MAX = 256 * 1024 * 1024
DOCUMENT_BYTES_MAX = 64 * 1024 * 1024  # JSON is held in memory as a whole
LINE_BYTES_MAX = 4 * 1024 * 1024
HEAD_BYTES = 4096


class SourceFile:
    """A report on the disk. `sha256` and `size_bytes` cover what was read; read it to its end before asking."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.size_bytes = 0
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def head(self) -> bytes:
        """The first bytes, for telling what the file is. Raises BadInput where it is empty or cannot be read."""
        try:
            with self.path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        except OSError as exc:
            raise BadInput(f"{self.path} cannot be read: {exc.strerror}; name the file of the report") from exc
        if not head.strip():
            raise BadInput(f"{self.name}: the file is empty: nothing ran, or the report was not written; run it again")
        return head

    def blocks(self, *, bytes_max: int = FILE_BYTES_MAX) -> Iterator[bytes]:
        """All of it. Raises BadInput where it is longer than `bytes_max`."""
        try:
            with self.path.open("rb") as file:
                while block := file.read(BLOCK_BYTES):
                    self.size_bytes += len(block)
                    if self.size_bytes > bytes_max:
                        size = f"{bytes_max // 2**20} MiB"
                        raise BadInput(
                            f"{self.name}: the file has more than {size}; split the report and add the parts"
                        )
                    self._hash.update(block)
                    yield block
        except OSError as exc:
            raise BadInput(f"{self.path} cannot be read: {exc.strerror}") from exc

    def lines(self) -> Iterator[tuple[int, str]]:
        """Numbered lines of UTF-8 text. Raises BadInput for other encodings and for endless lines."""
        held, number = b"", 0
        for block in self.blocks():
            *whole, held = (held + block).split(b"\n")
            for line in whole:
                number += 1
                yield number, self._text(line, number)
            if len(held) > LINE_BYTES_MAX:
                raise BadInput(f"{self.name}: line {number + 1} has more than {LINE_BYTES_MAX // 2**20} MiB")
        if held:
            yield number + 1, self._text(held, number + 1)

    def document(self) -> Any:
        """The JSON document in it. Raises BadInput with the line where it is none."""
        raw = b"".join(self.blocks(bytes_max=DOCUMENT_BYTES_MAX))
        try:
            return json.loads(raw.decode("utf-8-sig"))
        except UnicodeDecodeError as exc:
            line = raw.count(b"\n", 0, exc.start) + 1
            raise BadInput(f"{self.name}: line {line} is not UTF-8; save the file as UTF-8") from exc
        except json.JSONDecodeError as exc:
            where = f"line {exc.lineno}, column {exc.colno}"
            if exc.msg == "Extra data":
                raise BadInput(
                    f"{self.name}: {where}: another document begins; of JSON lines only OTLP can be read, as "
                    "`interlock traces --otel` and the OpenTelemetry collector write it"
                ) from exc
            raise BadInput(
                f"{self.name}: {where}: {exc.msg}; the file was cut off or is no JSON: write it again"
            ) from exc
        except (RecursionError, ValueError) as exc:
            raise BadInput(f"{self.name}: this JSON cannot be read ({exc}); write the report again") from exc

    def _text(self, line: bytes, number: int) -> str:
        try:
            return line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r")
        except UnicodeDecodeError as exc:
            raise BadInput(f"{self.name}: line {number} is not UTF-8; save the file as UTF-8") from exc


def count(value: object, *, place: str) -> int:
    """A whole number of at least 0, written as a number or a text. Raises BadInput."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or number < 0 or number != int(number):
        raise BadInput(f"{place}: {value!r} is no count; a report that says so was damaged or edited: make it again")
    return int(number)


def figure(value: object, *, place: str) -> float:
    """A finite number. Raises BadInput: NaN and infinity measure nothing."""
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadInput(
            f"{place}: {value!r} is no finite number, so nothing was measured; find out why and measure again"
        )
    return number


def time_of(text: str | None, *, place: str) -> tuple[dt.datetime | None, bool]:
    """(the time in UTC, whether it named its zone); (None, True) for no text. Raises BadInput for what is no time."""
    if not text:
        return None, True
    try:
        said = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(f"{place}: {text!r} is no time; write one such as 2026-11-26T09:00:00Z") from None
    return (said.replace(tzinfo=dt.UTC), False) if said.tzinfo is None else (said.astimezone(dt.UTC), True)


def time_of_nanoseconds(value: int, *, place: str) -> dt.datetime:
    """The time so many nanoseconds after 1970. Raises BadInput where no calendar has it."""
    try:
        return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=value // 1000)
    except OverflowError:
        raise BadInput(f"{place}: {value} is no time in nanoseconds since 1970") from None
