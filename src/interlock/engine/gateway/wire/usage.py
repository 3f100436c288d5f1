"""What an upstream says that a request used, and whether it can be believed."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from interlock.terms.gateway.usage import Usage
from interlock.terms.gateway.wire import Wire

# No model reads or writes so much in one request; a figure above it is a fault.
TOKENS_MAX = 100_000_000
# The longest token of the published vocabularies has 128 bytes (a run of spaces), so text of more than twice that many
# characters is more than one token.
TOKEN_CHARS_MAX = 256
NO_USAGE = "the upstream told no usage"


@dataclass(frozen=True, slots=True)
class Counted:
    """`usage` where it can be believed, else None and `doubt` says why: then what was reserved stays charged."""

    usage: Usage | None
    doubt: str | None = None


class _Names(NamedTuple):
    reading: str
    saying: str
    details: str


_NAMES = {
    Wire.CHAT: _Names("prompt_tokens", "completion_tokens", "prompt_tokens_details"),
    Wire.EMBEDDINGS: _Names("prompt_tokens", "completion_tokens", "prompt_tokens_details"),
    Wire.RESPONSES: _Names("input_tokens", "output_tokens", "input_tokens_details"),
}


class _WrongError(ValueError):
    pass


def is_about_usage(doubt: str) -> bool:
    """Whether a doubt is one of `counted`: the answer is whole, and nobody can tell what it used."""
    return doubt.startswith("usage ") or doubt == NO_USAGE


def counted(wire: Wire, told: Any, said_chars: int) -> Counted:
    """Usage as the wire format tells it, of an answer with so many characters of text.

    Doubted are figures that are missing, no whole numbers, negative or absurd, and an output that is too few tokens for
    the text that was delivered. Tokens that a total has beyond input and output are counted as output: some upstreams
    leave their reasoning out of the output and bill it.
    """
    if wire is Wire.COUNT:
        return Counted(Usage(0, 0))  # no model reads it, and nobody bills it
    if type(told) is not dict:
        return Counted(None, NO_USAGE)
    try:
        usage = _read(wire, told)
    except _WrongError as wrong:
        return Counted(None, str(wrong))
    if usage.input_tokens == 0:
        return Counted(None, "usage says that no token was read")
    if usage.output_tokens * TOKEN_CHARS_MAX < said_chars - TOKEN_CHARS_MAX and wire is not Wire.EMBEDDINGS:
        return Counted(None, f"usage says {usage.output_tokens} tokens for {said_chars} characters of text")
    return Counted(usage)


def _read(wire: Wire, told: dict[str, Any]) -> Usage:
    if wire is Wire.MESSAGES:
        cached, written = _tokens(told, "cache_read_input_tokens", 0), _tokens(told, "cache_creation_input_tokens", 0)
        return Usage(_tokens(told, "input_tokens") + cached + written, _tokens(told, "output_tokens"), cached, written)
    names = _NAMES[wire]
    reading = _tokens(told, names.reading)
    saying = _tokens(told, names.saying, 0 if wire is Wire.EMBEDDINGS else None)
    details, cached, written = told.get(names.details), 0, 0
    if type(details) is dict:
        cached, written = _tokens(details, "cached_tokens", 0), _tokens(details, "cache_write_tokens", 0)
    if cached + written > reading:
        raise _WrongError("usage says that more tokens came from or went to a cache than were read")
    total = _tokens(told, "total_tokens", 0)
    return Usage(reading, max(saying, total - reading), cached, written)


def _tokens(told: dict[str, Any], name: str, absent: int | None = None) -> int:
    value = told.get(name)
    if value is None and absent is not None:
        return absent
    if type(value) is not int:
        raise _WrongError(f"usage has no whole number of {name}")
    if not 0 <= value <= TOKENS_MAX:
        raise _WrongError(f"usage says {value} for {name}")
    return value
