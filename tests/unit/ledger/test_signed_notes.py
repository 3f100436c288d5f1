"""Signed notes and their keys, against the example of the format's first implementation, and against forgeries."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.adapters.signing.ed25519 import Ed25519
from interlock.engine.ledger.note import (
    note_of,
    note_text,
    signer_parts,
    signer_text,
    verifier_key,
    verifier_of,
    verifier_text,
)
from interlock.flows.ledger.checkpoint import new_key, signer
from interlock.flows.ledger.kept import verifier
from interlock.terms.checkpoint import NoteSignature, SignedNote
from interlock.terms.errors import BadInput

# The published example of golang.org/x/mod/sumdb/note.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNING = Ed25519()
KEY = verifier_of(PUBLIC)


def test_the_published_example_is_read_signed_and_verified() -> None:
    name, key_id, seed = signer_parts(PRIVATE)
    assert verifier_key(name, SIGNING.public(seed)) == KEY
    assert key_id == KEY.key_id
    note = note_of(TEXT)
    assert note.signatures == (NoteSignature(name, key_id, SIGNING.sign(seed, note.text.encode())),)
    assert SIGNING.holds(KEY.public, note.text.encode(), note.signatures[0].signature)
    assert (note_text(note), verifier_text(KEY), signer_text(KEY, seed)) == (TEXT, PUBLIC, PRIVATE)


def test_a_private_key_never_shows_itself() -> None:
    key, text = new_key("example.com/ledger", randomness=lambda n: b"\x07" * n, signing=SIGNING)
    assert signer(text, signing=SIGNING) == key
    secret = text.strip().rsplit("+", 1)[1]
    for shown in (repr(key), str(key), f"{key}"):
        assert "\\x07" not in shown
        assert secret not in shown
        assert key.verifier.name in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        PUBLIC,
        PRIVATE[:-4],
        PRIVATE.replace("c74f20a3", "c74f20a4"),
        PRIVATE.replace("c74f20a3", "C74F20A3"),
        PRIVATE.replace("PeterNeumann", "Peter"),
        PRIVATE.replace("AYEK", "AoEK"),
        PRIVATE + "AAAA",
        PRIVATE.replace("HKDFz", "HKDF!"),
    ],
)
def test_what_is_no_private_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(BadInput, match="this is no private key") as refused:
        signer(text, signing=SIGNING)
    assert "AYEKFALV" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "a+b+c",
        PRIVATE,
        PUBLIC[:-4],
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("PeterNeumann", "Peter"),
        PUBLIC.replace("PeterNeumann", ""),
        PUBLIC.replace("PeterNeumann", "Peter Neumann"),
        PUBLIC.replace("ARpc", "AXpc"),
        PUBLIC.replace("10TW", "10TX"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="this is no verifier key"):
        verifier(text)


def test_a_key_without_a_name_gets_one_of_its_own() -> None:
    names = {
        new_key("", randomness=lambda n, seed=seed: bytes([seed]) * n, signing=SIGNING)[0].verifier.name  # type: ignore[misc]
        for seed in range(5)
    }
    assert len(names) == 5
    assert all(name.startswith("interlock-") for name in names)


@pytest.mark.parametrize("name", ["two words", "a+b", "tab\there", "line\nend", "wide\u3000space", "bell\x07"])
def test_a_name_that_no_key_can_have_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a key"):
        new_key(name, randomness=bytes, signing=SIGNING)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "\n\n— a AAAAAAA=\n",
        "text\n— a AAAAAAA=\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("— PeterNeumann", "- PeterNeumann"),
        TEXT.replace("— PeterNeumann", "— Peter+Neumann"),
        TEXT.replace("— PeterNeumann", "— Peter Neumann"),
        TEXT.replace("AM=\n", "AM\n"),
        TEXT.replace("AM=\n", "AN=\n"),
        TEXT.replace("answer", "ans\twer"),
        TEXT.replace("\n", "\r\n"),
        "text\n\n— a AAAA\n",
        "text\n\n" + "— a AAAAAAA=\n" * 101,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it is|signature"):
        note_of(text)


def test_a_note_may_have_other_signatures_and_empty_lines_in_its_text() -> None:
    other = NoteSignature("witness.example", b"\x01\x02\x03\x04", b"any bytes")
    note = replace(note_of(TEXT), text="first\n\nsecond\n")
    both = SignedNote(note.text, (other, *note.signatures))
    assert note_of(note_text(both)) == both


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_note_is_noticed(at: int, flip: int) -> None:
    raw = bytearray(TEXT.encode())
    raw[at] ^= flip
    try:
        note = note_of(raw.decode())
    except ValueError:
        return
    known = [one for one in note.signatures if (one.name, one.key_id) == (KEY.name, KEY.key_id)]
    assert not any(SIGNING.holds(KEY.public, note.text.encode(), one.signature) for one in known)
