"""Take a checkpoint, to be kept where the audited party cannot change it; signed, where there is a key."""

from interlock.engine.ledger.checkpoint_text import body_text
from interlock.engine.ledger.merkle import root_of
from interlock.engine.ledger.note import note_text, signer_parts, signer_text, verifier_key
from interlock.ports.randomness import Randomness
from interlock.ports.signing import Signing
from interlock.ports.store import Reading
from interlock.terms.checkpoint import Checkpoint, NoteSignature, SignedNote, SignerKey
from interlock.terms.errors import BadInput

SEED_BYTES = 32
NAME_DIGITS = 16  # of the public key, in a name that nobody chose


def checkpoint(reading: Reading, *, origin: str = "") -> Checkpoint:
    """What the sealed ledger is now. Raises Unavailable where its tree head is damaged."""
    head = reading.head()
    return Checkpoint(head.size, root_of(head), origin)


def signed(taken: Checkpoint, key: SignerKey, signing: Signing) -> str:
    """The checkpoint as a signed note; its origin is the name of the key where it has none.

    Raises BadInput where the origin cannot be one.
    """
    origin = taken.origin or key.verifier.name
    try:
        text = body_text(Checkpoint(taken.size, taken.root, origin))
    except ValueError as exc:
        raise BadInput(f"--origin: {exc}") from exc
    signature = signing.sign(key.seed, text.encode())
    return note_text(SignedNote(text, (NoteSignature(key.verifier.name, key.verifier.key_id, signature),)))


def new_key(name: str, *, randomness: Randomness, signing: Signing) -> tuple[SignerKey, str]:
    """A fresh key, and the text in which its private half is kept; without a name it gets one that no other key has.

    Raises BadInput for a name that no key can have.
    """
    seed = randomness(SEED_BYTES)
    public = signing.public(seed)
    try:
        key = verifier_key(name or f"interlock-{public.hex()[:NAME_DIGITS]}", public)
    except ValueError as exc:
        raise BadInput(f"--name: {exc}") from exc
    return SignerKey(key, seed), signer_text(key, seed) + "\n"


def signer(text: str, *, signing: Signing) -> SignerKey:
    """The key whose private half a text holds. Raises BadInput, without a part of it, where it holds none."""
    try:
        name, number, seed = signer_parts(text.strip())
        key = verifier_key(name, signing.public(seed))
        if key.key_id != number:
            raise ValueError("its id does not fit its name and key")
    except ValueError as exc:
        raise BadInput(f"this is no private key ({exc}); `interlock ledger keygen FILE` makes one") from exc
    return SignerKey(key, seed)
