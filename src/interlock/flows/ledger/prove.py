"""Prove one thing about the ledger to somebody who may not see the rest (RFC 9162)."""

from collections.abc import Mapping, Sequence
from typing import Any

from interlock.engine.ledger.merkle import Growing, leaf_hash, root_of, verify_consistency, verify_inclusion
from interlock.engine.ledger.proof_paths import SpanRoots, consistency_spans, inclusion_spans
from interlock.ports.store import Reading
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.ledger import LedgerEntry, TreeHead


def prove_inclusion(reading: Reading, index: int) -> dict[str, Any]:
    """A proof that entry `index` is in the sealed ledger; one pass, or two where indexes have gaps.

    Raises BadInput where there is no such entry, Unavailable where the ledger does not hold.
    """
    head = reading.head()
    entry = next(reading.entries(index, index + 1), None) if 0 <= index <= head.last else None
    if entry is None:
        raise BadInput(f"there is no entry {index}: the ledger holds {head.size} entries, the last one is {head.last}")
    position = index if head.size == head.last + 1 else sum(1 for _ in reading.entries(0, index))
    nodes, _ = _nodes(reading, head, inclusion_spans(position, head.size))
    return inclusion_proof(entry, position, head.size, root_of(head), nodes)


def inclusion_proof(
    entry: LedgerEntry, position: int, size: int, root: bytes, nodes: Sequence[bytes]
) -> dict[str, Any]:
    """The proof that an entry is in the tree of `size` leaves with that root, as it is handed over.

    Raises Unavailable where its record is no text any more.
    """
    return {
        "kind": "inclusion",
        "entry": position,
        **({} if position == entry.index else {"index": entry.index}),
        "entries": size,
        "record": _text(entry),
        "root": root.hex(),
        "proof": [node.hex() for node in nodes],
    }


def prove_consistency(reading: Reading, old_size: int) -> dict[str, Any]:
    """A proof that the ledger only grew since it held `old_size` entries, in one pass.

    Raises BadInput for an impossible size, Unavailable where the ledger does not hold.
    """
    head = reading.head()
    check_old_size(old_size, head)
    nodes, old_root = _nodes(reading, head, consistency_spans(old_size, head.size), old_size)
    return consistency_proof(old_size, old_root, head, nodes)


def check_old_size(old_size: int, head: TreeHead) -> None:
    """Raises BadInput where no ledger of that head ever held `old_size` entries, or nothing could be proved of it."""
    if not 0 < old_size <= head.size:
        raise BadInput(f"the ledger holds {head.size} entries; it cannot be compared with one of {old_size}")


def consistency_proof(old_size: int, old_root: bytes, head: TreeHead, nodes: Sequence[bytes]) -> dict[str, Any]:
    """The proof that the tree of a head extends the one of `old_size` leaves, as it is handed over."""
    return {
        "kind": "consistency",
        "old_entries": old_size,
        "old_root": old_root.hex(),
        "entries": head.size,
        "root": root_of(head).hex(),
        "proof": [node.hex() for node in nodes],
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


def _nodes(
    reading: Reading, head: TreeHead, spans: tuple[tuple[int, int], ...], old_size: int = 0
) -> tuple[tuple[bytes, ...], bytes]:
    """The roots of the spans, and the root of the first `old_size` entries."""
    nodes, tree, old = SpanRoots(spans), Growing(), b""
    for entry in reading.entries(0, head.last + 1):
        leaf = leaf_hash(entry.record)
        nodes.add(leaf)
        tree.add(leaf)
        if tree.size == old_size:
            old = tree.root()
    if (tree.size, tree.root()) != (head.size, root_of(head)):
        raise Unavailable("the entries do not hash to the tree head, nothing can be proved: `interlock ledger verify`")
    return nodes.roots(), old


def _text(entry: LedgerEntry) -> str:
    try:
        return entry.record.decode()
    except UnicodeDecodeError as exc:
        raise Unavailable(f"entry {entry.index} is damaged: `interlock ledger verify` says more") from exc
