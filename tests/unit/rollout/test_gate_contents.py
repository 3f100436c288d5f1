"""What the packs of gates ask: every check that a gate cannot do without, and every figure in it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from governed import DEFINITION
from interlock.adapters.packs.gates import read_gates
from interlock.engine.rollout.gate_facts import GateFacts
from interlock.engine.rollout.gates import answered
from interlock.terms.evidence import Evidence, EvidenceClass, Verdict
from interlock.terms.gate import GateCheck
from interlock.terms.initiative import Initiative, ServiceLevels

PACKS = {pack.id: pack for pack in read_gates()}
CHECKS: dict[tuple[str, str], GateCheck] = {
    (gate.id, check.id): check for pack in PACKS.values() for gate in pack.gates for check in gate.checks
}
NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)

# The checks of each gate, and what answers each.
EIGHT_READINESS_GATES: dict[str, dict[str, str]] = {
    "problem framing": {
        "persona": "stated", "behaviour change": "stated", "falsifiable outcome": "falsifiable",
        "use case": "use case", "without AI": "stated",
    },
    "data fitness": {
        "samples": "recorded", "edge cases": "recorded", "data owner": "stated", "lawful": "stated",
        "representative": "attested",
    },
    "privacy and legal": {
        "impact assessment": "attested", "vendor agreements": "stated", "purpose and basis": "stated",
        "minimisation": "stated", "may not leave": "stated",
    },
    "model selection": {
        "service levels": "stated", "bake-off": "bake-off",
    },
    "guardrails": {
        "input limits": "stated", "output policy": "stated", "refusal": "stated", "safe fallback": "stated",
        "kill switch": "drilled",
    },
    "human in the loop": {
        "thresholds by risk": "harm reviewed", "undo": "undo", "queue": "stated", "reviewer tools": "attested",
        "service level": "reviews in time", "decisions captured": "captured",
    },
    "observability": {
        "traces": "recorded", "quality": "recorded", "drift and safety": "attested", "unit economics": "recorded",
    },
    "decide": {
        "owners": "owners", "business proof": "kpi moved", "bounded plan": "decided", "no drift": "live by drift",
    },
}  # fmt: skip
FIVE_STAGES: dict[str, dict[str, str]] = {
    "leave exploration": {
        "owners": "owners", "problem framing": "gate", "data fitness": "gate", "privacy and legal": "gate",
        "live by drift": "live by drift",
    },
    "leave pilot": {
        "owners": "owners", "model selection": "gate", "guardrails": "gate", "human in the loop": "gate",
        "security": "attested", "certificate": "certificate", "shadow": "shadow", "live by drift": "live by drift",
    },
    "leave controlled rollout": {
        "owners": "owners", "observability": "gate", "stability": "stable", "business proof": "kpi moved",
        "scorecard": "scorecard", "live by drift": "live by drift",
    },
    "leave scale": {
        "owners": "owners", "decide": "gate", "scorecard": "scorecard", "stability": "stable", "support": "attested",
        "incidents": "no open incident",
    },
    "stay in operation": {
        "owners": "owners", "stability": "stable", "kill switch": "drilled", "incidents": "no open incident",
        "live by drift": "live by drift",
    },
}  # fmt: skip
FIVE_CONDITIONS: dict[str, dict[str, str]] = {
    "precision": {
        "certificate": "certificate", "bias": "attested", "robustness": "attested",
    },
    "safety": {
        "owners": "owners", "redlines": "attested", "data policy": "attested", "audit logging": "attested",
    },
    "stability": {
        "two sprints": "stable",
    },
    "observability of outputs": {
        "traces": "recorded",
    },
    "business proof": {
        "kpi moved": "kpi moved",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("pack", "wanted"), [("readiness", EIGHT_READINESS_GATES), ("stages", FIVE_STAGES), ("conditions", FIVE_CONDITIONS)]
)
def test_eight_gates_five_stages_and_five_conditions_ask_what_they_cannot_do_without(
    pack: str, wanted: dict[str, dict[str, str]]
) -> None:
    asked = {gate.id: {check.id: check.probe for check in gate.checks} for gate in PACKS[pack].gates}
    assert list(asked) == list(wanted)
    assert [(gate, lack) for gate, checks in wanted.items() for lack in checks.items() - asked[gate].items()] == []


def test_at_least_50_real_samples_with_an_edge_case_among_them() -> None:
    assert CHECKS["data fitness", "samples"].told["figures"]["n"]["at_least"] == 50
    assert CHECKS["data fitness", "edge cases"].told["figures"]["edge_cases"]["at_least"] == 1


def test_every_output_is_traced_before_a_gate_takes_traces() -> None:
    for gate in ("observability", "observability of outputs"):
        assert CHECKS[gate, "traces"].told["figures"]["share"]["at_least"] == 1


RECORDED = {
    "labels": {("data fitness", "samples"), ("data fitness", "edge cases")},
    "traces": {("observability", "traces"), ("observability of outputs", "traces")},
    "period": {("observability", "quality")},
    "expense": {("observability", "unit economics")},
}
STATED = {
    ("problem framing", "persona"): "problem.who",
    ("problem framing", "behaviour change"): "behaviour",
    ("problem framing", "without AI"): "without_ai.alternative",
    ("data fitness", "data owner"): "data.owner data.sources",
    ("data fitness", "lawful"): "data.purpose data.legal_basis",
    ("privacy and legal", "vendor agreements"): "vendors[].processing_agreement",
    ("privacy and legal", "purpose and basis"): "data.purpose data.legal_basis",
    ("privacy and legal", "minimisation"): "data.minimised_by",
    ("privacy and legal", "may not leave"): "data.may_not_leave",
    ("guardrails", "input limits"): "guardrails.input_limits",
    ("guardrails", "output policy"): "guardrails.output_policy",
    ("guardrails", "refusal"): "guardrails.refusal",
    ("guardrails", "safe fallback"): "guardrails.fallback",
    ("human in the loop", "queue"): "oversight owners.escalation",
    ("model selection", "service levels"): (
        "service_levels.success_min_share service_levels.latency_p95_ms service_levels.cost_per_success_max_usd"
    ),
}


@pytest.mark.parametrize(("kind", "checks"), RECORDED.items())
def test_each_recorded_check_takes_evidence_of_its_own_kind(kind: str, checks: set[tuple[str, str]]) -> None:
    assert checks <= {name for name, check in CHECKS.items() if check.told.get("kind") == kind}


@pytest.mark.parametrize(("name", "fields"), STATED.items(), ids=[f"{gate}, {check}" for gate, check in STATED])
def test_each_stated_check_reads_its_own_fields(name: tuple[str, str], fields: str) -> None:
    read = [field.removeprefix("initiative.") for field in CHECKS[name].told["fields"]]
    assert set(fields.split()) <= set(read)


def test_a_stage_asks_the_gates_that_it_names() -> None:
    asked = {check.id: check.told["gate"] for check in CHECKS.values() if check.probe == "gate"}
    assert asked == {gate: gate for gate in EIGHT_READINESS_GATES}


@pytest.mark.parametrize(
    ("gate", "check"),
    [
        ("stability", "two sprints"),
        ("leave controlled rollout", "stability"),
        ("leave scale", "stability"),
        ("stay in operation", "stability"),
    ],
)
def test_stable_is_two_sprints_one_after_the_other(gate: str, check: str) -> None:
    found = CHECKS[gate, check]
    assert (found.probe, found.told["sprints"]) == ("stable", 2)


def test_iterating_is_two_sprints_at_most() -> None:
    assert CHECKS["decide", "bounded plan"].told["sprints"] == 2


@pytest.mark.parametrize("gate", ["guardrails", "stay in operation"])
def test_a_kill_switch_is_drilled_every_90_days(gate: str) -> None:
    found = CHECKS[gate, "kill switch"]
    assert (found.probe, found.told["days"]) == ("drilled", 90)


def test_what_security_privacy_and_redlines_ask_is_the_safety_owners() -> None:
    safety = {name for name, check in CHECKS.items() if check.safety}
    assert safety == {
        *(("privacy and legal", check) for check in EIGHT_READINESS_GATES["privacy and legal"]),
        ("precision", "bias"),
        *(("safety", check) for check in ("redlines", "data policy", "audit logging")),
        ("leave exploration", "privacy and legal"),
        ("leave pilot", "security"),
        ("leave controlled rollout", "scorecard"),
        ("leave scale", "scorecard"),
    }


@pytest.mark.parametrize("gate", FIVE_STAGES)
def test_each_of_the_five_stages_says_what_it_proves_who_decides_and_what_it_prevents(gate: str) -> None:
    found = next(one for one in PACKS["stages"].gates if one.id == gate)
    assert found.decided_by == "rights.move"
    assert all((found.title, found.question.endswith("?"), found.prevents))


def _baked(success: float, latency_ms: float, cost_usd: float) -> Verdict:
    """The verdict on a rule with these figures, which was chosen; levels of 0.9, 500 ms and 1 USD are promised."""
    rule: dict[str, Any] = {
        "name": "rule", "complexity": 1, "n": 200, "success_share": success, "latency_p95_ms": latency_ms,
        "cost_per_success_usd": cost_usd,
    }  # fmt: skip
    others = [{**rule, "name": str(size), "complexity": size, "success_share": 0.95, "latency_p95_ms": 100.0,
               "cost_per_success_usd": 0.5} for size in (2, 3)]  # fmt: skip
    body = {"candidates": [rule, *others], "chosen": "rule"}
    at = "2026-05-30T00:00:00.000000Z"
    held = Evidence("sha256:b", "r1", "bakeoff", EvidenceClass.EXECUTED, "test", at, body)
    definition = replace(DEFINITION, initiative=Initiative(service_levels=ServiceLevels(500.0, 0.9, None, 1.0)))
    return answered(CHECKS["model selection", "bake-off"], GateFacts(definition, "r1", NOW, evidence=(held,))).verdict


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ((0.9, 500.0, 1.0), Verdict.PASSED),
        ((0.899, 500.0, 1.0), Verdict.FAILED),
        ((0.9, 501.0, 1.0), Verdict.FAILED),
        ((0.9, 500.0, 1.01), Verdict.FAILED),
    ],
    ids=["each exactly at its level", "success under it", "p95 latency over it", "cost of a success over it"],
)
def test_a_bake_off_is_won_at_the_levels_of_success_latency_and_cost_and_not_past_them(
    figures: tuple[float, float, float], verdict: Verdict
) -> None:
    assert _baked(*figures) is verdict


@pytest.mark.parametrize(("gate", "check"), CHECKS, ids=[f"{gate}, {check}" for gate, check in CHECKS])
def test_every_check_has_a_question_and_the_smallest_next_piece_of_work(gate: str, check: str) -> None:
    found = CHECKS[gate, check]
    assert "?" in found.asks
    assert found.next_step
