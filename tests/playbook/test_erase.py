"""Erasing content: who may need it keeps it, the bytes are gone, records and proofs stay, who erased is known."""

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import yaml
from pydantic import ValidationError

from commandline import DEFINITION as TEXT
from governed import ANA, BEN, DEFINITION, NAME, Desk, House
from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.ledger.canonical import digest, encoded
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import admit
from interlock.flows.action.replay import Policy, replay
from interlock.flows.action.settle import settle
from interlock.flows.action.undo import undo
from interlock.flows.erasure.erase import Order, erase_case, erase_due, erase_older, ordered
from interlock.flows.erasure.needed import IN_PROGRESS
from interlock.flows.ledger.content import keep_text
from interlock.flows.ledger.prove import check_proof, prove_inclusion
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify
from interlock.flows.review.decide import close_review
from interlock.flows.review.labels import labels
from interlock.flows.review.show import show_review
from interlock.flows.trace.case_trace import case_trace
from interlock.ports.effects import NotApplied
from interlock.ports.store import Reading, Store
from interlock.terms.decision import Proposal
from interlock.terms.erasure import Erased, KeptCase
from interlock.terms.errors import BadInput, Refused
from interlock.terms.intent import Effect, IntentState, Receipt
from interlock.terms.person import Person
from interlock.terms.workflow import WorkflowDefinition
from interlock.wiring.upkeep import StoreUpkeep

if TYPE_CHECKING:
    from postgres_server import Databases

UNAUDITED = replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=0.0), undo_days=7)
DAY = dt.timedelta(days=1)


class Kept:
    """A house on either engine, and the ways in which content comes into it."""

    def __init__(self, house: House) -> None:
        self.house, self.store = house, house.store

    def case(self, key: str, text: str = "my address is 1 Sea Road", **about: Any) -> Proposal:
        with self.store.transaction() as tx:
            content = keep_text(tx, key, text, at=stamp(self.house.clock()))
        proposal = self.house.proposal(key=key, label=about.pop("label", "billing"))
        return replace(proposal, payload_digest=content, arguments={"said": text}, **about)

    def applied(self, key: str, **about: Any) -> Proposal:
        proposal = self.case(key, **about)
        assert self.house.act(proposal).state is IntentState.DONE
        return proposal

    def later(self, by: dt.timedelta) -> None:
        self.house.now += by

    def order(self, *, dry_run: bool = False) -> Order:
        return ordered(ANA, " she asked for it ", self.house.clock, dry_run=dry_run)

    def erase(self, key: str, *, dry_run: bool = False) -> Erased:
        return erase_case(self.store, key, self.order(dry_run=dry_run))

    def content(self, key: str) -> tuple[int, int]:
        with self.store.reading() as reading:
            content = reading.content_of(key)
            return len(content.entries), len(content.texts)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    address = None
    if request.param == "postgresql":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    house = House(tmp_path, address)
    house.live(UNAUDITED)
    yield Kept(house)
    house.opened.close()


def faults(store: Store) -> tuple[Any, ...]:
    return verify(store).faults


def test_the_content_of_a_case_goes_and_its_record_stays(kept: Kept) -> None:
    proposal, other = kept.applied("hers"), kept.applied("another's")
    kept.later(8 * DAY)
    root = kept.store.seal()
    before = entries(kept.store)

    assert kept.erase("hers", dry_run=True) == Erased(cases=1, payloads=2, texts=1, dry_run=True)
    assert (kept.content("hers"), entries(kept.store)) == ((2, 1), before)
    assert kept.erase("hers") == Erased(cases=1, payloads=2, texts=1)

    after = entries(kept.store)
    assert [(one[0], one[1]) for one in after[: len(before)]] == [(one[0], one[1]) for one in before]
    *_, erasure = after
    body = erasure[2]
    decided, settled = (index for index, _, body, _ in before if body.get("key") == "hers")
    assert body == {
        "workflow": NAME,
        "by": "Ana Ruiz",
        "authenticated": False,
        "reason": "she asked for it",
        "cases": [{"key": "hers", "entries": [decided, settled], "texts": [proposal.payload_digest]}],
    }
    with sealed(kept.store) as reading:
        row = reading.decision("hers")
        assert row is not None
        assert (row.erased_entry, row.payload) == (erasure[0], None)
        assert reading.payload("hers", proposal.payload_digest) is None
        assert reading.payload("another's", other.payload_digest) == "my address is 1 Sea Road"
        assert check_proof(prove_inclusion(reading, decided))
        assert replay(reading, NAME, Policy()).erased == 1
        assert replay(reading, NAME, Policy()).differing == ()
        assert reading.head().size == root.size + 1
    assert faults(kept.store) == ()
    assert verify(kept.store).payloads_gone == 2


def entries(store: Store) -> list[tuple[int, bytes, Any, bool]]:
    with store.reading() as reading:
        return [(one.index, one.record, one.body, one.payload is not None) for one in reading.entries()]


def test_afterwards_everybody_is_told_who_erased_it(kept: Kept) -> None:
    kept.applied("k")
    kept.later(8 * DAY)
    when = kept.house.now.date()
    kept.erase("k")
    words = f"erased on {when} by Ana Ruiz (she asked for it)"

    with pytest.raises(Refused, match="not kept any more: erased on") as refused:
        undo(kept.house.rt, kept.house.desk, "k", by=BEN)
    assert str(refused.value) == f"'k' was not undone: the state before or after it is not kept any more: {words}"
    with kept.store.reading() as reading:
        trace = case_trace(reading, NAME, "k")
        assert trace.missing == (f"the state before the effect, and what the caller told of the case: {words}",)
        shown = show_review(reading, "k", "undo")
        assert (shown.text, shown.erased) == (None, words)
    assert kept.house.desk.calls == [("apply", "k")]


def test_an_effect_in_progress_in_doubt_or_undone_in_part_keeps_its_content(kept: Kept) -> None:
    house = kept.house
    admit(house.rt, NAME, kept.case("at work"), before=encoded({"queue": "inbox"}))
    house.desk.broken = TimeoutError("no answer")
    house.act(kept.case("in doubt"))
    house.desk.broken = None
    kept.applied("half undone")

    class Lost(BaseException):
        pass

    class Dying(Desk):
        def undo(self, effect: Effect, before: Any) -> Receipt:
            raise Lost

    dying = Dying()
    dying.queues = house.desk.queues
    with pytest.raises(Lost):
        undo(house.rt, dying, "half undone", by=BEN)
    kept.later(100 * DAY)
    before = entries(kept.store)
    states = {
        "at work": IntentState.EXECUTING,
        "in doubt": IntentState.IN_DOUBT,
        "half undone": IntentState.UNDOING,
    }
    for key, state in states.items():
        with pytest.raises(BadInput) as refused:
            kept.erase(key)
        assert str(refused.value) == f"the content of case '{key}' is not erased: {IN_PROGRESS[state]}"
    done = erase_older(kept.store, NAME, 0, kept.order())
    assert done == Erased(n_kept=3, kept=tuple(KeptCase(key, IN_PROGRESS[state]) for key, state in states.items()))
    assert entries(kept.store) == before


def test_what_can_be_undone_is_kept_as_long_as_the_definition_says(kept: Kept) -> None:
    kept.applied("k")
    kept.later(7 * DAY - dt.timedelta(minutes=1))
    with pytest.raises(BadInput, match=r"it was applied and can be undone until 2026-03-09T"):
        kept.erase("k")
    kept.later(dt.timedelta(minutes=1))
    assert kept.erase("k").cases == 1


def test_what_was_undone_or_never_applied_needs_no_window(kept: Kept) -> None:
    kept.applied("undone")
    undo(kept.house.rt, kept.house.desk, "undone", by=BEN)
    kept.house.desk.broken = NotApplied("closed")
    kept.house.act(kept.case("failed"))
    close_review(kept.store, NAME, "failed", "decision", label="billing", by=ANA, clock=kept.house.clock)

    assert kept.erase("undone") == Erased(cases=1, payloads=3, texts=1)
    assert kept.erase("failed") == Erased(cases=1, payloads=1, texts=1)
    assert faults(kept.store) == ()


def test_what_waits_for_a_person_keeps_its_content_until_they_are_done_with_it(kept: Kept) -> None:
    kept.house.act(kept.case("asked", label="fraud"))
    with pytest.raises(BadInput, match=r"it waits for a person \(decision review, due 2026"):
        kept.erase("asked")
    close_review(
        kept.store,
        NAME,
        "asked",
        "decision",
        label="fraud",
        by=ANA,
        clock=kept.house.clock,
        note="she told me her address",
        randomness=secrets.token_bytes,
        approve=True,
    )
    with pytest.raises(BadInput, match="Ana Ruiz approved what was proposed: it may be done until 2026"):
        kept.erase("asked")
    kept.later(2 * DAY)
    assert kept.erase("asked") == Erased(cases=1, payloads=2, texts=1)  # the note as well
    with kept.store.reading() as reading:
        assert [(one.text, one.label) for one in labels(reading, NAME)] == [(None, "fraud")]
    assert faults(kept.store) == ()


def test_a_note_that_came_after_the_erasure_goes_with_the_next_one(kept: Kept) -> None:
    kept.applied("k")
    kept.later(8 * DAY)
    kept.erase("k")
    with pytest.raises(Refused):
        undo(kept.house.rt, kept.house.desk, "k", by=BEN)
    close_review(
        kept.store,
        NAME,
        "k",
        "undo",
        label="billing",
        by=ANA,
        clock=kept.house.clock,
        note="I called her",
        randomness=secrets.token_bytes,
    )
    kept.later(DAY)
    assert erase_older(kept.store, NAME, 0, kept.order()) == Erased(cases=1, payloads=1)
    assert erase_older(kept.store, NAME, 0, kept.order()) == Erased()
    assert faults(kept.store) == ()


def test_older_cases_go_and_younger_ones_stay(kept: Kept) -> None:
    for number in range(3):
        kept.applied(f"old-{number}")
    kept.later(10 * DAY)
    kept.applied("young")

    assert erase_older(kept.store, NAME, 9, kept.order(dry_run=True)) == Erased(3, 6, 3, dry_run=True)
    assert erase_older(kept.store, NAME, 9, kept.order()) == Erased(3, 6, 3)
    assert (kept.content("old-1"), kept.content("young")) == ((0, 0), (2, 1))
    assert erase_older(kept.store, NAME, 0, kept.order()).kept[0].key == "young"
    with pytest.raises(BadInput, match="no workflow 'none'"):
        erase_older(kept.store, "none", 9, kept.order())


def test_more_cases_than_fit_into_one_batch(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.flows.erasure.erase.BATCH", 2)
    for number in range(5):
        kept.applied(f"old-{number}")
    kept.later(8 * DAY)
    assert erase_older(kept.store, NAME, 1, kept.order()) == Erased(5, 10, 5)
    assert faults(kept.store) == ()
    with kept.store.reading() as reading:
        sizes = [len(one.body["cases"]) for one in reading.entries_of("payload.erased", NAME)]
    assert sum(sizes) == 5
    assert max(sizes) == 2


def test_the_definition_says_how_long_content_is_kept(kept: Kept) -> None:
    with pytest.raises(BadInput, match="no definition says how long content is kept"):
        erase_due(kept.store, kept.order())
    kept.house.live(replace(UNAUDITED, retention_days=10))
    kept.applied("old")
    kept.case("never decided")
    kept.later(11 * DAY)
    kept.case("just proposed")
    kept.applied("young")

    with pytest.raises(BadInput, match="no definition says"):
        erase_due(kept.store, kept.order(), workflow="other")
    assert erase_due(kept.store, kept.order()) == Erased(cases=2, payloads=2, texts=2)
    contents = {key: kept.content(key) for key in ("old", "never decided", "just proposed", "young")}
    assert contents == {"old": (0, 0), "never decided": (0, 0), "just proposed": (0, 1), "young": (2, 1)}
    assert faults(kept.store) == ()


def test_texts_of_no_case_stay_where_one_workflow_keeps_its_content_for_ever(kept: Kept) -> None:
    kept.house.define(replace(UNAUDITED, retention_days=30))
    kept.house.define(replace(UNAUDITED, name="other"))
    kept.case("of whom?")
    kept.later(31 * DAY)
    assert erase_due(kept.store, kept.order()) == Erased()
    assert kept.content("of whom?") == (0, 1)


@pytest.mark.parametrize(("by", "reason"), [(Person(" "), "why"), (ANA, "  ")])
def test_nobody_erases_without_a_name_and_a_reason(kept: Kept, by: Person, reason: str) -> None:
    with pytest.raises(BadInput, match="say who erases, and why"):
        ordered(by, reason, kept.house.clock)


def test_what_is_not_there_cannot_be_erased(kept: Kept) -> None:
    kept.applied("k")
    kept.later(8 * DAY)
    kept.erase("k")
    with pytest.raises(BadInput, match="nothing is kept of case 'none': no such case was decided"):
        kept.erase("none")
    with pytest.raises(BadInput, match="nothing is kept of case 'k': it was erased before"):
        kept.erase("k")


def test_content_that_is_gone_without_an_erasure_is_a_fault(kept: Kept) -> None:
    kept.applied("k")
    kept.applied("other")
    kept.later(8 * DAY)
    kept.erase("k")
    with kept.store.reading() as reading:
        row = reading.decision("other")
        assert row is not None
    with kept.store.transaction() as tx:
        tx.erase([row.entry], [])
    assert [(one.index, one.reason) for one in faults(kept.store)] == [
        (row.entry, "its content is gone, and no erasure is on record: it was deleted")
    ]


def test_an_undo_that_read_its_content_just_before_does_not_begin(kept: Kept) -> None:
    kept.applied("k")
    kept.later(8 * DAY)

    class Slow(Desk):
        def read(self, effect: Effect) -> Any:
            kept.erase("k")
            return super().read(effect)

    desk = Slow()
    desk.queues = kept.house.desk.queues
    with pytest.raises(BadInput, match="'k' cannot be undone any more: its content was erased on 2026"):
        undo(kept.house.rt, desk, "k", by=BEN)
    assert desk.calls == []


def test_a_case_in_doubt_that_a_person_settled_can_be_erased(kept: Kept) -> None:
    kept.house.desk.broken = TimeoutError("no answer")
    kept.house.act(kept.case("k"))
    settle(kept.store, NAME, "k", applied=False, by=BEN, reason="it is not there", clock=kept.house.clock)
    close_review(kept.store, NAME, "k", "decision", label="billing", by=ANA, clock=kept.house.clock)
    assert kept.erase("k") == Erased(cases=1, payloads=1, texts=1)


def test_erased_bytes_are_in_no_file_of_an_embedded_store(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.live(UNAUDITED)
    kept = Kept(house)
    marks = {f"k{number}": f"MARK-{secrets.token_hex(12)}" for number in range(120)}
    for number, (key, mark) in enumerate(marks.items()):
        text = mark * (1 + number * 7 % 240)  # some fit into a page beside others, some take pages of their own
        proposal = kept.case(key, text=text[:9_000], segment=None)
        house.act(proposal)
        if number % 3 == 0:
            undo(house.rt, house.desk, key, by=BEN)
    stays = kept.case("stays", text="THIS-STAYS")
    house.now += 8 * DAY
    house.act(stays)
    assert {mark for mark in marks.values() if mark.encode() in on_disk(tmp_path)} == set(marks.values())

    assert erase_older(house.store, NAME, 7, kept.order()) == Erased(120, 280, 120)
    left = on_disk(tmp_path)
    assert [mark for mark in marks.values() if mark.encode() in left] == []
    assert b"THIS-STAYS" in left
    assert verify(house.store).holds
    house.opened.close()
    left = on_disk(tmp_path)
    assert [mark for mark in marks.values() if mark.encode() in left] == []


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_somebody_who_reads_since_before_holds_bytes_back_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interlock.adapters.sqlite.purge.PATIENCE_S", 0.1)
    house = House(tmp_path)
    house.live(UNAUDITED)
    kept = Kept(house)
    kept.applied("k", text="SECRET-OF-HERS")
    house.now += 8 * DAY
    with house.store.reading() as reading:
        assert look(reading) == "SECRET-OF-HERS"
        assert kept.erase("k") == Erased(1, 2, 1, is_purged=False)
        assert look(reading) == "SECRET-OF-HERS"  # their view is from before
    assert erase_older(house.store, NAME, 0, kept.order()) == Erased()
    assert b"SECRET-OF-HERS" not in on_disk(tmp_path)
    house.opened.close()


def look(reading: Reading) -> str | None:
    return reading.payload("k", digest("SECRET-OF-HERS"))


def test_the_rows_of_a_shared_store_are_gone(tmp_path: Path, postgres: "Databases") -> None:
    address = postgres.new_database()
    house = House(tmp_path, address)
    house.live(UNAUDITED)
    kept = Kept(house)
    kept.applied("k", text="SECRET-OF-HERS")
    house.now += 8 * DAY
    query = """
    SELECT (SELECT count(*) FROM payload WHERE text LIKE '%SECRET%')
         + (SELECT count(*) FROM ledger WHERE convert_from(payload, 'UTF8') LIKE '%SECRET%')
    """
    with psycopg.connect(address, autocommit=True) as db:
        assert db.execute(query).fetchone() == (2,)
        kept.erase("k")
        assert db.execute(query).fetchone() == (0,)
        dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname IN ('ledger', 'payload')"
        assert db.execute(dead).fetchall() == [(0,), (0,)]
    house.opened.close()


def test_a_definition_cannot_promise_an_undo_that_it_does_not_keep() -> None:
    with pytest.raises(ValidationError, match=r"retention_days \(6\) is shorter than undo_days \(7\)"):
        WorkflowFile.model_validate(_file(retention_days=6, undo_days=7))
    definition: WorkflowDefinition = WorkflowFile.model_validate(_file(retention_days=7, undo_days=7)).definition()
    assert (definition.retention_days, definition.undo_days) == (7, 7)


def _file(**changed: int) -> dict[str, Any]:
    return {**yaml.safe_load(TEXT), **changed}


def test_a_backup_that_is_made_afterwards_holds_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    house = House(tmp_path / "house")
    house.live(UNAUDITED)
    kept = Kept(house)
    kept.applied("k", text="SECRET-OF-HERS")
    upkeep, before, after = StoreUpkeep(house.clock), tmp_path / "before.backup", tmp_path / "after.backup"
    upkeep.back_up(house.address, before)
    house.now += 8 * DAY
    kept.erase("k")
    upkeep.back_up(house.address, after)
    assert (b"SECRET-OF-HERS" in before.read_bytes(), b"SECRET-OF-HERS" in after.read_bytes()) == (True, False)
    upkeep.restore(after, str(tmp_path / "again.db"), by=BEN, reason="a rehearsal")
    again = SqliteStore(tmp_path / "again.db", merkle)
    checked = verify(again)
    assert (checked.faults, checked.payloads_gone) == ((), 2)
    again.close()
    house.opened.close()
