"""What somebody outside keeps of a ledger, and the keys that vouch for it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A ledger as it was: the number of its sealed entries and their root; `origin` says whose it is."""

    size: int
    root: bytes
    origin: str = ""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public half of a key: with it anybody can check what the other half signed. `key_id` has four bytes."""

    name: str
    key_id: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A private key, which never shows itself."""

    verifier: VerifierKey
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature under a note: by which key (name and id), and its bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text, its final line end included, and the signatures under it."""

    text: str
    signatures: tuple[NoteSignature, ...]
