"""The tree against a second implementation written straight from RFC 9162 section 2.1, and against forged proofs."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.ledger.merkle import (
    EMPTY_ROOT,
    Growing,
    grow,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from interlock.engine.ledger.proof_paths import consistency_spans, inclusion_spans, span_roots
from interlock.terms.ledger import TreeHead

SIZE_MAX = 130
RECORDS = [f"record {i}".encode() for i in range(SIZE_MAX)]
LEAVES = [leaf_hash(record) for record in RECORDS]

# The leaves of the tests of the original Certificate Transparency code, and the roots of their first n.
CT_RECORDS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root(leaves: Sequence[bytes]) -> bytes:
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    return span_roots(inclusion_spans(index, len(leaves)), leaves)


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    return span_roots(consistency_spans(old_size, len(leaves)), leaves)


def naive_root(records: list[bytes]) -> bytes:
    """MTH(D[n]), word for word."""
    if not records:
        return hashlib.sha256(b"").digest()
    if len(records) == 1:
        return hashlib.sha256(b"\x00" + records[0]).digest()
    k = 1
    while k * 2 < len(records):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(records[:k]) + naive_root(records[k:])).digest()


def naive_path(m: int, records: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]), word for word."""
    if len(records) == 1:
        return []
    k = 1
    while k * 2 < len(records):
        k *= 2
    if m < k:
        return [*naive_path(m, records[:k]), naive_root(records[k:])]
    return [*naive_path(m - k, records[k:]), naive_root(records[:k])]


def naive_subproof(m: int, records: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b), word for word."""
    if m == len(records):
        return [] if whole else [naive_root(records)]
    k = 1
    while k * 2 < len(records):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, records[:k], whole), naive_root(records[k:])]
    return [*naive_subproof(m - k, records[k:], False), naive_root(records[:k])]


ROOTS = [naive_root(RECORDS[:size]) for size in range(SIZE_MAX + 1)]


def test_the_roots_of_certificate_transparency() -> None:
    leaves = [leaf_hash(record) for record in CT_RECORDS]
    assert [root(leaves[: n + 1]).hex() for n in range(len(leaves))] == CT_ROOTS


def test_roots_grow_as_the_rfc_defines_them() -> None:
    head, seen = TreeHead(0, ()), [EMPTY_ROOT]
    for leaf in LEAVES:
        head = grow(head, leaf)
        seen.append(root_of(head))
    assert seen == ROOTS
    assert [root(LEAVES[:size]) for size in range(SIZE_MAX + 1)] == ROOTS
    assert len(head.peaks) == SIZE_MAX.bit_count()


def test_every_inclusion_proof_is_the_rfcs_and_holds() -> None:
    for size in (*range(1, 34), 64, 65, 127, 128, 129, 130):
        for index in range(size):
            proof = inclusion_proof(index, LEAVES[:size])
            assert list(proof) == naive_path(index, RECORDS[:size])
            assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


def test_every_consistency_proof_is_the_rfcs_and_holds() -> None:
    for size in (*range(1, 34), 64, 65, 127, 128, 129, 130):
        for old in range(size + 1):
            proof = consistency_proof(old, LEAVES[:size])
            assert list(proof) == (naive_subproof(old, RECORDS[:size], True) if old else [])
            assert verify_consistency(old, size, ROOTS[old], ROOTS[size], proof)


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_there_is_no_proof_for_an_entry_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match=f"no leaf {index} in a tree of 5 leaves"):
        inclusion_proof(index, LEAVES[:5])
    assert not verify_inclusion(LEAVES[0], index, 5, (), ROOTS[5])


def test_a_tree_that_was_copied_grows_by_itself() -> None:
    tree = Growing()
    for leaf in LEAVES[:5]:
        tree.add(leaf)
    other = tree.copy()
    other.add(LEAVES[5])
    assert (tree.size, tree.root(), other.size, other.root()) == (5, ROOTS[5], 6, ROOTS[6])


def test_a_proof_over_leaves_that_did_not_all_come_is_none() -> None:
    with pytest.raises(KeyError):
        span_roots(inclusion_spans(3, 20), LEAVES[:19])


@pytest.mark.parametrize("old", [-1, 6])
def test_a_ledger_cannot_extend_a_longer_one(old: int) -> None:
    with pytest.raises(ValueError, match="cannot extend"):
        consistency_proof(old, LEAVES[:5])
    assert not verify_consistency(old, 5, ROOTS[0], ROOTS[5], ())


@st.composite
def forged(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    """The proof with one thing wrong."""
    how = draw(st.sampled_from(["drop", "add", "flip", "swap", "short"] if proof else ["add"]))
    at = draw(st.integers(0, max(0, len(proof) - 1)))
    made = list(proof)
    if how == "drop":
        del made[at]
    elif how == "add":
        made.insert(at, draw(st.sampled_from([LEAVES[0], EMPTY_ROOT, ROOTS[7], b"", b"\x00" * 32])))
    elif how == "flip":
        bit = draw(st.integers(0, 255))
        changed = bytearray(made[at])
        changed[bit // 8] ^= 1 << (bit % 8)
        made[at] = bytes(changed)
    elif how == "swap":
        other = draw(st.integers(0, len(proof) - 1))
        made[at], made[other] = made[other], made[at]
    else:
        made[at] = made[at][:31]
    return made


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_forged_inclusion_proof_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE_MAX))
    index = data.draw(st.integers(0, size - 1))
    proof = list(inclusion_proof(index, LEAVES[:size]))
    made = data.draw(forged(proof))
    assert verify_inclusion(LEAVES[index], index, size, made, ROOTS[size]) == (made == proof)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_holds_for_its_own_leaf_index_and_root_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SIZE_MAX))
    index, other = data.draw(st.permutations(range(size)).map(lambda order: order[:2]))
    proof = inclusion_proof(index, LEAVES[:size])
    assert not verify_inclusion(LEAVES[other], index, size, proof, ROOTS[size])
    assert not verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size - 1])
    # Another index: the path has another shape, or mixes the same hashes in another order.
    assert not verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_forged_consistency_proof_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SIZE_MAX))
    old = data.draw(st.integers(1, size - 1))
    proof = list(consistency_proof(old, LEAVES[:size]))
    made = data.draw(forged(proof))
    assert verify_consistency(old, size, ROOTS[old], ROOTS[size], made) == (made == proof)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_consistency_proof_holds_for_its_own_roots_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, SIZE_MAX))
    old = data.draw(st.integers(1, size - 1))
    proof = consistency_proof(old, LEAVES[:size])
    other = data.draw(st.integers(0, SIZE_MAX))
    if other != old:
        assert not verify_consistency(old, size, ROOTS[other], ROOTS[size], proof)
    if other != size:
        assert not verify_consistency(old, size, ROOTS[old], ROOTS[other], proof)
    # The same hashes under another old size show a tree that never was.
    if 0 < other < size and other != old:
        assert not verify_consistency(other, size, ROOTS[old], ROOTS[size], proof)


def test_equal_and_empty_ledgers_need_no_proof_and_allow_none() -> None:
    assert verify_consistency(3, 3, ROOTS[3], ROOTS[3], ())
    assert not verify_consistency(3, 3, ROOTS[3], ROOTS[4], ())
    assert not verify_consistency(3, 3, ROOTS[3], ROOTS[3], (LEAVES[0],))
    assert verify_consistency(0, 3, EMPTY_ROOT, ROOTS[3], ())
    assert not verify_consistency(0, 3, ROOTS[1], ROOTS[3], ())
    assert not verify_consistency(2, 3, ROOTS[2], ROOTS[3], ())
    assert not verify_consistency(4, 3, ROOTS[4], ROOTS[3], ())
