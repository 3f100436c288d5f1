"""Verify a ledger: a store against its own state, or an exported file on its own."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

from interlock.engine.ledger.canonical import digest
from interlock.engine.ledger.check_entries import check_entries
from interlock.engine.ledger.check_export import check_export
from interlock.flows.ledger.kept import Kept
from interlock.flows.ledger.order import Order
from interlock.flows.ledger.told import told
from interlock.ports.progress import Progress, silent
from interlock.ports.store import Reading, Store
from interlock.ports.tree import BATCH
from interlock.terms.errors import Unavailable
from interlock.terms.ledger import Fault, LedgerCheck, TreeHead

ALONE = (
    "Without a checkpoint kept elsewhere this cannot show whether everything was rewritten together, or cut at its end "
    "together with its head."
)
NONE_KEPT = Kept()
FAULTS_KEPT = 20
PAYLOAD_NAMED = b'"payload":'
LOWEST = -(2**63)  # an entry before the first one would be found by its kind, and so must be seen


def verify(store: Store, *, kept: Kept = NONE_KEPT, progress: Progress = silent) -> LedgerCheck:
    """Seal what was written, then check all of it: see `verify_store`."""
    with suppress(Unavailable):  # damaged or read-only: verification says what is wrong, and how much is not sealed
        store.seal()
    with store.reading() as reading:
        return verify_store(reading, kept=kept, progress=progress)


def verify_store(reading: Reading, *, kept: Kept = NONE_KEPT, progress: Progress = silent) -> LedgerCheck:
    """Check every entry, the tree, the committed salts, that the state is what the entries add up to, that the texts of
    cases are what their digests say, and that what is gone from entries was erased on record.

    With checkpoints kept elsewhere, also that the ledger still begins with what they saw.
    """
    checked = verify_entries(reading, kept=kept, progress=progress)
    if not checked.holds:
        return checked
    state = (Fault(None, f"the state differs from the ledger: {words}") for words in reading.state_faults())
    salts = (Fault(entry, words) for entry, words in _salt_faults(reading))
    texts = (Fault(None, words) for words in islice(_text_faults(reading), FAULTS_KEPT))
    erased = (Fault(entry, words) for entry, words in _erasure_faults(reading, checked.payloads_gone))
    return replace(checked, faults=(*state, *salts, *texts, *erased))


def verify_entries(reading: Reading, *, kept: Kept = NONE_KEPT, progress: Progress = silent) -> LedgerCheck:
    """Check the ledger of a store without the state beside it."""
    damage: tuple[Fault, ...] = ()
    head: TreeHead | None = None
    try:
        head = reading.head()
    except Unavailable as exc:
        damage = (Fault(None, str(exc)),)
    stop = reading.last_entry() + 1
    order = Order()
    entries = order.watched(told(reading.entries(LOWEST, stop), progress, head.size if head else stop))
    checked = check_entries(entries, reading.batch_roots(), head, root_every=BATCH, kept=kept.checkpoints)
    return _judged(replace(checked, faults=(*checked.faults, *damage)), kept, order.words)


def verify_export(lines: Iterable[bytes], *, kept: Kept = NONE_KEPT, progress: Progress = silent) -> LedgerCheck:
    """Check an exported ledger on its own and, where given, that it still begins with what checkpoints saw.

    `lines` are raw lines with their line ends.
    """
    return _judged(check_export(told(lines, progress, None), root_every=BATCH, kept=kept.checkpoints), kept)


def _judged(checked: LedgerCheck, kept: Kept, more: str = "") -> LedgerCheck:
    faults = (*checked.faults, *(Fault(None, words) for words in kept.faults))
    return replace(checked, faults=faults, caveat=" ".join(filter(None, (*_caveats(checked, kept), more))))


def _caveats(checked: LedgerCheck, kept: Kept) -> Iterator[str]:
    if not kept.checkpoints:
        yield ALONE
    if kept.unverified:
        number = "1 checkpoint was" if kept.unverified == 1 else f"{kept.unverified:,} checkpoints were"
        yield f"The signature of {number} not verified: name the key with --verifier."
    if checked.unsealed:
        number = "1 entry was" if checked.unsealed == 1 else f"{checked.unsealed:,} entries were"
        yield f"{number} written since the last seal: checked one by one only."


def _text_faults(reading: Reading) -> Iterator[str]:
    """Texts that are not what their digest says: people would decide on something else than was proposed on."""
    for key, kept_as, text in reading.texts():
        if digest(text) != kept_as:
            yield f"the text of case '{key}' is not the one of its digest: it was replaced"


def _erasure_faults(reading: Reading, gone: int) -> Iterator[tuple[int, str]]:
    """Payloads that are gone and in no erasure, and such as were erased and are there again."""
    erased = _erased_entries(reading)
    if gone == sum(1 for _ in erased):
        return
    on_record = set(_erased_entries(reading))
    for entry in reading.entries():
        is_gone = entry.payload is None and PAYLOAD_NAMED in entry.record
        if is_gone and entry.index not in on_record and "payload" in json.loads(entry.record):
            yield entry.index, "its content is gone, and no erasure is on record: it was deleted"
        elif entry.payload is not None and entry.index in on_record:
            yield entry.index, "its content was erased on record, and it is there again"


def _erased_entries(reading: Reading) -> Iterator[int]:
    for entry in reading.entries_of("payload.erased"):
        for case in entry.body["cases"]:
            yield from case["entries"]


def _salt_faults(reading: Reading) -> Iterator[tuple[int, str]]:
    """Salts that are not what was committed to before they were used: audits drawn with them could be chosen."""
    for entry in reading.entries_of("salt.committed"):
        name = str(entry.body["salt"])
        salt = reading.secret(name)
        if salt is None:
            yield entry.index, f"the salt {name} is gone: its audit draws cannot be checked again"
        elif hashlib.sha256(salt).hexdigest() != entry.body["sha256"]:
            yield entry.index, f"the salt {name} is not the one that was committed to: it was replaced"
