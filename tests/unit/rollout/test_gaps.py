"""What a definition lacks is found rule by rule, and a whole one lacks nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.rollout.gaps import gaps
from interlock.terms.initiative import Guardrails, Lane, Risk, Spending
from interlock.terms.workflow import NO_BUDGET, NO_EFFECT, DecisionRights, Owners, TargetKind, WorkflowDefinition

WHOLE = read_definition(Path(__file__).parents[3] / "workflows" / "message-triage.yaml")
KNOWN = WHOLE.initiative
STEP = WHOLE.steps[0]
RISKY = replace(STEP, harm=Risk.HIGH, undo=None)


def with_known(**changes: object) -> WorkflowDefinition:
    return replace(WHOLE, initiative=replace(KNOWN, **changes))  # type: ignore[arg-type]


def rules(definition: WorkflowDefinition) -> list[tuple[str, str]]:
    return [(gap.rule, ".".join(map(str, gap.location))) for gap in gaps(definition)]


def test_the_example_lacks_nothing() -> None:
    assert gaps(WHOLE) == ()


KPI = KNOWN.kpis[0]
VENDOR = KNOWN.vendors[0]
DATA = KNOWN.data
assert DATA is not None


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (replace(WHOLE, owners=Owners(None, "Ben")), [("no-value-owner", "owners.value")]),
        (replace(WHOLE, owners=Owners("Ana", None)), [("no-safety-owner", "owners.safety")]),
        (replace(WHOLE, rights=DecisionRights((), ("Ben",))), [("nobody-may-promote", "rights.promote")]),
        (replace(WHOLE, rights=DecisionRights(("Ana",), ())), [("nobody-may-resume", "rights.resume")]),
        (replace(WHOLE, budget=NO_BUDGET), [("no-budget", "budget")]),
        (replace(WHOLE, effect=NO_EFFECT), [("no-effect", "effect")]),
        (replace(WHOLE, effect=replace(WHOLE.effect, undo=None)), [("no-undo", "effect")]),
        (replace(WHOLE, effect=replace(WHOLE.effect, target=TargetKind.BLIND)), [("blind-target", "effect.target")]),
        (replace(WHOLE, acts={}), [("nothing-acts", "acts")]),
        (with_known(kpis=()), [("no-kpi", "kpis")]),
        (with_known(kpis=(replace(KPI, baseline=None),)), [("kpi-without-baseline", "kpis.0.baseline")]),
        (with_known(kpis=(KPI, replace(KPI, target=None))), [("kpi-without-target", "kpis.1.target")]),
        (with_known(kpis=(replace(KPI, target_date=None),)), [("kpi-without-target-date", "kpis.0.target_date")]),
        (with_known(kpis=(replace(KPI, source=None),)), [("kpi-without-source", "kpis.0.source")]),
        (with_known(without_ai=None), [("no-way-without-ai", "without_ai")]),
        (replace(WHOLE, steps=(replace(STEP, lane=None),)), [("step-without-lane", "steps.0.lane")]),
        (replace(WHOLE, steps=(replace(STEP, harm=None),)), [("step-without-harm", "steps.0.harm")]),
        (with_known(guardrails=replace(KNOWN.guardrails, fallback=None)), [("no-fallback", "guardrails.fallback")]),
        (with_known(data=None), [("no-data-policy", "data")]),
        (with_known(data=replace(DATA, legal_basis=None)), [("no-legal-basis", "data.legal_basis")]),
        (with_known(data=replace(DATA, owner=None)), [("no-data-owner", "data.owner")]),
        (
            with_known(vendors=(replace(VENDOR, processing_agreement=None),)),
            [("vendor-without-agreement", "vendors.0.processing_agreement")],
        ),
        (with_known(vendors=(replace(VENDOR, exit_to=None),)), [("vendor-without-exit", "vendors.0.exit_to")]),
        (
            with_known(spending=Spending(compute_usd=0.0, being_wrong_usd=0.0, unit_of_value="a ticket")),
            [("no-spending-limit", "spending.last_mile_usd")],
        ),
        (
            with_known(spending=replace(KNOWN.spending, unit_of_value=None)),
            [("no-unit-of-value", "spending.unit_of_value")],
        ),
        (with_known(risks=(replace(KNOWN.risks[0], owner=None),)), [("risk-without-owner", "risks.0.owner")]),
        (
            replace(WHOLE, steps=(RISKY,), effect=replace(WHOLE.effect, undo=None, no_undo_signed_by="Ben")),
            [("step-without-undo", "steps.0.undo"), ("more-risk-than-oversight", "rollout.drill_every_days")],
        ),
    ],
    ids=lambda value: value[0][0] if isinstance(value, list) else "",
)
def test_each_gap_is_found_alone(definition: WorkflowDefinition, found: list[tuple[str, str]]) -> None:
    assert rules(definition) == found


def test_a_tool_dropped_into_one_step_while_flow_owners_and_guardrails_stay_is_solutionism() -> None:
    dropped = replace(
        WHOLE,
        owners=replace(WHOLE.owners, delivery=None),
        initiative=replace(KNOWN, behaviour=None, guardrails=Guardrails(fallback="by hand")),
    )
    assert rules(dropped) == [("solutionism", "steps.0")]
    moved = replace(WHOLE.steps[1], lane=Lane.SYSTEM, without=Lane.PERSON)
    assert rules(replace(dropped, steps=(STEP, moved))) == []
    assert rules(replace(dropped, owners=WHOLE.owners)) == []
    assert rules(replace(dropped, initiative=replace(dropped.initiative, behaviour="they answer first"))) == []


@pytest.mark.parametrize(("share", "enough"), [(0.099, False), (0.10, True)])
def test_high_harm_wants_a_tenth_audited(share: float, enough: bool) -> None:
    rollout = replace(WHOLE.rollout, audit_share=share, drill_every_days=30)
    found = rules(replace(WHOLE, steps=(replace(STEP, harm=Risk.HIGH),), rollout=rollout))
    assert found == ([] if enough else [("more-risk-than-oversight", "rollout.audit_share")])


@pytest.mark.parametrize(("share", "found"), [(0.099, [("few-audits", "rollout.audit_share")]), (0.10, [])])
def test_ten_to_twenty_percent_of_what_any_workflow_applies_are_audited(
    share: float, found: list[tuple[str, str]]
) -> None:
    sampled = replace(WHOLE, rollout=replace(WHOLE.rollout, audit_share=share))
    assert rules(sampled) == found
    assert all("10% to 20%" in gap.mend for gap in gaps(sampled))
    assert rules(replace(sampled, effect=NO_EFFECT)) == [("no-effect", "effect")]


def test_high_harm_done_by_a_person_wants_no_more_oversight() -> None:
    assert rules(replace(WHOLE, steps=(replace(RISKY, lane=Lane.PERSON, without=None),))) == []


def test_every_gap_says_why_and_how_to_mend_it() -> None:
    empty = replace(
        WHOLE, owners=Owners(None, None), budget=NO_BUDGET, effect=NO_EFFECT, acts={}, initiative=type(KNOWN)()
    )
    found = gaps(empty)
    assert len(found) > 8
    assert [gap for gap in found if not (gap.problem and gap.why and gap.mend)] == []
