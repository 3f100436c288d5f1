"""Bytes to decoded physical lines, numbered as an editor counts them, in bounded memory."""

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from interlock.terms.errors import BadInput

BLOCK_BYTES = 256 * 1024
LINE_BYTES_MAX = 1024 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Readable(Protocol):
    """Anything with a blocking read of at most so many bytes."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; b"" at the end."""
        ...


def read_blocks(stream: Readable, *, file: str) -> Iterator[bytes]:
    """Blocks of a plain or unzipped stream. Raises BadInput where gzip data is cut off or damaged."""
    while True:
        try:
            block = stream.read(BLOCK_BYTES)
        except EOFError as exc:
            raise BadInput(f"{file}: the gzip data ends too early; the file was cut off. Copy it again.") from exc
        except (gzip.BadGzipFile, zlib.error) as exc:
            raise BadInput(f"{file}: the gzip data is damaged ({exc}). Copy it again.") from exc
        if not block:
            return
        yield block


def as_utf8(blocks: Iterator[bytes], *, file: str) -> Iterator[bytes]:
    """The same text without its byte order mark and, where the mark says UTF-16 or UTF-32, as UTF-8."""
    head = next(blocks, b"")
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if encoding in ("", "utf-8"):
        yield head.removeprefix(codecs.BOM_UTF8)
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield decoder.decode(head).encode()
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as exc:
        raise BadInput(f"{file}: broken {encoding.upper()} text ({exc}). Save it as CSV (UTF-8).") from exc


class TextLines:
    """Iterates (line number, text with its line end); lines that are not UTF-8 are read as Windows-1252 and counted.

    Raises BadInput where a line is longer than 1 MiB.
    """

    def __init__(self, blocks: Iterable[bytes], *, file: str) -> None:
        self._blocks = blocks
        self._file = file
        self._foreign_count = 0
        self._foreign_first = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(self._split(), start=1):
            try:
                yield number, line.decode()
            except UnicodeDecodeError:
                self._foreign_first = self._foreign_first or number
                self._foreign_count += 1
                yield number, line.decode("cp1252", errors="replace")

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the decoding so far."""
        if not self._foreign_count:
            return ()
        many = (
            "1 line is not UTF-8 and was"
            if self._foreign_count == 1
            else (f"{self._foreign_count:,} lines are not UTF-8 and were")
        )
        return (f"{many} read as Windows-1252; first: line {self._foreign_first}",)

    def _split(self) -> Iterator[bytes]:
        newline, tail, done = b"", b"", 0
        for block in self._blocks:
            data = tail + block
            newline = newline or _line_end(data)
            if not newline:
                tail = data
            else:
                parts = data.split(newline)
                tail = parts.pop()
                for part in parts:
                    done += 1
                    self._check(part, done)
                    yield part + newline
            self._check(tail, done + 1)
        if tail:
            yield tail

    def _check(self, line: bytes, number: int) -> None:
        if len(line) > LINE_BYTES_MAX:
            raise BadInput(
                f"{self._file}: line {number} is longer than {LINE_BYTES_MAX:,} bytes. "
                "A table has one case a line; check how the file was exported."
            )


def _line_end(data: bytes) -> bytes:
    """The first line end decides: a lone carriage return (old spreadsheets) or the line feed; b"" where not met yet."""
    cut = data.find(b"\r")
    feed = data.find(b"\n")
    if cut < 0:
        return b"\n" if feed >= 0 else b""
    if 0 <= feed < cut:
        return b"\n"
    if cut + 1 == len(data):
        return b""
    return b"\n" if data[cut + 1 : cut + 2] == b"\n" else b"\r"
