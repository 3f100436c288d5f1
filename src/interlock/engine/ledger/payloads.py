"""Content that is kept beside an entry, so that it can be erased while the entry, with its digest, stays."""

import hashlib


def payload_digest(kept: bytes) -> str:
    """What the record says of its payload: "sha256:" and the hexadecimal digest of the payload's canonical bytes.

    A payload holds a random `nonce`: without it, an erased one with few possible contents could be guessed.
    """
    return "sha256:" + hashlib.sha256(kept).hexdigest()
