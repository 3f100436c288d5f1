"""Checkpoints that come back from where they were kept: read, and their signatures verified."""

from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.ledger.checkpoint_text import checkpoints_of
from interlock.engine.ledger.note import verifier_of
from interlock.ports.signing import Signing
from interlock.terms.checkpoint import Checkpoint, NoteSignature, VerifierKey
from interlock.terms.errors import BadInput


@dataclass(frozen=True, slots=True)
class Kept:
    """Checkpoints to compare with, and what was wrong with others.

    `unverified` of them are signed, but no key was given to verify that with.
    """

    checkpoints: tuple[Checkpoint, ...] = ()
    faults: tuple[str, ...] = ()
    unverified: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            self.checkpoints + other.checkpoints, self.faults + other.faults, self.unverified + other.unverified
        )


def verifier(text: str) -> VerifierKey:
    """The verifier key that a text holds. Raises BadInput where it holds none."""
    try:
        return verifier_of(text.strip())
    except ValueError as exc:
        raise BadInput(f"this is no verifier key ({exc}); `interlock ledger keygen` prints one: NAME+ID+KEY") from exc


def kept_in(
    text: str, *, place: str, signing: Signing, verifiers: Sequence[VerifierKey] = (), all_signed: bool = False
) -> Kept:
    """The checkpoints in the text of a file, which `place` names.

    A signature by one of the verifiers must hold. With `all_signed` every checkpoint must have one; without, those of
    others are taken as they are. One that fails is a fault and is not compared. Raises BadInput where the text holds
    something else than checkpoints, or none.
    """
    checkpoints, faults, unverified = [], [], 0
    for line, checkpoint, signed_text, signatures in _found_in(text, place):
        verified = _verified(signed_text, signatures, verifiers, signing)
        if verified is False or (all_signed and not verified):
            faults.append(_fault(checkpoint, f"{place}, line {line}", failed=verified is False))
        else:
            checkpoints.append(checkpoint)
            unverified += bool(signatures) and verified is None
    return Kept(tuple(checkpoints), tuple(faults), unverified)


def kept_unsigned(text: str, *, place: str) -> Kept:
    """The checkpoints in a text, whose signatures nobody verifies here. Raises BadInput as `kept_in`."""
    found = _found_in(text, place)
    return Kept(tuple(one for _, one, _, _ in found), unverified=sum(bool(signatures) for *_, signatures in found))


def _found_in(text: str, place: str) -> Sequence[tuple[int, Checkpoint, str, Sequence[NoteSignature]]]:
    try:
        found = list(checkpoints_of(text))
    except ValueError as exc:
        raise BadInput(f"{place} holds something that is no checkpoint of a ledger: {exc}") from exc
    if not found:
        raise BadInput(f"{place} holds no checkpoint; `interlock ledger checkpoint` prints one")
    return found


def _verified(
    text: str, signatures: Sequence[NoteSignature], verifiers: Sequence[VerifierKey], signing: Signing
) -> bool | None:
    """Whether every signature by one of the verifiers holds; None where there is none."""
    known = {(key.name, key.key_id): key.public for key in verifiers}
    verdicts = [
        signing.holds(known[one.name, one.key_id], text.encode(), one.signature)
        for one in signatures
        if (one.name, one.key_id) in known
    ]
    return all(verdicts) if verdicts else None


def _fault(checkpoint: Checkpoint, place: str, *, failed: bool) -> str:
    words = "has a signature that does not hold: it was changed, or signed with another key"
    return f"the checkpoint of {checkpoint.size:,} entries ({place}) " + (
        words if failed else "is not signed with a key that was given"
    )
