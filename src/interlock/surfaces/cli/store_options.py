"""The options that every command on a store shares."""

import difflib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from interlock.engine.ledger.canonical import plain
from interlock.ports.store import Reading, Store
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

DEFAULT_STORE = Path(".interlock/store.db")
STORE_VARIABLE = "INTERLOCK_STORE"

StoreOption = Annotated[
    Path | None, typer.Option("--store", help=f"The store; default: {STORE_VARIABLE} or {DEFAULT_STORE}.")
]
AsOption = Annotated[str, typer.Option("--as", help="Your name; it is recorded as asserted, not authenticated.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Workflow = Annotated[str, typer.Argument(help="Name of the workflow.", show_default=False)]


def store_path(box: Toolbox, given: Path | None) -> Path:
    """The store that a command works on."""
    named = box.environment.get(STORE_VARIABLE, "").strip()
    return given or (Path(named) if named else DEFAULT_STORE)


@contextmanager
def opened(box: Toolbox, given: Path | None, *, create: bool = False) -> Iterator[Store]:
    """The store, closed afterwards. Raises BadInput where there is none and it is not to be made."""
    path = store_path(box, given)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; --store names the file of a store, such as {path / DEFAULT_STORE.name}")
    # An empty file is none either: whoever only looks must not make a store of it.
    if not create and not (path.exists() and (path.stat().st_size or not path.is_file())):
        raise BadInput(f"there is no store {path} yet; `interlock apply -f FILE` makes one, --store names another")
    store = box.open_store(path)
    try:
        yield store
    finally:
        store.close()


def known_workflow(reading: Reading, name: str) -> str:
    """The name, where the store has such a workflow. Raises BadInput with the names that it has."""
    names = [row.name for row in reading.workflows()]
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names) or 'none'}"
    raise BadInput(f"there is no workflow '{name}' ({hint})")


def show_json(box: Toolbox, content: Any) -> None:
    """Print terms as JSON on standard output."""
    box.out.file.write(json.dumps(plain(content), indent=2, ensure_ascii=False) + "\n")


def person(name: str) -> Person:
    """The person who acts; raises BadInput for an empty name."""
    if not name.strip():
        raise BadInput("say who you are: --as NAME")
    return Person(name)
