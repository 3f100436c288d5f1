"""The text of a case: kept beside the ledger where it can be erased; the ledger holds its digest."""

from interlock.engine.ledger.canonical import digest
from interlock.ports.store import Transaction
from interlock.terms.errors import BadInput

TEXT_BYTES_MAX = 256 * 1024


def text_digest(text: str) -> str:
    """The digest of a case's text, under which it can be kept. Raises BadInput where it is too long or is no text."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        raise BadInput(f"the text of this case cannot be kept: {exc.reason} (position {exc.start})") from exc
    if "\0" in text:
        raise BadInput(f"the text of this case holds a NUL character (position {text.index(chr(0))}): take it out")
    if size > TEXT_BYTES_MAX:
        raise BadInput(
            f"the text of this case has {size:,} bytes, at most {TEXT_BYTES_MAX:,} are kept: hand over the part that "
            "a reviewer needs, or a reference to it"
        )
    return digest(text)


def keep_text(tx: Transaction, key: str, text: str, *, at: str) -> str:
    """Keep the text of a case; its digest. Raises BadInput as `text_digest`: then nothing is kept."""
    content = text_digest(text)
    tx.keep_payload(content, text, key=key, at=at)
    return content
