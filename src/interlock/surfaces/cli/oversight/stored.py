"""A definition from a file, or a workflow from the store: what a TARGET on the command line names."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interlock.engine.rollout.definition import definition_of
from interlock.ports.store import Reading
from interlock.surfaces.cli.store_options import known_workflow, opened, store_address
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Assumption
from interlock.terms.workflow import WorkflowDefinition

DEFINITION_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """A definition, the words for where it came from, and what was measured of it."""

    definition: WorkflowDefinition
    words: str
    measured: tuple[Assumption, ...] = ()


def is_definition(target: str) -> bool:
    """Whether a TARGET names a definition file."""
    return target.endswith(DEFINITION_ENDINGS)


def source_of(
    box: Toolbox,
    target: str,
    store: str | None,
    *,
    measure: Callable[[Reading, str], tuple[Assumption, ...]] | None = None,
) -> Source:
    """The definition that TARGET names. Raises BadInput where there is no such file or workflow."""
    if is_definition(target):
        return Source(box.read_definition(Path(target)), f"definition {Path(target).name}")
    if Path(target).is_file():
        raise BadInput(f"{target} is no definition: name a .yaml file, or a workflow in the store")
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        name = known_workflow(reading, target)
        row = reading.workflow(name)
        if row is None:
            raise BadInput(f"there is no workflow '{name}'")
        measured = () if measure is None else measure(reading, name)
        return Source(definition_of(row.definition), f"workflow {name} in {store_address(box, store)}", measured)
