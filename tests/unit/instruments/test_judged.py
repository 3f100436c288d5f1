"""What verdicts of gates say about instruments: each of ten failure patterns is found, and each gate fills its line."""

from dataclasses import replace
from typing import Any

import pytest

import portfolio_made
from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.probes import Facts, Probed
from interlock.engine.instruments.probing import probe
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.portfolio import Standing
from interlock.terms.stage import RolloutStage
from interlock.terms.workflow import Owners

PACKS = {one.id: one for one in read_instruments()}
GATES = ("problem framing", "data fitness", "privacy and legal", "model selection", "guardrails", "human in the loop",
         "observability", "decide")  # fmt: skip
LINES = tuple(item.id for item in PACKS["readiness-gates"].items)
AT = "2026-10-20T08:00:00.000000Z"


def verdict(gate: str, answer: Verdict, release: str, waived: str = "") -> GateVerdict:
    of_gate = Verdict.PASSED if waived else answer
    return GateVerdict(gate, release, of_gate, (Finding("it", answer, "so it is", "", ("sha256:e",), waived),), AT)


def sound(**changes: object) -> Standing:
    """A live workflow of which every gate passed; `changes` replace its parts."""
    made = portfolio_made.live("w")
    gates = {gate: verdict(gate, Verdict.PASSED, made.release) for gate in GATES}
    initiative = replace(made.definition.initiative, vendors=())
    return replace(made, **{"gates": gates, "definition": replace(made.definition, initiative=initiative), **changes})  # type: ignore[arg-type]


def found(instrument: str, standing: Standing) -> dict[str, Probed]:
    return dict(probe(PACKS[instrument], Facts(standing, (), "2026-01-01", None)))


def shown(standing: Standing) -> list[str]:
    return [name for name, says in found("failure-patterns", standing).items() if says.there]


def failing(gate: str) -> Standing:
    made = sound()
    return replace(made, gates={**(made.gates or {}), gate: verdict(gate, Verdict.FAILED, made.release)})


def vendor_without_exit() -> Standing:
    made = portfolio_made.live("w")
    (vendor, *_) = made.definition.initiative.vendors
    initiative = replace(made.definition.initiative, vendors=(replace(vendor, exit_to=None),))
    return sound(definition=replace(made.definition, initiative=initiative))


FAULTS = {
    "vague-framing": failing("problem framing"),
    "unusable-data": failing("data fitness"),
    "compliance-last": failing("privacy and legal"),
    "model-against-reality": failing("model selection"),
    "no-guardrails": failing("guardrails"),
    "people-as-an-afterthought": sound(open_reviews=5, late_reviews=1),
    "uptime-only": failing("observability"),
    "unclear-owners": sound(definition=replace(sound().definition, owners=Owners("Ana", "Ben"))),
    "vendor-lock-in": vendor_without_exit(),
    "incentives": sound(stage=RolloutStage.SCALE, measurements=()),
}


def test_each_of_the_ten_failure_patterns_has_a_planted_fault() -> None:
    assert tuple(FAULTS) == tuple(item.id for item in PACKS["failure-patterns"].items)
    assert shown(sound()) == []


@pytest.mark.parametrize("pattern", FAULTS)
def test_each_of_the_ten_failure_patterns_is_found_alone(pattern: str) -> None:
    assert shown(FAULTS[pattern]) == [pattern]
    assert found("failure-patterns", FAULTS[pattern])[pattern].says


@pytest.mark.parametrize("pattern", ["compliance-last", "no-guardrails", "uptime-only"])
def test_what_acts_before_its_gate_was_judged_shows_the_pattern(pattern: str) -> None:
    assert pattern in shown(sound(gates={}))
    assert pattern in shown(sound(release="another"))
    assert pattern in shown(sound(gates={}, grant=None, live_by_drift=True))


def test_of_an_idea_that_nobody_judged_nothing_is_known() -> None:
    idea = sound(gates={}, grant=None, stage=RolloutStage.EXPLORATION)
    assert set(found("failure-patterns", idea)) == {"vendor-lock-in"}


@pytest.mark.parametrize(
    ("stage", "is_shown"),
    [
        (RolloutStage.EXPLORATION, False),
        (RolloutStage.PILOT, False),
        (RolloutStage.CONTROLLED_ROLLOUT, True),
        (RolloutStage.OPERATION, True),
    ],
)
def test_past_the_pilot_without_one_measured_kpi_is_a_launch_for_its_own_sake(
    stage: RolloutStage, *, is_shown: bool
) -> None:
    assert ("incentives" in shown(sound(stage=stage, measurements=()))) is is_shown
    assert "incentives" not in shown(sound(stage=stage))


@pytest.mark.parametrize("role", ["value", "delivery", "safety", "escalation"])
def test_each_of_four_owners_who_is_missing_is_named(role: str) -> None:
    whole = sound()
    nobody: dict[str, Any] = {role: () if role == "escalation" else None}
    bare = replace(whole.definition.owners, **nobody)
    standing = replace(whole, definition=replace(whole.definition, owners=bare))
    assert found("failure-patterns", standing)["unclear-owners"].says == f"nobody is named for: {role}"


def test_a_waiver_takes_no_pattern_away() -> None:
    made = sound()
    gates = {**(made.gates or {}), "guardrails": verdict("guardrails", Verdict.FAILED, made.release, "by Ben")}
    assert shown(replace(made, gates=gates)) == ["no-guardrails"]


def test_each_of_the_eight_gates_fills_its_line_and_an_older_release_fills_none() -> None:
    lines = found("readiness-gates", sound())
    assert [(name, says.there) for name, says in lines.items()] == [
        (item.id, True) for item in PACKS["readiness-gates"].items
    ]
    assert found("readiness-gates", sound(release="another")) == {}


@pytest.mark.parametrize(("gate", "line"), list(zip(GATES, LINES, strict=True)))
def test_a_gate_that_failed_contradicts_its_line_alone(gate: str, line: str) -> None:
    lines = found("readiness-gates", failing(gate))
    assert [name for name, says in lines.items() if not says.there] == [line]
    assert lines[line].says == f"the gate '{gate}' is failed: so it is"
    assert lines[line].evidence == ("sha256:e",)


def test_shadow_first_is_told_by_the_gate_that_reads_shadow_cases() -> None:
    made = sound()
    assert "shadow-first" not in found("oversight-checklist", made)
    gates = {"limited live": verdict("limited live", Verdict.FAILED, made.release)}
    assert not found("oversight-checklist", replace(made, gates=gates))["shadow-first"].there


def test_a_gate_that_passed_by_a_waiver_says_so() -> None:
    made = sound()
    gates = {"decide": verdict("decide", Verdict.FAILED, made.release, "by Ben")}
    assert found("readiness-gates", replace(made, gates=gates))["decide"].says.endswith("with a waiver for: it")
