"""Patterns on google-re2 over bytes of one character each: linear time whatever is sent, offsets without decoding."""

from collections.abc import Iterator
from typing import Protocol, cast

import re2  # type: ignore[import-untyped]  # has no stubs; the protocols below are what is used of it


class Match(Protocol):
    """Where a pattern was found."""

    def span(self) -> tuple[int, int]:
        """Start and end in the bytes."""
        ...


class Scanner(Protocol):
    """A compiled pattern over bytes."""

    def search(self, text: bytes, pos: int = 0) -> Match | None:
        """The first match at or after `pos`; what stands before `pos` is seen by word boundaries only."""
        ...

    def finditer(self, text: bytes, pos: int = 0) -> Iterator[Match]:
        """All matches that do not overlap, from the left."""
        ...


class TextScanner(Protocol):
    """A compiled pattern over text; offsets are of characters."""

    def search(self, text: str) -> Match | None:
        """The first match."""
        ...

    def finditer(self, text: str, pos: int = 0) -> Iterator[Match]:
        """All matches that do not overlap, from the left."""
        ...


MEMORY_BYTES = 1 << 26  # so that hundreds of known values still run as an automaton


def scanner(pattern: str) -> Scanner:
    """Compiled for Latin-1 bytes. No groups are recorded: a match is three times as cheap without."""
    options = re2.Options()
    options.never_capture = True
    options.encoding = re2.Options.Encoding.LATIN1
    return cast("Scanner", re2.compile(pattern.encode("latin-1"), options))


def text_scanner(pattern: str) -> TextScanner:
    """Compiled for text of any script, with room for hundreds of alternatives."""
    options = re2.Options()
    options.never_capture = True
    options.max_mem = MEMORY_BYTES
    return cast("TextScanner", re2.compile(pattern, options))


def literal(text: str) -> str:
    """The pattern that matches exactly this text."""
    return cast("str", re2.escape(text))
