"""Verify a ledger: a store against its own state, or an exported file on its own; and hand out proofs."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.check import NO_LEAF, check_entries, check_export, export_header, export_line
from interlock.engine.ledger.merkle import (
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import Fault, LedgerCheck, LedgerEntry, TreeHead

ALONE = (
    "Without a checkpoint kept elsewhere this cannot show whether everything was rewritten together, or cut at its end "
    "together with its head."
)


def verify_store(reading: Reading, *, checkpoint: Mapping[str, Any] | None = None) -> LedgerCheck:
    """Check every entry, the tree head, the committed salts, and that the state is what the entries add up to.

    With a checkpoint, also that the ledger still begins with what the checkpoint saw. Raises BadInput where the
    checkpoint is none.
    """
    watch = _PrefixRoot(checkpoint)
    checked = check_entries(watch.through_entries(reading.entries(0, reading.last_entry() + 1)))
    faults = list(checked.faults)
    try:
        head = reading.head()
    except Unavailable as exc:
        return replace(checked, faults=(*faults, Fault(None, str(exc))))
    if (head.size, root_of(head).hex()) != (checked.entries, checked.root) and not faults:
        faults.append(Fault(None, f"the tree head counts {head.size} entries, the ledger holds {checked.entries}"))
    if not faults:
        faults.extend(Fault(None, f"the state differs from the ledger: {words}") for words in reading.state_faults())
        faults.extend(Fault(entry, words) for entry, words in _salt_faults(reading))
    return watch.judged(replace(checked, faults=tuple(faults)))


def _salt_faults(reading: Reading) -> Iterator[tuple[int, str]]:
    """Salts that are not what was committed to before they were used: audits drawn with them could be chosen."""
    for entry in reading.entries_of("salt.committed"):
        name = str(entry.body["salt"])
        salt = reading.secret(name)
        if salt is None:
            yield entry.index, f"the salt {name} is gone: its audit draws cannot be checked again"
        elif hashlib.sha256(salt).hexdigest() != entry.body["sha256"]:
            yield entry.index, f"the salt {name} is not the one that was committed to: it was replaced"


def verify_export(lines: Iterable[bytes], *, checkpoint: Mapping[str, Any] | None = None) -> LedgerCheck:
    """Check an exported ledger on its own and, where given, that it still begins with what a checkpoint saw.

    Raises BadInput where the checkpoint is none.
    """
    watch = _PrefixRoot(checkpoint)
    return watch.judged(check_export(watch.through_lines(lines)))


class _PrefixRoot:
    """Notes the root of the entries that a checkpoint saw while they pass through, and compares."""

    def __init__(self, checkpoint: Mapping[str, Any] | None) -> None:
        self._saw = checkpoint
        self._head = TreeHead(0, ())
        self._size = 0 if checkpoint is None else _size_of(checkpoint)
        self._root: str | None = root_of(self._head).hex() if self._size == 0 else None

    def through_lines(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        for number, line in enumerate(lines):
            if number > 0:
                self._take(_leaf_of(line))
            yield line

    def through_entries(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        for entry in entries:
            self._take(leaf_hash(entry.record))
            yield entry

    def judged(self, checked: LedgerCheck) -> LedgerCheck:
        if self._saw is None:
            return replace(checked, caveat=ALONE)
        if self._root is None:
            reason = f"the checkpoint saw {self._size} entries, the ledger holds only {checked.entries}"
        elif self._root != self._saw["root"]:
            reason = "the ledger does not begin with the entries that the checkpoint saw: it was rewritten"
        else:
            return checked
        return replace(checked, faults=(*checked.faults, Fault(None, reason)))

    def _take(self, leaf: bytes) -> None:
        if self._head.size < self._size:
            self._head = grow(self._head, leaf)
            if self._head.size == self._size:
                self._root = root_of(self._head).hex()


def _size_of(checkpoint: Mapping[str, Any]) -> int:
    size = checkpoint.get("entries")
    if type(size) is not int or size < 0 or not isinstance(checkpoint.get("root"), str):
        raise BadInput('this is not a checkpoint; it looks like {"entries": 120, "root": "9f86..."}')
    return size


def _leaf_of(line: bytes) -> bytes:
    try:
        return leaf_hash(canonical(json.loads(line)["entry"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return NO_LEAF


def export(reading: Reading) -> Iterator[bytes]:
    """The lines of an exported ledger: a header, then one entry a line; verifiable without the store."""
    head = reading.head()
    yield export_header(head.size, root_of(head).hex()) + b"\n"
    for entry in reading.entries(0, head.size):
        yield export_line(entry) + b"\n"


def checkpoint(reading: Reading) -> dict[str, Any]:
    """The tree head, to be kept where the audited party cannot change it."""
    head = reading.head()
    return {"entries": head.size, "root": root_of(head).hex()}


def prove_inclusion(reading: Reading, index: int) -> dict[str, Any]:
    """A proof that entry `index` is in the ledger. Raises BadInput where there is no such entry."""
    entries = tuple(reading.entries())
    if not 0 <= index < len(entries):
        raise BadInput(f"there is no entry {index}: the ledger holds {len(entries)} entries, counted from 0")
    leaves = [entry.leaf for entry in entries]
    proof = inclusion_proof(index, leaves)
    return {
        "kind": "inclusion",
        "entry": index,
        "entries": len(leaves),
        "record": entries[index].record.decode(),
        "root": root_of(reading.head()).hex(),
        "proof": [node.hex() for node in proof],
    }


def prove_consistency(reading: Reading, old_size: int) -> dict[str, Any]:
    """A proof that the ledger only grew since it held `old_size` entries. Raises BadInput for an impossible size."""
    entries = tuple(reading.entries())
    if not 0 < old_size <= len(entries):
        raise BadInput(f"the ledger holds {len(entries)} entries; it cannot be compared with one of {old_size}")
    proof = consistency_proof(old_size, [entry.leaf for entry in entries])
    return {
        "kind": "consistency",
        "old_entries": old_size,
        "old_root": root([entry.leaf for entry in entries[:old_size]]).hex(),
        "entries": len(entries),
        "root": root([entry.leaf for entry in entries]).hex(),
        "proof": [node.hex() for node in proof],
    }


def check_proof(proof: Mapping[str, Any]) -> bool:
    """Whether a proof made by this module holds. Raises BadInput where it is not one."""
    try:
        path = tuple(bytes.fromhex(node) for node in proof["proof"])
        new_root = bytes.fromhex(proof["root"])
        if proof["kind"] == "inclusion":
            leaf = leaf_hash(proof["record"].encode())
            return verify_inclusion(leaf, proof["entry"], proof["entries"], path, new_root)
        old_root = bytes.fromhex(proof["old_root"])
        return verify_consistency(proof["old_entries"], proof["entries"], old_root, new_root, path)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise BadInput(
            "this is not a proof of an Interlock ledger: a part is missing or of the wrong kind; "
            "`interlock ledger prove` prints one"
        ) from exc
