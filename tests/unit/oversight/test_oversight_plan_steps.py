"""Steps of a definition: read, kept, told apart when wrong; a definition without them is the release that it was."""

from pathlib import Path

import pytest

from commandline import DEFINITION
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.planning.plan import oversight_plan
from interlock.engine.rollout.definition import definition_of
from interlock.flows.rollout.define import release_digest
from interlock.terms.errors import BadInput
from interlock.terms.workflow import WorkflowDefinition, WorkflowStep

# Of the code before steps existed.
DIGEST_BEFORE_STEPS = "sha256:b488ca8863e17f0512ac596e2a7cc0acfdc343fabae7d74f7e2ccf31fdd46843"
STEPS = "steps:\n  - {name: sort, cost_wrong_usd: 50.0, cases_per_day: 100, reversible: true}\n  - {name: refund}\n"


def read(folder: Path, text: str) -> WorkflowDefinition:
    file = folder / "triage.yaml"
    file.write_text(text, encoding="utf-8")
    return read_definition(file)


def test_a_definition_without_steps_is_the_release_that_it_was(tmp_path: Path) -> None:
    definition = read(tmp_path, DEFINITION)
    assert release_digest(definition, code_version="1") == DIGEST_BEFORE_STEPS


def test_steps_are_part_of_the_release_and_come_back_from_the_ledger(tmp_path: Path) -> None:
    definition = read(tmp_path, DEFINITION + STEPS)
    sort = WorkflowStep("sort", cost_wrong_usd=50.0, cases_per_day=100.0, reversible=True)
    assert definition.steps == (sort, WorkflowStep("refund"))
    assert definition_of(plain(definition)) == definition
    assert release_digest(definition, code_version="1") != DIGEST_BEFORE_STEPS


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{name: sort}\n  - {name: sort}", "two steps are named 'sort'"),
        ("{name: sort, cost_wrng_usd: 1.0}", "steps.0.cost_wrng_usd: is not a field of a definition; did you mean"),
        ("{name: sort, cases_per_day: 0}", "steps.0.cases_per_day"),
        ("{name: sort, reversible: 1}", "steps.0.reversible"),
        ("{cost_wrong_usd: 1.0}", "steps.0.name: is missing; add it"),
    ],
)
def test_a_wrong_step_is_told_by_its_place(step: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"triage\.yaml") as told:
        read(tmp_path, f"{DEFINITION}steps:\n  - {step}\n")
    assert said in str(told.value)


def test_a_definition_brings_its_budget_and_its_costs(tmp_path: Path) -> None:
    plan = oversight_plan(read(tmp_path, f"{DEFINITION}costs: {{wrong_usd: 10.0}}\n"))
    (step,) = plan.steps
    assert (plan.budget, plan.certify_at, plan.delta, step.name) == (0.1, 0.05, 0.05, "triage")
    origins = {figure.name: (figure.value, figure.origin) for figure in step.figures}
    assert origins["cost_wrong_usd"] == (10.0, "given: the definition's costs")
    assert origins["cost_review_usd"] == (2.0, "assumed: the definition's default")


def test_a_cost_of_nothing_is_not_replaced_by_an_assumption(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="costs': cost_wrong_usd is 0"):
        oversight_plan(read(tmp_path, f"{DEFINITION}costs: {{wrong_usd: 0.0}}\n"))
