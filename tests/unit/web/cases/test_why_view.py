"""Why a case could act, in words, also where what is on record was altered or is not there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from interlock.flows.trace.case_file import CaseFile
from interlock.ports.cases import CaseRow
from interlock.ports.store import DecisionRow
from interlock.surfaces.web.cases.why_view import replay_words, why_view
from interlock.surfaces.web.sentences import readable
from interlock.terms.decision import Decision, Verb
from interlock.terms.trace import CaseTrace, TraceLink, TraceStep

AT = "2026-03-02T09:00:00.000000Z"
GRANT = {"threshold": 0.9, "traffic_share": 0.5, "audit_share": 0.05}
INPUTS = {
    "proposal": {"confidence": 0.95},
    "grant": GRANT,
    "traffic_draw": 0.1,
    "audit_draw": 0.2,
    "applied_today": 3,
    "halted": [],
}


def file(inputs: Mapping[str, Any], *, verb: str = "apply", links: tuple[TraceLink, ...] = (), **row: Any) -> CaseFile:
    reasons = ("confidence 0.9500 >= certified threshold 0.9000",)
    case = CaseRow("k", "triage", None, None, verb, AT, 7, None, None, None, None)
    decision = DecisionRow("k", "triage", "sha256:r", verb, reasons, False, inputs, AT, 7, None, None, None)
    decided = TraceLink(TraceStep.DECISION, AT, 7, "ab" * 32, "decided", {})
    trace = CaseTrace("triage", "k", "It was.", (*links, decided), (), 8, "00" * 32)
    limits = row.pop("limits", {"always_review": ["fraud"], "applied_per_day": 5})
    return CaseFile(case, decision, trace, limits, (), True, "", False)


def words(told: CaseFile, name: str) -> str:
    return next(link.words for link in why_view(told).chain if link.name == name)


def test_limits_and_threshold_stand_before_the_decision() -> None:
    view = why_view(file(INPUTS))
    assert view.title == "Applied, because confidence 0.9500 ≥ certified threshold 0.9000"
    assert [link.name for link in view.chain] == ["Limits", "Threshold", "Decision"]
    assert view.chain[0].words == "nothing was halted; 3 applied that day of at most 5; always to a person: fraud"
    assert view.chain[1].words.replace("\xa0", " ") == (
        "confidence 0.9500; certified threshold 0.9000; drawn within the 50 % of traffic; "
        "drawn outside the 5 % of audits"
    )
    assert 'aria-label="confidence 0.9500, threshold 0.9000"' in view.picture


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("done", "Applied, because"),
        ("in_doubt", "Nobody knows whether it was applied; decided because"),
        ("failed", "It was to be applied, and nothing was changed; decided because"),
        ("undone", "Applied, and undone since; decided because"),
    ],
)
def test_a_title_calls_nothing_applied_that_was_not(state: str, title: str) -> None:
    told = file(INPUTS)
    view = why_view(replace(told, row=replace(told.row, state=state)))
    assert view.title.startswith(f"{title} confidence")


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"proposal": None, "grant": []},
        {"proposal": {"confidence": "high"}, "grant": {"threshold": True}},
        {"proposal": {"confidence": float("nan")}, "grant": {}},
    ],
)
def test_what_was_altered_is_no_picture_and_no_failure(inputs: Mapping[str, Any]) -> None:
    view = why_view(file(inputs, limits={"always_review": "fraud"}))
    assert (view.picture, view.picture_words) == ("", "the AI gave no confidence")
    assert "no threshold" in words(file(inputs), "Threshold") or "no grant" in words(file(inputs), "Threshold")


def test_an_approval_is_part_of_the_conclusion() -> None:
    approved = TraceLink(TraceStep.INTENT, AT, 9, "cd" * 32, "begun", {"approved_by": "Ben"})
    assert why_view(file(INPUTS, verb="review", links=(approved,))).title.startswith(
        "Put before a person, who approved it, because"
    )
    assert why_view(file(INPUTS, verb="review")).title.startswith("Put before a person, because")


@pytest.mark.parametrize(
    ("again", "word"),
    [
        (Decision(Verb.APPLY, ("x",)), "The same again"),
        (Decision(Verb.APPLY, ("x",), audited=True), "Another decision"),
        (Decision(Verb.DENY, ("x",)), "Another decision"),
        (None, "Cannot be decided again"),
    ],
)
def test_a_decision_that_comes_out_otherwise_is_said(again: Decision | None, word: str) -> None:
    assert replay_words(file(INPUTS), again)[0].word == word


def test_sentences_write_times_out_and_nothing_else() -> None:
    assert readable("until 2026-04-01T09:00:00.124000Z: a >= b") == "until 1 April 2026, 09:00 UTC: a ≥ b"
    assert readable("x2026-04-01T09:00:00Zx 2026-99-01T09:00:00Z") == "x2026-04-01T09:00:00Zx 2026-99-01T09:00:00Z"
