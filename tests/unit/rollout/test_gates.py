"""The gate engine and its packs: every count and threshold, and planted faults that have to be found."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from governed import DEFINITION
from interlock.adapters.packs.gates import read_gates
from interlock.engine.rollout.gate_facts import GateFacts, QueueKept
from interlock.engine.rollout.gates import answered, judge_gate, open_findings, pack_faults
from interlock.engine.rollout.probes import PROBES
from interlock.engine.rollout.waivers import DAYS_MAX, LAWS, waiver_for, waiver_refusals
from interlock.terms.evidence import Evidence, EvidenceClass, Finding, Verdict
from interlock.terms.gate import GateCheck
from interlock.terms.initiative import (
    Direction,
    Initiative,
    Kpi,
    Risk,
    ServiceLevels,
    Vendor,
    WithoutAi,
)
from interlock.terms.stage import Waiver
from interlock.terms.workflow import DecisionRights, Owners, Problem, WorkflowStep

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PACKS = {pack.id: pack for pack in read_gates()}
GATES = {gate.id: gate for pack in PACKS.values() for gate in pack.gates}
USE_CASE = Problem(
    who="support leads in Porto",
    friction="they sort 400 mails a day by hand, and each waits 40 minutes",
    cause="rules see no meaning",
    cost="4 hours a day",
    outcome="a mail is in its queue within 20 minutes",
    metric="minutes until it is in its queue",
    constraints="a person decides what is unsure",
)
KPI = Kpi("minutes", "min", Direction.DOWN, 40.0, "2026-01-31", 20.0, "2026-12-31", "desk")


def evidence(kind: str, body: dict[str, Any], **changes: Any) -> Evidence:
    made = Evidence(
        f"sha256:{kind}{len(str(body))}",
        "r1",
        kind,
        EvidenceClass.EXECUTED,
        "test",
        "2026-05-30T00:00:00.000000Z",
        body,
    )
    return replace(made, **changes)


def facts(*on_file: Evidence, **changes: Any) -> GateFacts:
    definition = changes.pop("definition", DEFINITION)
    return GateFacts(definition, "r1", NOW, evidence=on_file, gates=GATES, **changes)


def initiative(**changes: Any) -> Any:
    return replace(DEFINITION, initiative=Initiative(**changes))


def asked(gate: str, check: str, held: GateFacts) -> Finding:
    return answered(next(one for one in GATES[gate].checks if one.id == check), held)


def test_there_are_eight_readiness_gates_in_their_order() -> None:
    assert [gate.id for gate in PACKS["readiness"].gates] == [
        "problem framing",
        "data fitness",
        "privacy and legal",
        "model selection",
        "guardrails",
        "human in the loop",
        "observability",
        "decide",
    ]


def test_there_are_five_stage_gates_and_five_conditions() -> None:
    assert [gate.id for gate in PACKS["stages"].gates] == [
        "leave exploration",
        "leave pilot",
        "leave controlled rollout",
        "leave scale",
        "stay in operation",
    ]
    conditions = ["precision", "safety", "stability", "observability of outputs", "business proof"]
    assert [gate.id for gate in PACKS["conditions"].gates] == conditions


def test_every_gate_says_what_it_prevents_who_decides_and_a_next_step_for_each_check() -> None:
    assert list(pack_faults(tuple(PACKS.values()))) == []
    for gate in GATES.values():
        assert "" not in {gate.question, gate.prevents, gate.decided_by}
        assert all(check.next_step and check.probe in PROBES for check in gate.checks)


def test_nothing_known_opens_no_gate_and_every_gate_says_what_to_do_next() -> None:
    bare = facts(definition=replace(DEFINITION, owners=Owners(None, None), initiative=Initiative()))
    for gate in GATES.values():
        verdict = judge_gate(gate, bare)
        assert verdict.verdict is not Verdict.PASSED, gate.id
        assert all(finding.next_step for finding in open_findings(verdict)), gate.id


@pytest.mark.parametrize(
    ("kpi", "verdict"),
    [
        (KPI, Verdict.PASSED),
        (replace(KPI, baseline=None), Verdict.FAILED),
        (replace(KPI, target=None), Verdict.FAILED),
        (replace(KPI, target_date=None), Verdict.FAILED),
        (replace(KPI, target=60.0), Verdict.FAILED),
        (replace(KPI, baseline=float("nan")), Verdict.ERROR),
        (replace(KPI, target_date="soon"), Verdict.ERROR),
    ],
)
def test_an_outcome_is_falsifiable_with_baseline_target_and_date(kpi: Kpi, verdict: Verdict) -> None:
    assert asked("problem framing", "falsifiable outcome", facts(definition=initiative(kpis=(kpi,)))).verdict is verdict


def test_planted_a_kpi_without_baseline_is_named() -> None:
    found = asked(
        "problem framing", "falsifiable outcome", facts(definition=initiative(kpis=(replace(KPI, baseline=None),)))
    )
    assert found.reason == "minutes has no baseline"
    assert found.next_step == "give one KPI a baseline, a target and a date"


def test_problem_framing_passes_when_all_is_said() -> None:
    said = replace(initiative(kpis=(KPI,), behaviour="answer", without_ai=WithoutAi("rules")), problem=USE_CASE)
    assert judge_gate(GATES["problem framing"], facts(definition=said)).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("n", "verdict"),
    [
        (49, Verdict.FAILED),
        (50, Verdict.PASSED),
        (500, Verdict.PASSED),
        (501, Verdict.PASSED),
        (float("nan"), Verdict.ERROR),
        ("many", Verdict.ERROR),
    ],
)
def test_fifty_to_five_hundred_real_samples_fifty_are_the_least_and_more_are_no_fault(n: Any, verdict: Verdict) -> None:
    assert asked("data fitness", "samples", facts(evidence("labels", {"n": n, "edge_cases": 3}))).verdict is verdict


@pytest.mark.parametrize(("gate", "check"), [("observability", "traces"), ("observability of outputs", "traces")])
@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"outputs": 3, "traced": 3, "share": 1.0}, Verdict.PASSED),
        ({"outputs": 1_000_000, "traced": 999_999, "share": 0.999999}, Verdict.FAILED),
        ({"outputs": 3, "traced": 0, "share": 0.0}, Verdict.FAILED),
        ({"outputs": 0, "traced": 0, "share": None}, Verdict.INCONCLUSIVE),
        ({"outputs": 3, "traced": 3}, Verdict.INCONCLUSIVE),
        ({"outputs": 3, "traced": 3, "share": float("nan")}, Verdict.ERROR),
    ],
)
def test_any_output_has_to_be_traced_so_the_share_is_all_of_them(
    gate: str, check: str, body: dict[str, Any], verdict: Verdict
) -> None:
    found = asked(gate, check, facts(evidence("traces", body)))
    assert found.verdict is verdict
    if body["traced"] == 999_999:
        assert found.reason == "share 0.999999 (at least 1); outputs: 1,000,000, traced: 999,999"


def test_planted_a_gate_whose_metric_never_ran_is_inconclusive() -> None:
    assert asked("data fitness", "samples", facts()).verdict is Verdict.INCONCLUSIVE
    assert asked("data fitness", "edge cases", facts(evidence("labels", {"n": 60}))).verdict is Verdict.INCONCLUSIVE


def test_planted_evidence_of_another_release_does_not_count() -> None:
    found = asked("data fitness", "samples", facts(evidence("labels", {"n": 60}, release="r0")))
    assert (found.verdict, found.reason) == (
        Verdict.INCONCLUSIVE,
        "the set of labels on file belongs to another release",
    )


def test_planted_expired_evidence_does_not_count() -> None:
    found = asked("data fitness", "samples", facts(evidence("labels", {"n": 60}, at="2026-01-01T00:00:00.000000Z")))
    assert found.verdict is Verdict.INCONCLUSIVE


def test_planted_model_only_evidence_does_not_count() -> None:
    found = asked("data fitness", "samples", facts(evidence("labels", {"n": 60}, evidence_class=EvidenceClass.MODEL)))
    assert found.verdict is Verdict.INCONCLUSIVE


def test_planted_altered_evidence_is_an_error() -> None:
    held = evidence("labels", {"n": 60})
    assert asked("data fitness", "samples", facts(held, altered=frozenset({held.digest}))).verdict is Verdict.ERROR


def test_planted_no_safety_owner_closes_every_stage_gate() -> None:
    held = facts(definition=replace(DEFINITION, owners=Owners("Ana Ruiz", None)))
    for gate in PACKS["stages"].gates:
        found = next(one for one in judge_gate(gate, held).findings if one.check == "owners")
        assert (found.verdict, found.reason) == (Verdict.FAILED, "no safety owner is named"), gate.id


def test_planted_security_scored_two_closes_the_gate_to_scale() -> None:
    low = Finding("scorecard", Verdict.FAILED, "security is 2, below 3: no scaling", "close the gap in security")
    assert asked("leave controlled rollout", "scorecard", facts(scaling=low)).verdict is Verdict.FAILED
    assert asked("leave controlled rollout", "scorecard", facts()).verdict is Verdict.INCONCLUSIVE


def test_a_vendor_without_agreement_fails_and_no_vendor_is_not_applicable() -> None:
    bare, signed = Vendor("M", "model"), Vendor("M", "model", processing_agreement="DPA-1")
    answers = [
        asked("privacy and legal", "vendor agreements", facts(definition=initiative(vendors=vendors))).verdict
        for vendors in ((), (bare,), (signed,), (signed, bare))
    ]
    assert answers == [Verdict.NOT_APPLICABLE, Verdict.FAILED, Verdict.PASSED, Verdict.FAILED]


def test_an_attestation_counts_for_its_own_gate_and_check_and_from_a_person_only() -> None:
    body = {"gate": "privacy and legal", "check": "impact assessment", "statement": "done", "by": "Ben"}
    human = evidence("attestation", body, evidence_class=EvidenceClass.HUMAN)
    assert asked("privacy and legal", "impact assessment", facts(human)).verdict is Verdict.PASSED
    for wrong in (evidence("attestation", body), replace(human, body={**body, "gate": "decide"})):
        assert asked("privacy and legal", "impact assessment", facts(wrong)).verdict is Verdict.INCONCLUSIVE


def candidate(
    name: str, complexity: int, success: float, latency_ms: float = 100.0, cost: Any = 0.1, n: int = 200
) -> dict[str, Any]:
    return {
        "name": name,
        "complexity": complexity,
        "success_share": success,
        "latency_p95_ms": latency_ms,
        "cost_per_success_usd": cost,
        "n": n,
    }


@pytest.mark.parametrize(
    ("entries", "chosen", "verdict"),
    [
        (
            [candidate("rule", 1, 0.95), candidate("small", 2, 0.96), candidate("large", 3, 0.97)],
            "rule",
            Verdict.PASSED,
        ),
        (
            [candidate("rule", 1, 0.95), candidate("small", 2, 0.96), candidate("large", 3, 0.97)],
            "large",
            Verdict.FAILED,
        ),
        (
            [candidate("rule", 1, 0.5), candidate("small", 2, 0.96), candidate("large", 3, 0.97)],
            "small",
            Verdict.PASSED,
        ),
        (
            [candidate("rule", 1, 0.95, 9e3), candidate("small", 2, 0.96), candidate("large", 3, 0.9)],
            "small",
            Verdict.PASSED,
        ),
        (
            [candidate("rule", 1, 0.95, cost=None), candidate("small", 2, 0.96), candidate("large", 3, 0.9)],
            "small",
            Verdict.PASSED,
        ),
        ([candidate("rule", 1, 0.5), candidate("small", 2, 0.5), candidate("large", 3, 0.5)], "large", Verdict.FAILED),
        ([candidate("small", 2, 0.96), candidate("large", 3, 0.97)], "small", Verdict.INCONCLUSIVE),
        (
            [candidate("rule", 1, 0.95), candidate("small", 2, 0.96, n=90), candidate("large", 3, 0.97)],
            "rule",
            Verdict.INCONCLUSIVE,
        ),
        (
            [candidate("rule", 1, float("nan")), candidate("small", 2, 0.96), candidate("large", 3, 0.97)],
            "rule",
            Verdict.ERROR,
        ),
    ],
)
def test_the_simplest_of_heuristic_small_and_larger_that_meets_the_levels_wins(
    entries: list[dict[str, Any]], chosen: str, verdict: Verdict
) -> None:
    levels = initiative(service_levels=ServiceLevels(500.0, 0.9, None, 1.0))
    held = facts(evidence("bakeoff", {"candidates": entries, "chosen": chosen}), definition=levels)
    assert asked("model selection", "bake-off", held).verdict is verdict


def sprint(start: str, end: str, wrong: int, labelled: int) -> Evidence:
    body = {"period_start": start, "period_end": end, "wrong": wrong, "labelled": labelled}
    return evidence("period", body, digest=f"sha256:{start}")


@pytest.mark.parametrize(
    ("sprints", "verdict"),
    [
        ([("2026-05-01", "2026-05-14", 4, 200), ("2026-05-15", "2026-05-28", 5, 200)], Verdict.PASSED),
        ([("2026-05-15", "2026-05-28", 5, 200)], Verdict.INCONCLUSIVE),
        ([("2026-05-01", "2026-05-13", 4, 200), ("2026-05-15", "2026-05-28", 5, 200)], Verdict.INCONCLUSIVE),
        ([("2026-05-01", "2026-05-14", 4, 200), ("2026-05-15", "2026-05-28", 90, 200)], Verdict.FAILED),
        ([("2026-05-01", "2026-05-14", 0, 5), ("2026-05-15", "2026-05-28", 0, 5)], Verdict.INCONCLUSIVE),
        ([("2026-05-01", "2026-05-14", 0, 0), ("2026-05-15", "2026-05-28", 0, 200)], Verdict.INCONCLUSIVE),
    ],
)
def test_stability_is_two_consecutive_sprints_inside_the_error_budget(
    sprints: list[tuple[str, str, int, int]], verdict: Verdict
) -> None:
    assert asked("stability", "two sprints", facts(*(sprint(*one) for one in sprints))).verdict is verdict


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"value": 25.0, "low": 22.0, "high": 28.0}, Verdict.PASSED),
        ({"value": 25.0, "low": 22.0, "high": 41.0}, Verdict.INCONCLUSIVE),
        ({"value": 25.0}, Verdict.INCONCLUSIVE),
        ({"value": 45.0, "low": 41.0, "high": 48.0}, Verdict.FAILED),
        ({"value": float("nan")}, Verdict.ERROR),
        ({"value": 25.0, "low": 1.0, "high": float("nan")}, Verdict.ERROR),
    ],
)
def test_business_proof_is_a_kpi_that_moved_with_its_interval(body: dict[str, Any], verdict: Verdict) -> None:
    held = facts(evidence("kpi", {"kpi": "minutes", **body}), definition=initiative(kpis=(KPI,)))
    assert asked("business proof", "kpi moved", held).verdict is verdict


@pytest.mark.parametrize(
    ("choice", "sprints", "verdict"),
    [
        ("scale", 0, Verdict.PASSED),
        ("iterate", 2, Verdict.PASSED),
        ("iterate", 3, Verdict.FAILED),
        ("iterate", float("nan"), Verdict.ERROR),
        ("stop", 0, Verdict.FAILED),
        ("wait", 0, Verdict.ERROR),
    ],
)
def test_going_on_is_decided_and_iterating_is_bounded_by_two_sprints(
    choice: str, sprints: float, verdict: Verdict
) -> None:
    body = {"choice": choice, "sprints": sprints, "by": "Ana Ruiz"}
    made = evidence("decision", body, evidence_class=EvidenceClass.HUMAN)
    assert asked("decide", "bounded plan", facts(made)).verdict is verdict


def test_a_period_of_which_no_outcome_is_known_shows_no_quality() -> None:
    held = facts(evidence("period", {"cases": 40, "labelled": 0, "wrong": 0}))
    assert asked("observability", "quality", held).verdict is Verdict.INCONCLUSIVE
    held = facts(evidence("period", {"cases": 40, "labelled": 12, "wrong": 0}))
    assert asked("observability", "quality", held).verdict is Verdict.PASSED


def test_nobody_decided_is_a_gap() -> None:
    assert asked("decide", "bounded plan", facts()).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"who": ""}, "without user"),
        ({"constraints": "none"}, "without constraints"),
        ({"friction": "we need a chatbot"}, "without workflow, pain"),
    ],
)
def test_an_idea_is_not_framed_until_it_is_a_use_case(changes: dict[str, str], reason: str) -> None:
    idea = replace(initiative(kpis=(KPI,)), problem=replace(USE_CASE, **changes))
    found = asked("problem framing", "use case", facts(definition=idea))
    assert (found.verdict, reason in found.reason) == (Verdict.FAILED, True), found.reason


def test_steps_of_high_harm_have_a_person_or_an_undo() -> None:
    def verdict(*steps: WorkflowStep) -> Verdict:
        return asked(
            "human in the loop", "thresholds by risk", facts(definition=replace(DEFINITION, steps=steps))
        ).verdict

    assert verdict() is Verdict.FAILED
    assert verdict(WorkflowStep("pay")) is Verdict.FAILED
    assert verdict(WorkflowStep("pay", harm=Risk.HIGH)) is Verdict.FAILED
    assert verdict(WorkflowStep("pay", harm=Risk.HIGH, undo="take back")) is Verdict.PASSED


def test_a_failed_drill_or_none_leaves_guardrails_shut() -> None:
    assert asked("guardrails", "kill switch", facts()).verdict is Verdict.INCONCLUSIVE
    assert asked("guardrails", "kill switch", facts(drilled_at="2026-05-01T00:00:00.000000Z")).verdict is Verdict.PASSED
    assert (
        asked("guardrails", "kill switch", facts(drilled_at="2026-03-01T00:00:00.000000Z")).verdict
        is Verdict.INCONCLUSIVE
    )


# Waivers

RIGHTS = DecisionRights(("Ana Ruiz",), ("Ben Okafor",), ("Ben Okafor", "Ana Ruiz"))
WAIVABLE = next(one for one in GATES["human in the loop"].checks if one.id == "reviewer tools")


def waiver(of: GateCheck, **changes: Any) -> Waiver:
    made = Waiver(
        "triage",
        "r1",
        of.gate,
        of.id,
        "Ben Okafor",
        "later",
        "2026-05-30T00:00:00.000000Z",
        "2026-06-30T00:00:00.000000Z",
        7,
    )
    return replace(made, **changes)


def refusals(
    check: GateCheck, held: GateFacts | None = None, *, by: str = "Ben Okafor", days: float = 30, reason: str = "later"
) -> list[str]:
    base = held or facts()
    base = replace(base, definition=replace(base.definition, rights=RIGHTS))
    until = NOW + dt.timedelta(days=days)
    return list(
        waiver_refusals(
            check,
            base,
            by=by,
            reason=reason,
            until=until,
            proposers={"Carla Nunes": "proposed", "Dan Wirth": "amended"},
        )
    )


def test_a_waived_check_keeps_its_verdict_and_no_longer_keeps_the_gate_shut() -> None:
    said = replace(
        initiative(oversight="15 % audited"),
        owners=Owners("Ana Ruiz", "Ben Okafor", None, ("Chris Ode",)),
        steps=(WorkflowStep("sort", harm=Risk.LOW),),
    )
    gate, seen = GATES["human in the loop"], "2026-05-30T00:00:00.000000Z"
    assert judge_gate(gate, facts(definition=said, captured_at=seen)).verdict is Verdict.INCONCLUSIVE
    verdict = judge_gate(gate, facts(definition=said, captured_at=seen, waivers=(waiver(WAIVABLE),)))
    assert verdict.verdict is Verdict.PASSED
    found = next(one for one in verdict.findings if one.check == "reviewer tools")
    assert (found.verdict, found.waived) == (Verdict.INCONCLUSIVE, "by Ben Okafor until 2026-06-30: later (entry 7)")


def test_planted_a_waiver_past_its_date_or_of_another_release_does_not_count() -> None:
    for wrong in (
        {"expires_at": "2026-06-01T11:59:59.000000Z"},
        {"release": "r0"},
        {"check": "queue"},
        {"gate": "decide"},
    ):
        assert waiver_for(WAIVABLE, facts(waivers=(waiver(WAIVABLE, **wrong),))) is None, wrong


@pytest.mark.parametrize("probe", sorted(LAWS))
def test_no_law_can_be_waived(probe: str) -> None:
    check = GateCheck("it", "?", probe, "do it", gate="g")
    assert [line for line in refusals(check) if "cannot be waived by anybody" in line]
    assert waiver_for(check, facts(waivers=(waiver(check),))) is None


@pytest.mark.parametrize("wrong", [{"release": "r0"}, {"evidence_class": EvidenceClass.MODEL}])
def test_evidence_of_another_release_or_of_a_model_alone_cannot_be_waived_into_counting(wrong: dict[str, Any]) -> None:
    check = next(one for one in GATES["data fitness"].checks if one.id == "samples")
    held = facts(evidence("labels", {"n": 60}, **wrong))
    assert len(refusals(check, held)) == 1
    assert waiver_for(check, replace(held, waivers=(waiver(check),))) is None
    assert refusals(check) == []


def test_a_waiver_lasts_at_most_ninety_days() -> None:
    assert DAYS_MAX == 90
    assert refusals(WAIVABLE, days=90) == []
    assert refusals(WAIVABLE, days=90.1) == ["it would last longer than 90 days"]
    assert refusals(WAIVABLE, days=0) == ["its end is not in the future"]


def test_a_waiver_needs_a_right_a_reason_and_another_person_than_the_proposer() -> None:
    assert refusals(WAIVABLE, by="Zed") == ["Zed has no right to waive (who has: Ben Okafor, Ana Ruiz)"]
    assert refusals(WAIVABLE, by="carla  NUNES") == ["carla  NUNES proposed this release and cannot waive its checks"]
    assert refusals(WAIVABLE, by="Dan Wirth") == ["Dan Wirth amended this release and cannot waive its checks"]
    assert refusals(WAIVABLE, by=" ") == ["a waiver needs a named person"]
    assert refusals(WAIVABLE, reason=" ") == ["no reason is given"]


def test_security_and_privacy_are_waived_by_the_safety_owner_only() -> None:
    for gate, name in (
        ("leave pilot", "security"),
        ("privacy and legal", "impact assessment"),
        ("leave scale", "scorecard"),
    ):
        check = next(one for one in GATES[gate].checks if one.id == name)
        assert refusals(check, by="Ana Ruiz") == ["only the safety owner may waive it (Ben Okafor)"], name
        assert refusals(check) == [], name


def test_every_check_of_privacy_and_legal_takes_the_safety_owner() -> None:
    assert all(check.safety for check in GATES["privacy and legal"].checks)


# What would give authority without evidence


def test_a_whole_gate_cannot_be_waived_where_a_law_is_part_of_it_nor_its_safety_by_others() -> None:
    held = facts(definition=replace(DEFINITION, rights=DecisionRights((), (), waive=("Ana Ruiz",))))

    def refusals(gate: str, check: str) -> str:
        one = next(item for item in GATES[gate].checks if item.id == check)
        asked_for = {"by": "Ana Ruiz", "reason": "later", "until": NOW + dt.timedelta(days=9)}
        return "; ".join(waiver_refusals(one, held, proposers={}, **asked_for))  # type: ignore[arg-type]

    assert "'undo' is part of it: an effect has an undo" in refusals("leave pilot", "human in the loop")
    assert "'owners' is part of it" in refusals("leave scale", "decide")
    assert refusals("leave pilot", "guardrails") == ""


def kpi_of(start: str, end: str, value: float, **more: Any) -> Evidence:
    body = {"kpi": "minutes", "value": value, "low": value - 1, "high": value + 1, "period_start": start, **more}
    return evidence("kpi", {**body, "period_end": end}, digest=f"sha256:{start}{more}")


@pytest.mark.parametrize(
    ("on_file", "verdict", "said"),
    [
        ([kpi_of("2026-05-01", "2026-05-20", 25.0)], Verdict.PASSED, "25 against 40"),
        ([kpi_of("2026-05-01", "2026-05-20", 25.0, control=True)], Verdict.INCONCLUSIVE, "no measurement"),
        # Recorded last, and of earlier days: what is newer counts.
        (
            [kpi_of("2026-05-11", "2026-05-20", 55.0), kpi_of("2026-05-01", "2026-05-10", 25.0)],
            Verdict.FAILED,
            "55 against 40: it did not move",
        ),
        # The best segment does not stand for the whole.
        (
            [kpi_of("2026-05-01", "2026-05-20", 55.0), kpi_of("2026-05-02", "2026-05-21", 9.0, segment="north")],
            Verdict.FAILED,
            "55 against 40",
        ),
        ([kpi_of("2025-05-01", "2025-05-20", 25.0)], Verdict.INCONCLUSIVE, "is older than 90 days"),
        ([kpi_of("2026-05-01", "2026-05-20", 25.0, direction="up")], Verdict.INCONCLUSIVE, "direction changed after"),
        ([kpi_of("2026-05-01", "2026-05-20", 25.0, unit="h", baseline=4.0)], Verdict.INCONCLUSIVE, "unit and baseline"),
    ],
)
def test_a_kpi_moves_in_the_newest_days_of_this_release_against_what_it_was_measured_against(
    on_file: list[Evidence], verdict: Verdict, said: str
) -> None:
    held = facts(*on_file, definition=initiative(kpis=(KPI,)))
    found = asked("business proof", "kpi moved", held)
    assert (found.verdict, said in found.reason) == (verdict, True), found.reason


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"of_other_releases": 3, "cases": 250}, "3 of 250 cases were decided under another release"),
        ({"period_start": "2026-05-15", "period_end": "2026-05-20"}, "is no sprint: one has 7 days or more"),
        ({}, "is from before the release was demoted"),
    ],
)
def test_a_sprint_of_another_release_or_from_before_its_demotion_or_of_a_few_days_is_not_stable(
    changed: dict[str, Any], said: str
) -> None:
    first, last = sprint("2026-05-01", "2026-05-14", 4, 200), sprint("2026-05-15", "2026-05-28", 5, 200)
    if changed.get("period_end"):
        last = replace(last, body={**last.body, **changed})
    else:
        first = replace(first, body={**first.body, **changed})
    demoted = None if changed else "2026-05-20T00:00:00.000000Z"
    found = asked("stability", "two sprints", facts(first, last, demoted_at=demoted))
    assert (found.verdict, said in found.reason) == (Verdict.INCONCLUSIVE, True), found.reason


def test_nobody_vouches_for_a_release_that_they_made_and_their_word_hides_nobody_elses() -> None:
    said = {"gate": "safety", "check": "redlines", "statement": "tested"}
    own, other = (
        evidence("attestation", {**said, "by": by}, digest=by, evidence_class=EvidenceClass.HUMAN)
        for by in ("ana  RUIZ", "Ben Okafor")
    )
    made = {"Ana Ruiz": "proposed"}
    found = asked("safety", "redlines", facts(own, proposers=made))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.reason == "ana  RUIZ signed it and proposed this release: nobody vouches for their own work"
    assert asked("safety", "redlines", facts(other, own, proposers=made)).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("queue", "verdict"),
    [
        (QueueKept(), Verdict.NOT_APPLICABLE),
        (QueueKept(100, 5, 0), Verdict.PASSED),
        (QueueKept(100, 6, 0), Verdict.FAILED),
        (QueueKept(100, 0, 1), Verdict.FAILED),
    ],
)
def test_the_queue_keeps_its_service_level_with_at_most_5_percent_late(queue: QueueKept, verdict: Verdict) -> None:
    assert asked("human in the loop", "service level", facts(queue=queue)).verdict is verdict


@pytest.mark.parametrize(
    ("at", "verdict"),
    [(None, Verdict.INCONCLUSIVE), ("2026-01-01", Verdict.INCONCLUSIVE), ("2026-05-01", Verdict.PASSED)],
)
def test_what_people_decide_is_captured_and_lately(at: str | None, verdict: Verdict) -> None:
    held = facts(captured_at=at and f"{at}T00:00:00.000000Z")
    assert asked("human in the loop", "decisions captured", held).verdict is verdict
