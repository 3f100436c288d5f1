"""One entry of the ledger, found by the id that documents cite: its number, or the digest of what it put on record."""

from dataclasses import dataclass

from interlock.engine.ledger.merkle import is_intact
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry

DIGITS_MIN = 6
NAMED_BY = {"evidence.recorded": "digest", "release.defined": "release"}  # kind of entry, and where its digest is
ELSEWHERE = "`interlock ledger verify` prints the root of the ledger, `interlock get workflows` what is in force"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry; `intact` says whether its record still has the hash that was taken when it was written."""

    entry: LedgerEntry
    intact: bool


def entry_named(reading: Reading, named: str) -> Shown:
    """The entry behind "entry 12", "12", or a digest or its first digits. Raises BadInput where there is not one."""
    words = named.strip().removeprefix("entry").strip()
    found = _numbered(reading, int(words)) if _is_number(words) else _digested(reading, words)
    return Shown(found, is_intact(found))


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) <= len(str(2**63))


def _numbered(reading: Reading, index: int) -> LedgerEntry:
    last = reading.last_entry()
    if index <= last:
        for entry in reading.entries(index, index + 1):
            return entry
    raise BadInput(f"there is no entry {index:,}; the newest one has the number {last}")


def _digested(reading: Reading, words: str) -> LedgerEntry:
    wanted = words.removeprefix("sha256:").lower()
    if len(wanted) < DIGITS_MIN:
        raise BadInput(f"'{words}' is no id; give the number of an entry, or at least {DIGITS_MIN} digits of a digest")
    found = {
        str(entry.body[field]): entry
        for kind, field in NAMED_BY.items()
        for entry in reading.entries_of(kind)
        if str(entry.body.get(field, "")).removeprefix("sha256:").startswith(wanted)
    }
    if len(found) != 1:
        raise BadInput(f"{len(found) or 'no'} entries put on record what begins with {wanted}; {ELSEWHERE}")
    return next(iter(found.values()))
