"""Two people, one case: a second blind look by somebody else, a third where they disagree; all of it can be redrawn."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governed import ANA, BEN, CARLA, DEFINITION, NAME, House
from interlock.engine.timestamp import stamp
from interlock.flows.action.observe import Observed, observe
from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.oversight.audits.close_period import close_period
from interlock.flows.oversight.audits.known_cases import KnownCase
from interlock.flows.oversight.audits.missed import missed
from interlock.flows.oversight.audits.plant import plant
from interlock.flows.oversight.audits.recheck import WorkflowRecheck, recheck_export
from interlock.flows.review.agreement import agreement
from interlock.flows.review.claim import claim, claim_next
from interlock.flows.review.decide import close_review
from interlock.flows.review.labels import Label, labels
from interlock.flows.review.settle import ask_second
from interlock.flows.review.show import show_review
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import ReviewPlan
from made_ledger import entries_of, exported

DEV, EVE = Person("Dev Patel"), Person("Eve Stone")
NUMBERS = itertools.count(1)
PENDING = Observed(wrong=False, counted=False, demoted=False)


def number(n: int) -> bytes:
    return next(NUMBERS).to_bytes(n, "big")


def made(folder: Path, **plan: Any) -> House:
    house = House(folder)
    house.live(replace(DEFINITION, review=ReviewPlan(**{"second_share": 1.0, **plan})))
    return house


@pytest.fixture
def double(tmp_path: Path) -> Iterator[House]:
    """Every audit gets a second look; Carla and Dev are named to settle disagreements."""
    house = made(tmp_path, third=("Carla Nunes", "Dev Patel"))
    house.act(house.proposal(key="k"))
    yield house
    house.opened.close()


def look(house: House, kind: str, label: str, by: Person, key: str = "k") -> Observed:
    return close_review(house.store, NAME, key, kind, label=label, by=by, clock=house.clock)


def waiting(house: House) -> list[tuple[str, str]]:
    with house.store.reading() as reading:
        return [(review.key, review.kind) for review in reading.reviews(NAME)]


def outcome(house: House, key: str = "k") -> tuple[str | None, int]:
    """The case's outcome, and how many audits the monitor has counted."""
    with house.store.reading() as reading:
        row, workflow = reading.decision(key), reading.workflow(NAME)
    assert row is not None
    assert workflow is not None
    return row.outcome, (workflow.monitor or {"n": 0})["n"]


def test_two_who_agree_make_the_outcome(double: House) -> None:
    assert look(double, "audit", "billing", ANA) == PENDING
    assert (outcome(double), waiting(double)) == ((None, 0), [("k", "second")])
    assert look(double, "second", "billing", BEN) == Observed(wrong=False, counted=True, demoted=False)
    assert (outcome(double), waiting(double)) == (("billing", 1), [])


def test_where_they_disagree_a_third_named_person_settles_it(double: House) -> None:
    look(double, "audit", "billing", ANA)
    assert not look(double, "second", "sales", BEN).counted
    assert (outcome(double), waiting(double)) == ((None, 0), [("k", "third")])
    for who, reason in ((EVE, "only Carla Nunes, Dev Patel may settle it"), (ANA, "only Carla Nunes, Dev Patel")):
        with pytest.raises(BadInput, match=reason):
            look(double, "third", "sales", who)
    assert look(double, "third", "sales", CARLA) == Observed(wrong=True, counted=True, demoted=False)
    assert (outcome(double), waiting(double)) == (("sales", 1), [])


def test_who_gave_one_of_the_two_answers_does_not_settle_it(double: House) -> None:
    look(double, "audit", "billing", CARLA)
    look(double, "second", "sales", BEN)
    with double.store.reading() as reading:
        assert [review.asked for review in reading.reviews(NAME)] == [("Dev Patel",)]
    assert claim_next(double.store, by=CARLA, clock=double.clock) is None
    look(double, "third", "sales", DEV)
    assert outcome(double) == ("sales", 1)


def test_without_a_name_anybody_else_settles_it(tmp_path: Path) -> None:
    house = made(tmp_path)
    house.act(house.proposal(key="k"))
    look(house, "audit", "billing", ANA)
    look(house, "second", "sales", BEN)
    with pytest.raises(BadInput, match="Ben Okafor has answered for this case already"):
        look(house, "third", "sales", BEN)
    look(house, "third", "billing", EVE)
    assert outcome(house) == ("billing", 1)
    house.opened.close()


def test_the_second_look_is_by_another_person(double: House) -> None:
    look(double, "audit", "billing", ANA)
    for name in ("Ana Ruiz", " ana  ruiz", "ANA RUIZ"):
        with pytest.raises(BadInput, match="has answered for this case already, and this look is to be independent"):
            look(double, "second", "billing", Person(name))
    assert claim_next(double.store, by=ANA, clock=double.clock) is None
    claimed = claim_next(double.store, by=BEN, clock=double.clock)
    assert claimed is not None
    assert (claimed.key, claimed.kind) == ("k", "second")


def test_nobody_has_both_looks_in_hand(double: House) -> None:
    ask_second(double.store, NAME, "k", by=CARLA, clock=double.clock)
    claim(double.store, NAME, "k", "second", by=ANA, clock=double.clock)
    with pytest.raises(BadInput, match="Ana Ruiz has another look at this case in hand"):
        claim(double.store, NAME, "k", "audit", by=ANA, clock=double.clock)


def test_a_look_stays_blind_until_all_have_answered(double: House) -> None:
    def proposed(kind: str, viewer: str | None) -> str | None:
        with double.store.reading() as reading:
            return show_review(reading, "k", kind, viewer=viewer).proposed

    assert proposed("audit", None) is None
    look(double, "audit", "billing", ANA)
    assert [proposed("audit", who) for who in (None, "Ben Okafor", "Ana Ruiz")] == [None, None, "billing"]
    assert proposed("second", "Ben Okafor") is None
    look(double, "second", "billing", BEN)
    assert [proposed(kind, None) for kind in ("audit", "second")] == ["billing", "billing"]


def test_while_a_look_is_missing_no_outcome_comes_from_elsewhere(double: House) -> None:
    look(double, "audit", "billing", ANA)
    with pytest.raises(BadInput, match="is in the audit sample"):
        observe(double.store, NAME, "k", label="billing", by="a feed", clock=double.clock)


def test_a_second_look_can_be_asked_for_before_and_after(live: House) -> None:
    live.act(live.proposal(key="before"))
    live.act(live.proposal(key="after"))
    ask_second(live.store, NAME, "before", by=CARLA, clock=live.clock)
    assert look(live, "second", "billing", BEN, "before") == PENDING
    assert look(live, "audit", "billing", ANA, "before").counted
    assert look(live, "audit", "billing", ANA, "after").counted
    ask_second(live.store, NAME, "after", by=CARLA, clock=live.clock)
    assert not look(live, "second", "sales", BEN, "after").counted
    look(live, "third", "sales", DEV, "after")
    assert outcome(live, "after") == ("billing", 2)  # what is known stays, and is named
    with live.store.reading() as reading:
        found = agreement(reading, NAME)
    assert (found.settled, found.overturned) == ((("after", "sales"),), ("after",))


def test_only_audits_get_a_second_look_and_only_one(live: House) -> None:
    live.act(live.proposal(key="asked", label="fraud"))
    live.act(live.proposal(key="k"))
    ask_second(live.store, NAME, "k", by=CARLA, clock=live.clock)
    for key, words in (("asked", "only audits get a second look"), ("none", "no audit"), ("k", "has a second look")):
        with pytest.raises(BadInput, match=words):
            ask_second(live.store, NAME, key, by=CARLA, clock=live.clock)


def test_a_planted_case_looks_like_the_others_and_is_counted_once(double: House) -> None:
    known = [KnownCase(f"mail-{i}", "Close it", "billing", "close account") for i in range(3)]
    plant(double.store, NAME, known, share=0.999, by=CARLA, clock=double.clock, randomness=number)
    (planted,) = (key for key, _ in waiting(double) if key != "k")
    assert look(double, "audit", "close account", ANA, planted) == Observed(wrong=True, counted=False, demoted=False)
    ask_second(double.store, NAME, planted, by=EVE, clock=double.clock)
    look(double, "second", "billing", BEN, planted)
    with double.store.reading() as reading:
        found = missed(reading, NAME)
        assert (found.rates.pooled.n, found.faults) == (1, ())
        assert agreement(reading, NAME).alpha.n == 0


def test_agreement_counts_what_both_have_labelled(tmp_path: Path) -> None:
    house = made(tmp_path)
    pairs = [("billing", "billing"), ("sales", "sales"), ("billing", "sales"), ("billing", None)]
    for i, (first, second) in enumerate(pairs):
        house.act(house.proposal(key=f"k{i}"))
        look(house, "audit", first, ANA, f"k{i}")
        if second is not None:
            look(house, "second", second, BEN, f"k{i}")
    with house.store.reading() as reading:
        found = agreement(reading, NAME)
    assert found.alpha.value == pytest.approx(1 - 5 * 2 / 18)  # 1 - (n - 1) observed / expected, by hand
    assert (found.alpha.n, found.disagreements.n_unfinished) == (3, 1)
    assert [one.key for one in found.disagreements.reviews] == ["k2"]
    house.opened.close()


def test_labels_are_one_a_case_and_the_blind_ones_are_marked(double: House) -> None:
    with double.store.transaction() as tx:
        for key in ("k", "asked", "open"):
            tx.keep_payload("sha256:payload", "Where is my bill?", key=key, at=stamp(double.clock()))
    for key, label in (("asked", "fraud"), ("open", "fraud")):
        double.act(double.proposal(key=key, label=label))
    close_review(
        double.store, NAME, "asked", "decision", label="sales", by=BEN, clock=double.clock,
        note="they want to buy", randomness=number,
    )  # fmt: skip
    look(double, "audit", "billing", ANA)
    with double.store.reading() as reading:
        assert [one.key for one in labels(reading, NAME)] == ["asked"]  # the audit is not settled yet
    look(double, "second", "sales", BEN)
    look(double, "third", "billing", DEV)
    with double.store.reading() as reading:
        found = list(labels(reading, NAME))
        closed = {review.key: str(review.closed_at) for review in reading.reviews(NAME, open_only=False)}
        settled = str(reading.review("k", "third").closed_at)  # type: ignore[union-attr]
        assert [one.key for one in labels(reading, NAME, blind_only=True)] == ["k"]
    kept: dict[str, Any] = {"text": "Where is my bill?", "confidence": 0.95, "payload_digest": "sha256:payload"}
    both, ben = ("Ana Ruiz", "Dev Patel"), ("Ben Okafor",)
    assert found == [
        Label("k", settled, label="billing", by=both, blind=True, proposed="billing", wrong=0, applied=True, **kept),
        Label(
            "asked",
            closed["asked"],
            label="sales",
            by=ben,
            blind=False,
            proposed="fraud",
            wrong=1,
            applied=False,
            **kept,
        ),
    ]


# Rechecking

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Ten audits of which about half get a second look; some agree, one does not. The period is closed."""
    house = made(tmp_path_factory.mktemp("lived"), second_share=0.5)
    for i in range(10):
        house.act(house.proposal(key=f"k{i}"))
        look(house, "audit", "billing", ANA, f"k{i}")
    for i, (key, _) in enumerate(waiting(house)):
        look(house, "second", "sales" if i == 0 else "billing", BEN, key)
    look(house, "third", "sales", DEV, waiting(house)[0][0])
    close_period(house.store, NAME, by=BEN, clock=house.clock, randomness=number)
    with sealed(house.store) as reading:
        lines = list(export(reading))
    house.opened.close()
    return entries_of(lines)


@pytest.fixture
def entries(lived: list[Entry]) -> list[Entry]:
    copied: list[Entry] = json.loads(json.dumps(lived))
    return copied


def rechecked(entries: list[Entry]) -> WorkflowRecheck:
    """A ledger of these entries that somebody hashed anew, so that it holds in itself."""
    found = recheck_export(exported(entries))
    assert found.ledger.holds
    return found.workflows[0]


def drawn(entries: list[Entry], *, second: bool) -> Entry:
    found: Entry = next(e for e in entries if e["body"].get("second", {}).get("drawn") == int(second))
    return found


def test_what_was_drawn_and_settled_rightly_holds(entries: list[Entry]) -> None:
    looks = [e["body"]["second"]["drawn"] for e in entries if "second" in e["body"]]
    assert (len(looks), 2 < sum(looks) < 9) == (10, True)
    assert rechecked(entries).faults == ()


def left_out(entries: list[Entry]) -> None:
    drawn(entries, second=True)["body"]["second"]["drawn"] = 0


def another_draw(entries: list[Entry]) -> None:
    drawn(entries, second=False)["body"]["second"]["draw"] += 1e-9


def not_drawn(entries: list[Entry]) -> None:
    del drawn(entries, second=False)["body"]["second"]


def lower_share(entries: list[Entry]) -> None:
    drawn(entries, second=False)["body"]["second"]["probability"] = 0.01


def no_draw(entries: list[Entry]) -> None:
    drawn(entries, second=True)["body"]["second"]["draw"] = None


def never_opened(entries: list[Entry]) -> None:
    key = drawn(entries, second=True)["body"]["key"]
    entries[:] = [e for e in entries if e["body"].get("key") != key or e["body"].get("kind") not in {"second", "third"}]


def first_answer_counts(entries: list[Entry]) -> None:
    key = next(e for e in entries if e["body"].get("kind") == "third")["body"]["key"]
    told = next(e for e in entries if e["kind"] == "outcome.observed" and e["body"]["key"] == key)
    told["body"] |= {"label": "billing", "wrong": 0}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (left_out, "whether it gets a second look is not what the salt gives"),
        (another_draw, "whether it gets a second look is not what the salt gives"),
        (not_drawn, "whether it gets a second look was not drawn"),
        (lower_share, "is drawn with probability 1 %, the definition says 50 %"),
        (no_draw, "its second look has no draw although a salt was in force"),
        (never_opened, "a second look was drawn for it and never opened"),
        (first_answer_counts, "its audit counts as answered 'billing'; the reviewer's answer is not that one"),
    ],
)
def test_what_was_changed_is_named(entries: list[Entry], change: Callable[[list[Entry]], None], words: str) -> None:
    change(entries)
    assert words in " / ".join(fault.reason for fault in rechecked(entries).faults)
