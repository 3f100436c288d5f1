"""The four authored workflows to begin with: whole, with their guardrails, and honest about what only a house knows."""

from importlib import resources

import pytest

from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.packs.problem_words import problem_words
from interlock.adapters.packs.templates import templates
from interlock.engine.problem.lint import lint
from interlock.engine.rollout.gaps import gaps
from interlock.terms.initiative import Lane, Risk
from interlock.terms.interview import Template
from interlock.terms.problem import Lack
from interlock.terms.workflow import WorkflowDefinition

# What a template cannot know: who answers, what was measured, by when, what was agreed, which model acts.
TRUE_GAPS = {
    *("no-value-owner", "no-safety-owner", "nobody-may-promote", "nobody-may-resume", "nothing-acts"),
    *("kpi-without-baseline", "kpi-without-target", "kpi-without-target-date", "kpi-without-source"),
    *("no-legal-basis", "no-data-owner", "no-spending-limit", "risk-without-owner"),
}
# Of each workflow: words of its guardrails, and of the measures that it is judged by.
TOLD = {
    "customer-triage": (
        ("order", "refund", "standard answer", "priority"),
        ("first response", "no agent", "routed right", "satisfaction"),
    ),
    "payment-collections": (
        ("remittance", "dispute", "ledger", "plan"),
        ("days sales outstanding", "promised payments"),
    ),
    "insight-synthesis": (
        ("personal data", "signs", "experiment", "counted again"),
        ("time from feedback", "experiments adopted"),
    ),
    "knowledge-assistant": (
        ("cites", "half a year", "disagree", "gap"),
        ("handling time", "sampled", "escalated"),
    ),
}
NAMES = sorted(TOLD)


def template(name: str) -> Template:
    return next(one for one in templates() if one.name == name)


def definition(name: str) -> WorkflowDefinition:
    return WorkflowFile.model_validate(template(name).content).definition()


def test_there_are_four_each_labelled_as_authored() -> None:
    assert sorted(one.name for one in templates()) == NAMES
    folder = resources.files("interlock") / "packs" / "workflows"
    for name in NAMES:
        assert (folder / f"{name}.yaml").read_text(encoding="utf-8").startswith("# An authored template: nobody's real")


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_true_gaps_only(name: str) -> None:
    found = definition(name)
    assert {gap.rule for gap in gaps(found)} == TRUE_GAPS
    lacks = {missing.lack for missing in lint(found.problem, found.initiative.kpis, problem_words())}
    assert lacks == {Lack.BASELINE, Lack.TARGET, Lack.OUTCOME}  # all three are figures and days of the house


@pytest.mark.parametrize("name", NAMES)
def test_a_template_names_nobody_and_no_figure_that_was_not_measured(name: str) -> None:
    found = definition(name)
    assert (found.owners.value, found.owners.safety, found.rights.promote, found.acts) == (None, None, (), {})
    assert {kpi.baseline for kpi in found.initiative.kpis} == {None}
    assert {risk.owner for risk in found.initiative.risks} == {None}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_its_lanes_guardrails_measures_and_undo(name: str) -> None:
    found, told = definition(name), str(template(name).content).casefold()
    rules, measures = TOLD[name]
    assert [word for word in rules if word not in told] == []
    assert [word for word in measures if not any(word in kpi.name for kpi in found.initiative.kpis)] == []
    assert {step.lane for step in found.steps} >= {Lane.AGENT, Lane.PERSON}
    assert all(step.undo for step in found.steps if step.lane is Lane.AGENT and step.harm is not Risk.LOW)
    assert found.effect.undo
    assert template(name).content["limits"]["policy"]
    assert found.limits.always_review
    assert found.limits.forbidden
    assert 0.10 <= found.rollout.audit_share <= 0.20  # rotating sample reviews of 10 to 20 %
    assert found.initiative.guardrails.fallback


def test_no_placeholder_stands_in_a_template() -> None:
    for one in templates():
        told = str(one.content).casefold()
        assert [mark for mark in ("todo", "tbd", "xxx", "lorem", "your ", "example.com", "...") if mark in told] == []
