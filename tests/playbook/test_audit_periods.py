"""Audit periods: their salts are committed to, published at the close, never drawn with again, and rechecked."""

import hashlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.adapters.sqlite.store import SqliteStore
from interlock.engine.ledger import merkle
from interlock.engine.ledger.export_lines import header_line
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.flows.ledger.export import export
from interlock.flows.ledger.record import record
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_export, verify_store
from interlock.flows.oversight.audits.close_period import ClosedPeriod, close_period
from interlock.flows.oversight.audits.recheck import Rechecked, WorkflowRecheck, recheck_export, recheck_store
from interlock.flows.oversight.audits.salts import salt_in_force
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.define import define, salt_name
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.person import Person
from interlock.terms.workflow import Rollout, WorkflowDefinition
from made_ledger import entries_of, exported

HALF = replace(DEFINITION, rollout=Rollout(traffic_share=0.8, audit_share=0.5, grant_days=30, evidence_days=90))
OTHER = replace(HALF, acts={"model": "sha256:two"})
Entry = dict[str, Any]


def bytes_in_turn() -> Callable[[int], bytes]:
    """Salts that differ from each other, the same in every run."""
    numbers = itertools.count(1)
    return lambda n: hashlib.sha256(b"salt %d" % next(numbers)).digest()[:n]


FRESH = bytes_in_turn()


def applied(house: House, definition: WorkflowDefinition) -> str:
    """The release, made with a salt of its own."""
    made = define(house.store, definition, by=CARLA, code_version="1", clock=house.clock, randomness=FRESH)
    house.release = made.release.digest
    return house.release


def authorized(house: House, definition: WorkflowDefinition = HALF) -> None:
    applied(house, definition)
    house.certificate()
    house.shadow(60)
    house.judge()
    house.promote()


def close(house: House, by: Person = BEN) -> ClosedPeriod:
    return close_period(house.store, NAME, by=by, clock=house.clock, randomness=FRESH)


def rechecked(house: House) -> WorkflowRecheck:
    with sealed(house.store) as reading:
        found = recheck_store(reading, NAME)
        assert recheck_export(export(reading)).workflows == found.workflows
    assert found.ledger.holds
    return found.workflows[0]


def salt_of(house: House) -> bytes:
    with house.store.reading() as reading:
        salt = salt_in_force(reading, NAME, house.release)
    assert salt is not None
    return salt


@pytest.fixture(scope="module")
def closed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 shadow cases and 40 with authority, a close, and 10 more."""
    house = House(tmp_path_factory.mktemp("closed"))
    authorized(house)
    for _ in range(40):
        house.act()
    close(house)
    for _ in range(10):
        house.act()
    house.store.close()
    return house.path


@pytest.fixture
def entries(closed_once: Path) -> list[Entry]:
    """The entries of its exported ledger."""
    store = SqliteStore(closed_once, merkle)
    with sealed(store) as reading:
        lines = list(export(reading))
    store.close()
    return entries_of(lines)


def forged(entries: Iterable[Entry]) -> Rechecked:
    """Rechecks a ledger of these entries that somebody hashed anew, so that it holds in itself."""
    made = exported(entries)
    assert verify_export(made).holds
    return recheck_export(made)


def decisions(entries: Iterable[Entry], verb: str, audited: int) -> Iterator[Entry]:
    return (
        e
        for e in entries
        if e["kind"] == "decision.made" and (e["body"]["verb"], e["body"]["audited"]) == (verb, audited)
    )


def named(found: Rechecked) -> list[tuple[str | None, str]]:
    return [(fault.key, fault.reason) for one in found.workflows for fault in one.faults]


# closing


def test_a_close_publishes_the_salt_and_commits_to_a_fresh_one(house: House) -> None:
    authorized(house)
    before, was = salt_of(house), house.kinds()
    closed = close(house)
    assert house.kinds()[len(was) :] == ["salt.published", "salt.committed"]
    (published,) = closed.published
    assert bytes.fromhex(published.salt_hex) == before
    assert (published.salt, published.sha256) == (salt_name(house.release), hashlib.sha256(before).hexdigest())
    assert (closed.next_salt, closed.lost) == (f"{salt_name(house.release)}:2", ())
    assert closed.next_sha256 == hashlib.sha256(salt_of(house)).hexdigest() != published.sha256
    with house.store.reading() as reading:
        (entry,) = reading.entries_of("salt.published", NAME)
        assert (entry.index, entry.body["by"], entry.body["authenticated"]) == (published.entry, BEN.name, False)
        assert verify_store(reading).holds


def test_what_is_decided_after_a_close_is_drawn_with_the_fresh_salt(house: House) -> None:
    authorized(house)
    old = salt_of(house)
    close(house)
    fresh = salt_of(house)
    proposals = [house.proposal() for _ in range(20)]
    for proposal in proposals:
        house.act(proposal)
    keys = [proposal.key for proposal in proposals]
    with house.store.reading() as reading:
        drawn = {key: row.inputs["audit_draw"] for key in keys if (row := reading.decision(key))}
    assert drawn == {key: audit_draw(f"audit:{key}", salt=fresh) for key in keys}
    assert not set(drawn.values()) & {audit_draw(f"audit:{key}", salt=old) for key in keys}


def test_open_audits_stay_due_and_count(live: House) -> None:
    case = live.proposal(key="waits")
    live.act(case)
    with live.store.reading() as reading:
        before = reading.reviews(NAME)
    close(live)
    with live.store.reading() as reading:
        assert reading.reviews(NAME) == before
    assert [review.key for review in before] == ["waits"]
    assert close_review(live.store, NAME, "waits", "audit", label="billing", by=CARLA, clock=live.clock).counted


def test_a_published_salt_is_never_drawn_with_again_whatever_releases_come_and_go(house: House) -> None:
    first = applied(house, HALF)
    used, published = {salt_of(house)}, []
    for step in range(8):
        if step % 3 == 2:
            applied(house, OTHER if house.release == first else HALF)
        else:
            published += [bytes.fromhex(salt.salt_hex) for salt in close(house).published]
        assert salt_of(house) not in published
        used.add(salt_of(house))
        house.shadow(1)
    assert len(published) == len(set(published)) == len(used) - 1
    found = rechecked(house)
    assert (found.faults, found.never_checkable, found.right, found.checked) == ((), 0, 7, 7)
    assert (found.not_yet_checkable, found.decisions) == (1, 8)


def test_a_close_publishes_the_salts_of_all_releases_of_the_period(house: House) -> None:
    applied(house, HALF)
    house.shadow(3)
    applied(house, OTHER)
    house.shadow(2)
    assert len(close(house).published) == 2
    found = rechecked(house)
    assert (found.right, found.checked, found.decisions, found.closed_periods) == (5, 5, 5, 1)


def test_an_older_store_where_a_release_came_back_with_its_first_salt_goes_on_and_can_be_closed(house: House) -> None:
    """Before there were periods, a release that came back kept its salt, and the other's was the newest."""
    one = applied(house, HALF)
    house.shadow(2)
    first = salt_of(house)
    applied(house, OTHER)
    with house.store.transaction() as tx:
        (defined, *_) = tx.entries_of("release.defined", NAME)
        record(tx, "release.defined", defined.body, at="2026-03-02T10:00:00.000000Z")
    house.release = one
    assert salt_of(house) == first
    house.shadow(2)
    assert len(close(house).published) == 2
    house.shadow(1)
    found = rechecked(house)
    assert (found.faults, found.right, found.checked, found.not_yet_checkable) == ((), 4, 4, 1)


@pytest.mark.parametrize("who", [Person(""), Person(" \u200b ")])
def test_only_a_named_person_closes(house: House, who: Person) -> None:
    authorized(house)
    before = house.kinds()
    with pytest.raises(BadInput, match="needs the name of the person"):
        close(house, by=who)
    assert house.kinds() == before


def test_unknown_workflows_and_missing_or_replaced_salts_are_refused_and_nothing_is_applied(house: House) -> None:
    with pytest.raises(BadInput, match="there is no workflow 'triage'"):
        close(house)
    authorized(house)
    house.act()
    for change in ("UPDATE secret SET value = x'00112233445566778899aabbccddeeff'", "DELETE FROM secret"):
        with sqlite3.connect(house.path) as database:
            database.execute(change)
        database.close()
        before = house.kinds()
        with pytest.raises(BadInput, match="no salt that was committed to"):
            close(house)
        assert house.kinds() == before
        house.rt.standings.refreshed(NAME)  # as a process that begins: it never saw the salt that was committed to
        assert house.act().decision.verb is Verb.SHADOW
    applied(house, OTHER)
    closed = close(house)
    assert (len(closed.published), len(closed.lost)) == (1, 1)
    with house.store.reading() as reading:
        (found,) = recheck_store(reading, NAME).workflows
    assert (found.checked, found.never_checkable) == (0, 63)
    assert "was not published when its period closed: its 63 decisions cannot be checked" in found.faults[0].reason
    no_draw = [f for f in found.faults if "without a draw although audited authority was in force" in f.reason]
    assert len(no_draw) == 2


def test_a_salt_that_was_published_without_a_successor_draws_nothing_more(house: House) -> None:
    """No flow leaves this behind; a tool that wrote to the ledger by itself could."""
    authorized(house)
    name, salt = salt_name(house.release), salt_of(house)
    body = {"workflow": NAME, "salt": name, "salt_hex": salt.hex(), "sha256": hashlib.sha256(salt).hexdigest()}
    with house.store.transaction() as tx:
        record(tx, "salt.published", {**body, "by": "a tool", "authenticated": False}, at="2026-03-02T10:00:00.000000Z")
    assert house.act().decision.verb is Verb.SHADOW
    with pytest.raises(BadInput, match="no salt that was committed to"):
        close(house)
    found = rechecked(house)
    assert [fault.reason for fault in found.faults] == [
        "it was recorded without a draw although audited authority was in force"
    ]
    assert (found.right, found.checked, found.never_checkable) == (60, 60, 1)


def test_a_close_that_fails_half_way_leaves_nothing(house: House) -> None:
    authorized(house)
    before, salt = house.kinds(), salt_of(house)

    def broken(n: int) -> bytes:
        raise OSError(f"no {n} random bytes")

    with pytest.raises(OSError, match="no 32 random bytes"):
        close_period(house.store, NAME, by=BEN, clock=house.clock, randomness=broken)
    with pytest.raises(Unavailable, match="repeated a salt that was published"):
        close_period(house.store, NAME, by=BEN, clock=house.clock, randomness=lambda _: salt)
    assert (house.kinds(), salt_of(house)) == (before, salt)


# rechecking


def test_before_the_first_close_nothing_counts_as_right(house: House) -> None:
    authorized(house)
    for _ in range(5):
        house.act()
    found = rechecked(house)
    assert (found.checked, found.right, found.not_yet_checkable, found.decisions, found.faults) == (0, 0, 65, 65, ())
    assert [period.state for period in found.periods] == ["open"]


def test_a_sound_ledger_is_rechecked_with_its_denominators(entries: list[Entry]) -> None:
    found = forged(entries)
    assert (found.found_wrong, named(found)) == (0, [])
    (one,) = found.workflows
    assert (one.checked, one.right, one.not_yet_checkable, one.never_checkable, one.decisions) == (100, 100, 10, 0, 110)
    first, second = one.periods
    assert (first.state, first.closed_by, first.decisions, first.right) == ("closed", BEN.name, 100, 100)
    assert 0 < first.audited < first.applied < 40
    assert (second.state, second.checked, second.right, second.decisions) == ("open", 0, 0, 10)


@pytest.mark.parametrize("kind", ["traffic", "audit"])
def test_a_changed_draw_is_named(entries: list[Entry], kind: str) -> None:
    case = next(decisions(entries, "apply", 0))["body"]
    true = case["inputs"][f"{kind}_draw"]
    case["inputs"][f"{kind}_draw"] = 0.75
    found = forged(entries)
    assert named(found) == [(case["key"], f"its {kind} draw is recorded as 0.75, the salt gives {true}")]
    assert (found.workflows[0].right, found.workflows[0].checked) == (99, 100)


@pytest.mark.parametrize(("flag", "recorded", "due"), [(1, "audited", "not audited"), (0, "not audited", "audited")])
def test_a_flipped_audit_flag_is_named(entries: list[Entry], flag: int, recorded: str, due: str) -> None:
    case = next(decisions(entries, "apply", 1 - flag))["body"]
    case["audited"] = flag
    reason = f"it is recorded as {recorded}; by the salt and the grant's audit share of 50 % it is {due}"
    never = [(case["key"], "it was applied and is to be audited, but its audit was never opened")]
    assert named(forged(entries)) == [(case["key"], reason), *(never if flag else ())]


def test_a_flipped_flag_together_with_its_draw_and_its_share_is_named(entries: list[Entry]) -> None:
    case = next(decisions(entries, "apply", 1))["body"]
    case["audited"], case["inputs"]["audit_draw"], case["inputs"]["grant"]["audit_share"] = 0, 0.9, 0.1
    reasons = [reason for key, reason in named(forged(entries)) if key == case["key"]]
    assert [reason.split(" is ")[0] for reason in reasons] == ["its audit share", "its audit draw", "it"]


def test_a_flag_that_its_own_draw_contradicts_is_named_before_the_close(entries: list[Entry]) -> None:
    case = list(decisions(entries, "apply", 1))[-1]["body"]
    case["audited"] = 0
    found = forged(entries)
    ((key, reason),) = named(found)
    assert (key, "by the recorded draw" in reason) == (case["key"], True)
    assert found.workflows[0].not_yet_checkable == 10


def test_a_wrong_published_salt_is_named_and_its_cases_are_not_right(entries: list[Entry]) -> None:
    published = next(e for e in entries if e["kind"] == "salt.published")
    published["body"]["salt_hex"] = "ab" * 32
    found = forged(entries)
    ((key, reason),) = named(found)
    assert (key, "is not the one that entry 1 committed to: its 100 decisions cannot be checked" in reason) == (
        None,
        True,
    )
    (one,) = found.workflows
    assert (one.checked, one.right, one.never_checkable, one.periods[0].state) == (0, 0, 100, "lost")


def test_a_case_applied_outside_the_traffic_share_is_named(entries: list[Entry]) -> None:
    outside = (e["body"] for e in decisions(entries, "review", 0) if e["body"]["inputs"]["traffic_draw"] >= 0.8)
    case = next(outside)
    case["verb"] = "apply"
    case["audited"] = int(case["inputs"]["audit_draw"] < 0.5)
    assert [(key, "outside the 80 % of traffic" in reason) for key, reason in named(forged(entries))] == [
        (case["key"], True)
    ]


def without(entries: list[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry["kind"] != kind]


def undrawn(entries: list[Entry]) -> list[Entry]:
    case = next(decisions(entries, "apply", 1))["body"]
    case["inputs"].update(grant=None, audit_draw=1.0, traffic_draw=1.0)
    return entries


def under_a_known_salt(entries: list[Entry]) -> list[Entry]:
    """A salt is published and the old one drawn with again: the fresh commitment is left out."""
    last = [e for e in entries if e["kind"] == "salt.committed"][-1]
    return [entry for entry in entries if entry is not last]


def decided_twice(entries: list[Entry]) -> list[Entry]:
    case = next(decisions(entries, "apply", 1))
    return [*entries, {**case, "body": {**case["body"], "audited": 0}}]


def salted_between(entries: list[Entry]) -> list[Entry]:
    first = next(e for e in entries if e["kind"] == "salt.committed")
    other = {"workflow": NAME, "salt": f"{first['body']['salt']}:9", "sha256": "00" * 32}
    return [*entries, {**first, "body": other}]


def repeated(entries: list[Entry]) -> list[Entry]:
    first, last = (e["body"] for e in entries if e["kind"] == "salt.committed")
    last["sha256"] = first["sha256"]
    return entries


def cut(entries: list[Entry]) -> list[Entry]:
    del next(decisions(entries, "apply", 1))["body"]["inputs"]["audit_draw"]
    return entries


@pytest.mark.parametrize(
    ("plant", "words", "times"),
    [
        (undrawn, "without a draw although audited authority was in force", 1),
        (under_a_known_salt, "it was drawn although no secret salt was in force", 10),
        (decided_twice, "it was decided before: a second decision would draw its audit again", 1),
        (salted_between, "came in the middle of a period: draws could be picked", 1),
        (repeated, "is one that was published before: its draws were known", 1),
        (cut, "this decision.made cannot be read: 'audit_draw'", 1),
        (lambda entries: without(entries, "grant.given"), "it was applied although no grant was in force", None),
    ],
)
def test_other_ways_around_the_audits_are_named(
    entries: list[Entry], plant: Callable[[list[Entry]], list[Entry]], words: str, times: int | None
) -> None:
    found = [reason for _, reason in named(forged(plant(entries))) if words in reason]
    assert found if times is None else len(found) == times


def test_cases_that_cannot_be_read_are_counted_and_never_right(entries: list[Entry]) -> None:
    (one,) = forged(cut(entries)).workflows
    assert (one.checked, one.right, one.never_checkable, one.decisions) == (99, 99, 1, 110)


@pytest.mark.parametrize(
    "change",
    [
        {"key": 7}, {"key": "\ud800"}, {"inputs": None}, {"verb": ["apply"]}, {"audited": "yes"}, {"release": None},
    ],
)  # fmt: skip
def test_damage_is_a_fault_and_never_an_exception(entries: list[Entry], change: Mapping[str, Any]) -> None:
    lines = [header_line(len(entries), bytes(32))]
    case = next(decisions(entries, "apply", 1))
    case["body"].update(change)
    lines += [json.dumps({"entry": entry, "leaf": "", "n": n}).encode() + b"\n" for n, entry in enumerate(entries)]
    assert recheck_export([*lines, b"\xff\n", b"[]\n", b'{"entry":[]}\n']).workflows[0].faults


def test_a_store_whose_ledger_was_altered_is_named_as_such(closed_once: Path, tmp_path: Path) -> None:
    shutil.copy(closed_once, tmp_path / "store.db")
    with sqlite3.connect(tmp_path / "store.db") as database:
        database.execute("UPDATE decision SET audited = 1 - audited WHERE key = 'case-00061'")
    database.close()
    store = SqliteStore(tmp_path / "store.db", merkle)
    with store.reading() as reading:
        found = recheck_store(reading, NAME)
    store.close()
    assert [fault.reason for fault in found.ledger.faults] == [
        "the state differs from the ledger: decision case-00061 was changed (audited)"
    ]
    assert (found.found_wrong, found.workflows[0].right) == (1, 100)


@pytest.mark.parametrize("lines", [[], [b"hello\n"], [b"{}\n"], [b'["a"]\n', b"{}\n"]])
def test_what_is_no_exported_ledger_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(BadInput, match="no exported ledger"):
        recheck_export(lines)
