"""Checkpoints as texts: the body of a signed note (c2sp.org/tlog-checkpoint), or JSON where nobody signs.

A file may hold any number of them, one behind the other.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.note import note_of
from interlock.terms.checkpoint import Checkpoint, NoteSignature

HASH_BYTES = 32
_SIZE = re.compile("0|[1-9][0-9]{0,17}")
_NOTE = re.compile("(?:[^\n]+\n)+\n(?:— [^\n]*\n)+")
_DECODER = json.JSONDecoder()


def body_text(checkpoint: Checkpoint) -> str:
    """The text that is signed: origin, size and root, one a line. Raises ValueError where the origin cannot be one."""
    if not checkpoint.origin.strip() or not checkpoint.origin.isprintable():
        raise ValueError("a signed checkpoint needs an origin: a name of its ledger, on one line")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{base64.b64encode(checkpoint.root).decode()}\n"


def json_of(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint that nobody signs, JSON-able."""
    origin = {"origin": checkpoint.origin} if checkpoint.origin else {}
    return {"entries": checkpoint.size, "root": checkpoint.root.hex(), **origin}


def json_line(checkpoint: Checkpoint) -> str:
    """The same on one line."""
    return canonical(json_of(checkpoint)).decode() + "\n"


def checkpoints_of(text: str) -> Iterator[tuple[int, Checkpoint, str, tuple[NoteSignature, ...]]]:
    """All checkpoints of a text: (line number, checkpoint, the text that is signed, its signatures).

    Raises ValueError, with the line, where something is none.
    """
    at = 0
    while (at := _behind_blank_lines(text, at)) < len(text):
        line = text.count("\n", 0, at) + 1
        try:
            if text[at] == "{":
                content, at = _DECODER.raw_decode(text, at)
                yield line, _from_json(content), "", ()
            else:
                found = _NOTE.match(text, at)
                if found is None:
                    raise ValueError("it is cut short, or is none")
                at, note = found.end(), note_of(found[0])
                yield line, _from_body(note.text), note.text, note.signatures
        except (ValueError, RecursionError) as exc:
            raise ValueError(f"line {line}: {exc}") from exc


def _behind_blank_lines(text: str, at: int) -> int:
    while at < len(text) and text[at] in "\r\n":
        at += 1
    return at


def _from_body(text: str) -> Checkpoint:
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    if not origin or not _SIZE.fullmatch(size):
        raise ValueError("a checkpoint has three lines: its origin, a number of entries, a root in base64")
    try:
        raw = base64.b64decode(root, validate=True)
    except binascii.Error:
        raw = b""
    if len(raw) != HASH_BYTES or base64.b64encode(raw).decode() != root:
        raise ValueError("the root is not the base64 of 32 bytes")
    return Checkpoint(int(size), raw, origin)


def _from_json(content: dict[str, Any]) -> Checkpoint:
    size, root, origin = content.get("entries"), content.get("root"), content.get("origin", "")
    if type(size) is not int or size < 0 or not isinstance(root, str) or not isinstance(origin, str):
        raise ValueError('it does not look like {"entries": 120, "root": "9f86..."}')
    raw = bytes.fromhex(root)
    if len(raw) != HASH_BYTES:
        raise ValueError("the root is not 64 hexadecimal digits")
    return Checkpoint(size, raw, origin)
