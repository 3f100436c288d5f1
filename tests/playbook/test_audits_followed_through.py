"""Rechecking goes on behind the draw: audits that are due were opened, and what was answered is what counts."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from governed import BEN, CARLA, DEFINITION, NAME, House
from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.oversight.audits.close_period import close_period
from interlock.flows.oversight.audits.known_cases import KnownCase
from interlock.flows.oversight.audits.plant import plant
from interlock.flows.oversight.audits.recheck import WorkflowRecheck, recheck_export
from interlock.flows.review.decide import close_review
from interlock.ports.effects import NotApplied
from interlock.terms.workflow import Rollout
from made_ledger import entries_of, exported

Entry = dict[str, Any]
NUMBERS = itertools.count(1)


def number(n: int) -> bytes:
    return next(NUMBERS).to_bytes(n, "big")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """12 applied cases of which about half are audited, one answered wrong, one right; one refused by the target."""
    house = House(tmp_path_factory.mktemp("lived"))
    house.live(replace(DEFINITION, rollout=Rollout(1.0, 0.5, 30, 90)))
    for _ in range(12):
        house.act()
    house.desk.broken = NotApplied("closed today")
    for _ in range(6):
        house.act()
    with house.store.reading() as reading:
        audits = [review.key for review in reading.reviews(NAME) if review.kind == "audit"]
    for key, label in zip(audits, ("sales", "billing"), strict=False):
        close_review(house.store, NAME, key, "audit", label=label, by=BEN, clock=house.clock)
    known = [KnownCase(f"mail-{i}", "Close it", "billing", "close account") for i in range(3)]
    plant(house.store, NAME, known, share=0.5, by=CARLA, clock=house.clock, randomness=number)
    close_period(house.store, NAME, by=BEN, clock=house.clock, randomness=number)
    with sealed(house.store) as reading:
        lines = list(export(reading))
    house.store.close()
    return entries_of(lines)


@pytest.fixture
def entries(lived: list[Entry]) -> list[Entry]:
    copied: list[Entry] = json.loads(json.dumps(lived))
    return copied


def forged(entries: list[Entry]) -> WorkflowRecheck:
    """Rechecks a ledger of these entries that somebody hashed anew, so that it holds in itself."""
    found = recheck_export(exported(entries))
    assert found.ledger.holds
    return found.workflows[0]


def of(entries: list[Entry], kind: str, /, **body: Any) -> Iterator[Entry]:
    return (e for e in entries if e["kind"] == kind and body.items() <= e["body"].items())


def test_due_and_answered_audits_are_counted(entries: list[Entry]) -> None:
    found = forged(entries)
    audited = {e["body"]["key"] for e in of(entries, "decision.made", audited=1)}
    completed = {e["body"]["key"] for e in of(entries, "intent.completed")}
    assert found.faults == ()
    assert (found.audits_due, found.audits_answered) == (len(audited & completed), 2)
    assert 2 < found.audits_due < len(audited)  # some were audited, and nothing came of them at the target


def unopened(entries: list[Entry]) -> tuple[list[Entry], str]:
    completed = next(e for e in entries if e["kind"] == "intent.completed" and "audit_due_at" in e["body"])
    del completed["body"]["audit_due_at"]
    return entries, completed["body"]["key"]


def undecided(entries: list[Entry]) -> tuple[list[Entry], str]:
    case = next(of(entries, "decision.made", verb="apply", audited=0))
    return [e for e in entries if e is not case], case["body"]["key"]


def called_a_review(entries: list[Entry]) -> tuple[list[Entry], str]:
    case = next(of(entries, "decision.made", verb="apply", audited=0))
    case["body"]["verb"] = "review"
    return entries, case["body"]["key"]


def whitewashed(entries: list[Entry]) -> tuple[list[Entry], str]:
    outcome = next(of(entries, "outcome.observed", audit=True, wrong=1))
    outcome["body"]["wrong"] = 0
    return entries, outcome["body"]["key"]


def answered_for(entries: list[Entry]) -> tuple[list[Entry], str]:
    outcome = next(of(entries, "outcome.observed", audit=True, wrong=1))
    outcome["body"].update(wrong=0, label="billing")
    return entries, outcome["body"]["key"]


def never_planted(entries: list[Entry]) -> tuple[list[Entry], str]:
    (planted,) = of(entries, "known_cases.planted")
    draw = planted["body"]["draws"][0]
    draw["drawn"] = 1 - draw["drawn"]
    return entries, draw["key"]


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (unopened, "it was applied and is to be audited, but its audit was never opened"),
        (undecided, "an effect was begun for it, but no decision to apply it is on record"),
        (called_a_review, "an effect was begun for it, but no decision to apply it is on record"),
        (whitewashed, "it counts as right, but 'billing' was proposed and 'sales' turned out true"),
        (answered_for, "its audit counts as answered 'billing'; the reviewer's answer is not that one"),
        (never_planted, "whether a known error is planted for it is not what the salt gives"),
    ],
)
def test_what_was_not_followed_through_is_named(
    entries: list[Entry], forge: Callable[[list[Entry]], tuple[list[Entry], str]], words: str
) -> None:
    changed, key = forge(entries)
    assert [(fault.key, fault.reason) for fault in forged(changed).faults] == [(key, words)]
