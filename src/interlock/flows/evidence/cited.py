"""One piece of evidence with the entries that name it: where it was recorded, and what rests on it."""

from dataclasses import dataclass

from interlock.ports.entries import Sought
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry

DIGITS_MIN = 6
NAMED_MAX = 50


@dataclass(frozen=True, slots=True)
class Cited:
    """Where a piece of evidence is on record, and the newest entries that name it; `more`: there may be others."""

    digest: str
    workflow: str
    entry: int
    named_by: tuple[LedgerEntry, ...]
    more: bool


def evidence_place(reading: Reading, digest: str) -> tuple[str, str, int]:
    """(digest, workflow, entry) of the piece whose digest begins so. Raises BadInput where there is not exactly one."""
    wanted = digest.strip().removeprefix("sha256:").lower()
    if len(wanted) < DIGITS_MIN or not set(wanted) <= set("0123456789abcdef"):
        raise BadInput(f"'{digest[:80]}' is no digest: give at least {DIGITS_MIN} of its hexadecimal digits")
    found = reading.evidence_places(f"sha256:{wanted}", limit=2)
    if len(found) != 1:
        raise BadInput(f"{'several pieces have' if found else 'no evidence has'} a digest that begins with {wanted}")
    return found[0]


def cited(reading: Reading, digest: str, workflow: str, entry: int) -> Cited:
    """What names a piece of evidence of that workflow: grants, verdicts, waivers, answers."""
    looking = reading.looking_back(Sought(workflows=(workflow,), texts=(digest,)))
    naming: list[LedgerEntry] = []
    for one in looking.entries:
        if one.index == entry:
            continue
        if len(naming) == NAMED_MAX:
            return Cited(digest, workflow, entry, tuple(naming), more=True)
        naming.append(one)
    return Cited(digest, workflow, entry, tuple(naming), more=looking.floor > 0)
