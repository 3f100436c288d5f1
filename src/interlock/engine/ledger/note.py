"""Signed notes (c2sp.org/signed-note) with Ed25519, and the text form of their keys (golang.org/x/mod/sumdb/note).

A note is a text, an empty line, and one line for each signature over the text. Nothing is signed or verified here.
"""

import base64
import binascii
import hashlib
import re

from interlock.terms.checkpoint import NoteSignature, SignedNote, VerifierKey

ED25519 = b"\x01"
KEY_BYTES = 32
PRIVATE = "PRIVATE+KEY+"
SIGNATURES_MAX = 100
_SIGNATURE = re.compile(r"— (\S+) (\S+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes that, with its name, tell which key signed."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> VerifierKey:
    """A verifier key. Raises ValueError for a name that no key can have."""
    if not name or "+" in name or _has_space(name) or _CONTROL.search(name):
        raise ValueError(f"'{name}' cannot be the name of a key: it must have no blanks and no plus sign")
    return VerifierKey(name, key_id(name, public), public)


def verifier_text(key: VerifierKey) -> str:
    """The key as it is handed out: NAME+ID+KEY."""
    return f"{key.name}+{key.key_id.hex()}+{_encoded(ED25519 + key.public)}"


def verifier_of(text: str) -> VerifierKey:
    """The key that `verifier_text` wrote. Raises ValueError where the text is none."""
    name, number, encoded = _parts(text)
    key = verifier_key(name, _ed25519(encoded))
    if key.key_id.hex() != number:
        raise ValueError("its id does not fit its name and key: part of it was changed")
    return key


def signer_text(key: VerifierKey, seed: bytes) -> str:
    """A private key as it is kept: PRIVATE+KEY+NAME+ID+SEED. It must not be shown."""
    return f"{PRIVATE}{key.name}+{key.key_id.hex()}+{_encoded(ED25519 + seed)}"


def signer_parts(text: str) -> tuple[str, bytes, bytes]:
    """Name, key id and seed of a private key. Raises ValueError, without a part of the text, where it is none."""
    if not text.startswith(PRIVATE):
        raise ValueError("it does not begin as a private key does")
    name, number, encoded = _parts(text.removeprefix(PRIVATE))
    if not re.fullmatch("[0-9a-f]{8}", number):
        raise ValueError("its id is not eight hexadecimal digits")
    return name, bytes.fromhex(number), _ed25519(encoded)


def note_text(note: SignedNote) -> str:
    """The note as it is written."""
    lines = (f"— {one.name} {_encoded(one.key_id + one.signature)}\n" for one in note.signatures)
    return f"{note.text}\n{''.join(lines)}"


def note_of(text: str) -> SignedNote:
    """The note that a text is. Raises ValueError where it is none."""
    body, _, under = text.rpartition("\n\n")
    lines = under.split("\n")
    if not body or lines.pop() or not 0 < len(lines) <= SIGNATURES_MAX or _CONTROL.search(text):
        raise ValueError("it is not a text with an empty line and signatures under it")
    return SignedNote(body + "\n", tuple(map(_signature, lines)))


def _signature(line: str) -> NoteSignature:
    found = _SIGNATURE.fullmatch(line)
    if found is None or "+" in found[1]:
        raise ValueError("a signature line does not read '— NAME SIGNATURE'")
    raw = _decoded(found[2])
    if len(raw) <= len(ED25519) * 4:
        raise ValueError("a signature is too short")
    return NoteSignature(found[1], raw[:4], raw[4:])


def _parts(text: str) -> tuple[str, str, str]:
    name, first, rest = text.partition("+")
    number, second, encoded = rest.partition("+")  # base64 may hold a plus sign, a name may not
    if not (name and first and second):
        raise ValueError("it does not read NAME+ID+KEY")
    return name, number, encoded


def _ed25519(encoded: str) -> bytes:
    raw = _decoded(encoded)
    if raw[:1] != ED25519 or len(raw) != 1 + KEY_BYTES:
        raise ValueError("it is not an Ed25519 key")
    return raw[1:]


def _has_space(text: str) -> bool:
    return any(letter.isspace() for letter in text)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ValueError("a part of it is not base64") from exc
    if _encoded(raw) != text:
        raise ValueError("a part of it is not base64 in its only form")
    return raw
