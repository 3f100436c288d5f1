"""Signatures over checkpoints (Ed25519, RFC 8032)."""

from typing import Protocol


class Signing(Protocol):
    """Signs with a private seed of 32 bytes, and verifies with the public key that belongs to it."""

    def public(self, seed: bytes) -> bytes:
        """The public key, 32 bytes."""
        ...

    def sign(self, seed: bytes, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        ...

    def holds(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether the owner of the public key signed the message."""
        ...
