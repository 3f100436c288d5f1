"""Verify a ledger: a store against its own state, or an exported file on its own; and hand out proofs."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.ledger.check import check_entries, check_export, export_header, export_line
from interlock.engine.ledger.merkle import (
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput
from interlock.terms.ledger import Fault, LedgerCheck, TreeHead


def verify_store(reading: Reading) -> LedgerCheck:
    """Check every entry, the tree head, and that the state tables are what the entries add up to."""
    checked = check_entries(reading.entries(0, reading.last_entry() + 1))
    faults = list(checked.faults)
    head = reading.head()
    if (head.size, root_of(head).hex()) != (checked.entries, checked.root) and not faults:
        faults.append(Fault(None, f"the tree head counts {head.size} entries, the ledger holds {checked.entries}"))
    if not faults:
        faults.extend(Fault(None, f"the state differs from the ledger: {words}") for words in reading.state_faults())
    return replace(checked, faults=tuple(faults))


def verify_export(lines: Iterable[bytes], *, checkpoint: Mapping[str, Any] | None = None) -> LedgerCheck:
    """Check an exported ledger on its own and, where given, that it still begins with what a checkpoint saw."""
    if checkpoint is None:
        return check_export(lines)
    watch = _PrefixRoot(int(checkpoint["entries"]))
    checked = check_export(watch.through(lines))
    if watch.root is None:
        reason = f"the checkpoint saw {checkpoint['entries']} entries, the ledger holds only {checked.entries}"
        return replace(checked, faults=(*checked.faults, Fault(None, reason)))
    if watch.root != checkpoint["root"]:
        reason = "the ledger does not begin with the entries that the checkpoint saw: it was rewritten"
        return replace(checked, faults=(*checked.faults, Fault(None, reason)))
    return checked


class _PrefixRoot:
    """Notes the root recorded with the last entry of a prefix while lines pass through."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.root: str | None = root_of(TreeHead(0, ())).hex() if size == 0 else None

    def through(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        head = TreeHead(0, ())
        for number, line in enumerate(lines):
            if 0 < number <= self._size:
                head = grow(head, _leaf_of(line))
                if number == self._size:
                    self.root = root_of(head).hex()
            yield line


def _leaf_of(line: bytes) -> bytes:
    try:
        return leaf_hash(canonical(json.loads(line)["entry"]))
    except (ValueError, KeyError, TypeError):
        return b"\x00" * 32


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
        "old_root": entries[old_size - 1].root.hex(),
        "entries": len(entries),
        "root": entries[-1].root.hex(),
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
        raise BadInput(f"this is not a proof of an Interlock ledger: {exc!r}") from exc
