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

EIGHT_READINESS_GATES = {
    "problem framing": {"persona", "behaviour change", "falsifiable outcome", "without AI"},
    "data fitness": {"samples", "edge cases", "data owner", "lawful", "representative"},
    "privacy and legal": {
        "impact assessment", "vendor agreements", "purpose and basis", "minimisation", "may not leave",
    },
    "model selection": {"service levels", "bake-off"},
    "guardrails": {"input limits", "output policy", "refusal", "safe fallback", "kill switch"},
    "human in the loop": {"thresholds by risk", "undo", "queue", "reviewer tools"},
    "observability": {"traces", "quality", "drift and safety", "unit economics"},
    "decide": {"business proof", "bounded plan"},
}  # fmt: skip
FIVE_STAGES = {
    "leave exploration": {"owners", "problem framing", "data fitness", "privacy and legal", "live by drift"},
    "leave pilot": {
        "owners", "model selection", "guardrails", "human in the loop", "security", "certificate", "shadow",
        "live by drift",
    },
    "leave controlled rollout": {
        "owners", "observability", "stability", "business proof", "scorecard", "live by drift",
    },
    "leave scale": {"owners", "decide", "scorecard", "stability", "support", "incidents"},
    "stay in operation": {"owners", "stability", "kill switch", "incidents", "live by drift"},
}  # fmt: skip
FIVE_CONDITIONS = {
    "precision": {"certificate"},
    "safety": {"owners", "redlines", "data policy", "audit logging"},
    "stability": {"two sprints"},
    "observability of outputs": {"traces"},
    "business proof": {"kpi moved"},
}


@pytest.mark.parametrize(
    ("pack", "wanted"), [("readiness", EIGHT_READINESS_GATES), ("stages", FIVE_STAGES), ("conditions", FIVE_CONDITIONS)]
)
def test_eight_gates_five_stages_and_five_conditions_ask_what_they_cannot_do_without(
    pack: str, wanted: dict[str, set[str]]
) -> None:
    asked = {gate.id: {check.id for check in gate.checks} for gate in PACKS[pack].gates}
    assert list(asked) == list(wanted)
    assert {gate: checks - asked[gate] for gate, checks in wanted.items() if checks - asked[gate]} == {}


def test_at_least_50_real_samples_with_an_edge_case_among_them() -> None:
    assert CHECKS["data fitness", "samples"].told["figures"]["n"]["at_least"] == 50
    assert CHECKS["data fitness", "edge cases"].told["figures"]["edge_cases"]["at_least"] == 1


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


def test_three_levels_of_service_are_promised_before_a_bake_off() -> None:
    assert CHECKS["model selection", "service levels"].told["fields"] == [
        "initiative.service_levels.success_min_share",
        "initiative.service_levels.latency_p95_ms",
        "initiative.service_levels.cost_per_success_max_usd",
    ]


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
