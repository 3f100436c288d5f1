"""Whether something fails because an entry that it rests on was altered: then it says which one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from interlock.engine.ledger.merkle import is_intact
from interlock.flows.trace.told import WORDS
from interlock.flows.trace.told_others import SENTENCES
from interlock.ports.store import Reading, Store
from interlock.terms import words
from interlock.terms.errors import InterlockError, Unavailable
from interlock.terms.ledger import LedgerEntry

log = logging.getLogger("interlock.ledger")
OF_CASES = frozenset({"decision.made", "intent.completed", "outcome.observed"})  # most of a ledger
RESTED_ON = tuple(kind for kind in (*WORDS, *SENTENCES) if kind not in OF_CASES)


class Altered(Unavailable):
    """What was asked for rests on an entry that was altered; the words name it."""


def altered_fact(reading: Reading) -> LedgerEntry | None:
    """The first entry that was altered, of all but the most frequent kinds; None where there is none."""
    return next((one for kind in RESTED_ON for one in reading.entries_of(kind) if not is_intact(one)), None)


def altered_words(store: Store) -> str:
    """What to say of a failure that nobody thought of, "" where no altered entry explains it."""
    try:
        with store.reading() as reading:
            found = altered_fact(reading)
    except InterlockError:
        return ""
    if found is None:
        return ""
    return (
        f"entry {words.count(found.index)} ({found.kind}) was ALTERED since it was written, and this rests on it: "
        "`interlock ledger verify` names everything that was altered; restore a backup"
    )


@contextmanager
def resting_on_facts(store: Store) -> Iterator[None]:
    """Raises Altered where what is done inside fails, and an altered entry explains that."""
    try:
        yield
    except InterlockError:
        raise
    except Exception as exc:  # what a record that anybody wrote makes of its readers is not to be foreseen
        told = altered_words(store)
        if not told:
            raise
        log.warning("%s: %s; %s", type(exc).__name__, exc, told)
        raise Altered(told) from exc
