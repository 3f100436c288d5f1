"""Steps of a definition: read, kept, told apart when wrong; a definition without them is the release that it was."""

from pathlib import Path

import pytest

from commandline import DEFINITION
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.ledger.canonical import plain
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
