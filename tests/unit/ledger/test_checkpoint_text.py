"""Checkpoints read back from files: signed notes, JSON, many of both, and what is none."""

import base64
import json
from typing import Any

import pytest

from interlock.adapters.signing.ed25519 import Ed25519
from interlock.engine.ledger.checkpoint_text import body_text, checkpoints_of, json_line, json_of
from interlock.engine.ledger.note import verifier_text
from interlock.flows.ledger.checkpoint import new_key, signed
from interlock.flows.ledger.kept import Kept, kept_in, verifier
from interlock.terms.checkpoint import Checkpoint, SignerKey
from interlock.terms.errors import BadInput

SIGNING = Ed25519()
ROOT = bytes(range(32))


def key(name: str, seed: int = 7) -> SignerKey:
    return new_key(name, randomness=lambda n: bytes([seed]) * n, signing=SIGNING)[0]


ANA, EVE = key("example.com/ledger"), key("example.com/eve", 8)
ONE = Checkpoint(120, ROOT)
NOTE = signed(ONE, ANA, SIGNING)
BODY = f"example.com/ledger\n120\n{base64.b64encode(ROOT).decode()}\n"


def kept(text: str, *keys: SignerKey, all_signed: bool | None = None) -> Kept:
    strict = bool(keys) if all_signed is None else all_signed
    verifiers = [one.verifier for one in keys]
    return kept_in(text, place="witness.txt", signing=SIGNING, verifiers=verifiers, all_signed=strict)


def test_a_signed_checkpoint_is_the_note_of_the_standard() -> None:
    assert NOTE.startswith(f"{BODY}\n— example.com/ledger ")
    assert kept(NOTE, ANA) == Kept((Checkpoint(120, ROOT, "example.com/ledger"),))
    other = signed(Checkpoint(120, ROOT, "another name"), ANA, SIGNING)
    assert kept(other, ANA).checkpoints[0].origin == "another name"


def test_an_unsigned_checkpoint_is_json_on_one_line_or_more() -> None:
    assert json_of(ONE) == {"entries": 120, "root": ROOT.hex()}
    named = Checkpoint(120, ROOT, "name")
    for text in (json_line(ONE), json_line(ONE).rstrip("\n"), json.dumps(json_of(ONE), indent=2) + "\n"):
        assert kept(text) == Kept((ONE,))
    assert kept(json_line(named)) == Kept((named,))


def test_a_file_may_hold_many_of_both() -> None:
    text = json_line(ONE) + "\n" + NOTE + "\n" + NOTE + json_line(Checkpoint(0, ROOT))
    assert [(line, one.size) for line, one, _, _ in checkpoints_of(text)] == [(1, 120), (3, 120), (9, 120), (14, 0)]
    assert kept(text).unverified == 2


def test_a_checkpoint_by_another_key_or_by_nobody_is_a_fault_where_a_key_is_given() -> None:
    for text in (json_line(ONE), NOTE):
        assert kept(text, EVE) == Kept(
            faults=("the checkpoint of 120 entries (witness.txt, line 1) is not signed with a key that was given",)
        )
    assert kept(NOTE, EVE, ANA) == kept(NOTE, ANA)


def test_a_signature_that_fails_is_a_fault_and_its_checkpoint_is_not_compared() -> None:
    reason = "has a signature that does not hold: it was changed, or signed with another key"
    changed = NOTE.replace("\n120\n", "\n121\n")
    for strict in (True, False):
        assert kept(changed, ANA, all_signed=strict) == Kept(
            faults=(f"the checkpoint of 121 entries (witness.txt, line 1) {reason}",)
        )
    impostor = key("example.com/ledger", 9)
    forged = signed(Checkpoint(121, ROOT), impostor, SIGNING)
    assert "is not signed with a key that was given" in kept(forged, ANA).faults[0]
    disguised = forged.replace(forged.split()[-1], base64.b64encode(ANA.verifier.key_id + b"x" * 64).decode())
    assert kept(disguised, ANA).faults == (f"the checkpoint of 121 entries (witness.txt, line 1) {reason}",)


def test_signatures_of_others_are_left_alone() -> None:
    both = NOTE + signed(ONE, EVE, SIGNING).rsplit("\n\n", 1)[1]
    assert kept(both, ANA).checkpoints == kept(NOTE, ANA).checkpoints
    assert kept(both.replace("eve ", "eva "), ANA).checkpoints == kept(NOTE, ANA).checkpoints


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("hello\n", 1),
        ("{}\n", 1),
        ("{", 1),
        ('{"entries":true,"root":"00"}', 1),
        ('{"entries":-1,"root":"%s"}' % ("00" * 32), 1),
        ('{"entries":5,"root":"%s"}' % ("00" * 31), 1),
        ('{"entries":5,"root":"%s"}' % ("xy" * 32), 1),
        ('{"entries":5,"root":5}', 1),
        ('{"entries":5,"root":"%s","origin":5}' % ("00" * 32), 1),
        (NOTE[:-1], 1),
        (NOTE[:-20], 1),
        (BODY, 1),
        (NOTE + "\n" + NOTE[:-1], 7),
        (NOTE + "\n" + BODY + "\n", 7),
        (json_line(ONE) + "oops\n", 2),
        (NOTE.replace("\n120\n", "\n0120\n"), 1),
        (NOTE.replace("\n120\n", "\n-1\n"), 1),
        (NOTE.replace("\n120\n", "\n120 \n"), 1),
        (NOTE.replace("AAEC", "AAE="), 1),
        (NOTE.replace("AAEC", "AAEC" * 2), 1),
        (NOTE.replace("\n", "\r\n"), 1),
        ("[" * 10_000, 1),
        ("{" * 10_000, 1),
        ('{"a":' * 10_000, 1),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadInput, match=f"witness.txt holds something that is no checkpoint of a ledger: line {line}: "):
        kept(text)


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n"])
def test_a_file_without_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="holds no checkpoint"):
        kept(text)


@pytest.mark.parametrize("origin", ["two\nlines", "bell\x07", " "])
def test_an_origin_that_is_not_one_line_cannot_be_signed(origin: str) -> None:
    with pytest.raises(BadInput, match="--origin: a signed checkpoint needs an origin"):
        signed(Checkpoint(1, ROOT, origin), ANA, SIGNING)


def test_the_body_needs_an_origin() -> None:
    with pytest.raises(ValueError, match="needs an origin"):
        body_text(ONE)


def test_a_verifier_key_is_read_with_blanks_around_it() -> None:
    text: Any = f"  {verifier_text(ANA.verifier)}\n"
    assert verifier(text) == ANA.verifier
