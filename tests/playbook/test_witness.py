"""A ledger is witnessed step by step; whoever rewrites it meanwhile is found out."""

import sqlite3

import pytest

from governed import House
from interlock.adapters.signing.ed25519 import Ed25519
from interlock.engine.ledger.merkle import grow, leaf_hash
from interlock.flows.ledger.checkpoint import new_key
from interlock.flows.ledger.kept import kept_in
from interlock.flows.ledger.verify import verify
from interlock.flows.ledger.witness import Witnessed, witness
from interlock.ports.tree import BATCH
from interlock.terms.checkpoint import SignerKey
from interlock.terms.errors import BadInput
from interlock.terms.ledger import TreeHead

SIGNING = Ed25519()


def key(name: str) -> SignerKey:
    return new_key(name, randomness=lambda n: name.encode().ljust(n)[:n], signing=SIGNING)[0]


ANA = key("example.com/ledger")
NEW = key("example.com/next")


class Kept:
    """A witness file in memory."""

    def __init__(self) -> None:
        self.content = ""

    def text(self) -> str:
        return self.content

    def append(self, text: str) -> None:
        self.content += text


@pytest.fixture
def some(house: House) -> House:
    house.define()
    house.certificate()
    house.shadow(9)
    return house


def witnessed(house: House, file: Kept, signer: SignerKey | None = ANA, *verifiers: SignerKey) -> Witnessed:
    return witness(
        house.store, file, signing=SIGNING, key=signer, verifiers=[one.verifier for one in verifiers], origin="ledger"
    )


def test_each_checkpoint_extends_the_ones_before(some: House) -> None:
    file = Kept()
    for number in range(4):
        done = witnessed(some, file)
        assert (done.check.holds, done.check.checkpoints) == (True, number)
        assert done.added is not None
        assert (done.added.size, done.added.root.hex()) == (done.check.entries, done.check.root)
        some.shadow(2)
    kept = kept_in(file.content, place="file", signing=SIGNING, verifiers=[ANA.verifier], all_signed=True)
    assert (len(kept.checkpoints), kept.faults) == (4, ())
    found = verify(some.store, kept=kept)
    assert (found.faults, found.checkpoints, found.caveat) == ((), 4, "")


def test_nothing_is_added_where_nothing_has_grown(some: House) -> None:
    file = Kept()
    witnessed(some, file)
    before = file.content
    again = witnessed(some, file)
    assert (again.check.holds, again.added, file.content) == (True, None, before)


def test_without_a_key_the_lines_are_json_and_both_may_stand_in_one_file(some: House) -> None:
    file = Kept()
    for signer in (None, ANA, None, NEW):
        assert witnessed(some, file, signer).added is not None
        some.shadow(1)
    kept = kept_in(file.content, place="file", signing=SIGNING)
    assert (len(kept.checkpoints), kept.unverified) == (4, 2)


def test_where_keys_are_named_every_checkpoint_must_be_signed_with_one(some: House) -> None:
    file = Kept()
    witnessed(some, file)
    some.shadow(1)
    assert witnessed(some, file, NEW, ANA).added is not None
    some.shadow(1)
    refused = witnessed(some, file, NEW, key("example.com/other"))
    assert (refused.check.holds, refused.added) == (False, None)
    assert "is not signed with a key that was given" in refused.check.faults[0].reason


def rewrite(house: House) -> None:
    """Somebody who has the store's file replaces a word and hashes everything anew, head and roots included."""
    with sqlite3.connect(house.path) as database:
        head = TreeHead(0, ())
        database.execute("DELETE FROM ledger_root")
        for index, record in database.execute("SELECT entry, record FROM ledger ORDER BY entry").fetchall():
            changed = record.replace(b'"people"', b'"nobody"')
            head = grow(head, leaf_hash(changed), index)
            values = (changed, leaf_hash(changed), index)
            database.execute("UPDATE ledger SET record = ?, leaf = ? WHERE entry = ?", values)
            assert head.size < BATCH
        sealed = (head.size, head.last, b"".join(head.peaks))
        database.execute("UPDATE ledger_head SET size = ?, last = ?, peaks = ?", sealed)
    database.close()


def test_a_ledger_that_was_rewritten_as_a_whole_is_not_witnessed(some: House) -> None:
    file = Kept()
    witnessed(some, file)
    some.shadow(3)
    before = file.content
    rewrite(some)
    assert verify(some.store).holds
    done = witnessed(some, file)
    assert (done.added, file.content) == (None, before)
    (fault,) = done.check.faults
    assert "does not begin with the" in fault.reason
    assert not verify(some.store, kept=kept_in(before, place="file", signing=SIGNING)).holds


def test_a_file_that_is_damaged_is_refused_and_left_as_it_is(some: House) -> None:
    file = Kept()
    witnessed(some, file)
    file.content = file.content[:-1]
    before = file.content
    with pytest.raises(BadInput, match="the witness file holds something that is no checkpoint of a ledger: line 1"):
        witnessed(some, file)
    assert file.content == before


def test_a_forged_checkpoint_in_the_file_is_told(some: House) -> None:
    file = Kept()
    witnessed(some, file)
    size = verify(some.store).entries
    file.content = file.content.replace(f"\n{size}\n", f"\n{size - 1}\n")
    some.shadow(1)
    done = witnessed(some, file)
    assert done.added is None
    assert "has a signature that does not hold" in done.check.faults[0].reason
