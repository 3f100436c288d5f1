"""The `review` part of a definition: defaults, packs, and the way into the ledger and back."""

from dataclasses import replace
from pathlib import Path

from commandline import DEFINITION as FILE
from governed import DEFINITION
from interlock.adapters.definitions.review_schema import reasons_in
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.rollout.definition import definition_of, review_plan_of
from interlock.terms.review import ReviewPlan, ReviewReason

PLAN = ReviewPlan(
    decision_due_h=4.0,
    audit_due_h=72.0,
    undo_due_h=0.5,
    escalate_to=("Dev Patel", "value owner"),
    refuse_after_h=1.0,
    claim_minutes=10.0,
    approval_h=2.0,
    second_share=0.25,
    third=("Carla Nunes",),
    reasons=(ReviewReason("harm", "it hurts"), ReviewReason("other", "something else")),
    together_max=20,
)
WRITTEN = """\
review:
  due_hours: {decision: 4, audit: 72, undo: 0.5}
  escalate_to: [Dev Patel, value owner]
  refuse_after_hours: 1
  claim_minutes: 10
  approval_hours: 2
  second_share: 0.25
  third: [Carla Nunes]
  reasons: [{id: harm, words: it hurts}, {id: other, words: something else}]
  together_max: 20
"""


def read(folder: Path, text: str) -> ReviewPlan:
    (folder / "triage.yaml").write_text(FILE + text, encoding="utf-8")
    return read_definition(folder / "triage.yaml").review


def test_every_field_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, WRITTEN) == PLAN


def test_a_definition_that_says_nothing_has_the_usual_plan_and_its_old_digest(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ReviewPlan() == review_plan_of(None)
    assert "review" not in plain(DEFINITION)
    assert "together_max" not in plain(replace(PLAN, together_max=0))
    assert digest(DEFINITION) == digest(replace(DEFINITION, review=ReviewPlan()))
    assert digest(DEFINITION) != digest(replace(DEFINITION, review=PLAN))


def test_what_is_recorded_comes_back(tmp_path: Path) -> None:
    assert definition_of(plain(replace(DEFINITION, review=PLAN))) == replace(DEFINITION, review=PLAN)


def test_a_pack_stands_behind_ones_own_reasons(tmp_path: Path) -> None:
    own = "review: {reason_pack: standard, reasons: [{id: harm, words: our own words}]}\n"
    standard = reasons_in("standard")
    assert len(standard) > 3
    assert read(tmp_path, "review: {reason_pack: standard}\n").reasons == standard
    found = read(tmp_path, own).reasons
    assert found[0] == ReviewReason("harm", "our own words")
    assert found[1:] == tuple(one for one in standard if one.id != "harm")


def test_each_kind_has_its_due_time() -> None:
    hours = [PLAN.due_h(kind) for kind in ("decision", "audit", "second", "third", "undo")]
    assert hours == [4.0, 72.0, 72.0, 72.0, 0.5]
