"""Past cases on the command line: a file and its columns, or a workflow in the store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interlock.surfaces.cli.oversight.stored import is_definition, source_of
from interlock.surfaces.cli.store_options import known_workflow, opened
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.errors import BadInput
from interlock.terms.workflow import WorkflowDefinition

if TYPE_CHECKING:
    from interlock.flows.oversight.past_cases import FileAsked, PastCases

FILE = "What the file holds"


def _column(help_text: str) -> Any:
    return typer.Option(metavar="COLUMN", help=help_text, rich_help_panel=FILE)


Target = Annotated[
    str | None, typer.Argument(help="A file of past cases, or a workflow in the store.", show_default=False)
]
Confidence = Annotated[str | None, _column("How sure the AI was, 0 to 1.")]
Wrong = Annotated[str | None, _column("1 where it was wrong, 0 where right; or give the next two.")]
Prediction = Annotated[str | None, _column("What the AI proposed.")]
Label = Annotated[str | None, _column("What people decided.")]
Texts = Annotated[list[str] | None, _column("What people read, to show offending cases; repeat for several.")]
Group = Annotated[str | None, _column("The customer or thread of a case: one case of each counts.")]
Time = Annotated[str | None, _column("When the case came.")]
RowsMax = Annotated[
    int, typer.Option(min=1, help="Use a random sample of at most this many rows.", rich_help_panel=FILE)
]
SkipBroken = Annotated[
    bool, typer.Option("--skip-broken", help="Leave broken rows out; the report counts them.", rich_help_panel=FILE)
]


def is_file(target: str, store: str | None) -> bool:
    """Whether TARGET names a file: it is there, or nobody named a store and it does not look like a workflow's name."""
    if is_definition(target):
        raise BadInput(f"{target} is a definition and holds no past cases; name a file of them, or a workflow")
    path = Path(target)
    return path.exists() or (store is None and (bool(path.suffix) or len(path.parts) > 1))


def needed(target: str | None, command: str) -> str:
    """The TARGET. Raises BadInput where none is given."""
    if target is None:
        raise BadInput(
            f"name a file of past cases or a workflow: interlock oversight {command} past.csv --wrong error "
            "--confidence score"
        )
    return target


def definition_of_target(box: Toolbox, target: str, store: str | None) -> WorkflowDefinition | None:
    """The definition in force where TARGET is a workflow; None where it is a file. Raises BadInput."""
    if is_file(target, store):
        return None
    return source_of(box, target, store).definition


def past_cases(box: Toolbox, target: str, asked: "FileAsked", store: str | None, watch: Watching) -> "PastCases":
    """Read them from the file or the store. Raises BadInput."""
    from interlock.flows.oversight.past_cases import from_file, from_store

    if is_file(target, store):
        return from_file(asked, read_table=box.read_table(), watch=watch)
    columns = asked.columns
    if asked.wrong or asked.segment or asked.loss or columns.confidence or columns.prediction or columns.label:
        raise BadInput(f"'{target}' is no file, so it has no columns: leave the column options out, or name a file")
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        return from_store(reading, known_workflow(reading, target))
