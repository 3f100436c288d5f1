"""The options that every command on a store shares."""

import difflib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from interlock.engine.ledger.canonical import plain
from interlock.flows.action.runtime import RunTime
from interlock.ports.store import Reading, Store
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

DEFAULT_STORE = Path(".interlock/store.db")
STORE_VARIABLE = "INTERLOCK_STORE"

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store", help=f"The store: a file, or postgresql://...; default: {STORE_VARIABLE} or {DEFAULT_STORE}"
    ),
]
AsOption = Annotated[str, typer.Option("--as", help="Your name; it is recorded as asserted, not authenticated.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Workflow = Annotated[str, typer.Argument(help="Name of the workflow.", show_default=False)]


def store_address(box: Toolbox, given: str | None) -> str:
    """The store that a command works on."""
    return given or box.environment.get(STORE_VARIABLE, "").strip() or str(DEFAULT_STORE)


def store_there(box: Toolbox, given: str | None) -> str:
    """The same. Raises BadInput where there is no such store."""
    address = store_address(box, given)
    if not box.store_exists(address):
        raise BadInput(f"there is no store {address} yet; `interlock apply -f FILE` makes one, --store names another")
    return address


@contextmanager
def run_time(box: Toolbox, given: str | None, *, create: bool = False) -> Iterator[RunTime]:
    """The store with all that acts on it, closed afterwards. Raises BadInput where there is none and none is made."""
    address = store_address(box, given) if create else store_there(box, given)
    with box.open_run_time(address) as opened:
        yield opened


@contextmanager
def opened(box: Toolbox, given: str | None, *, create: bool = False) -> Iterator[Store]:
    """The store alone. Raises as `run_time`."""
    with run_time(box, given, create=create) as rt:
        yield rt.store


def known_workflow(reading: Reading, name: str) -> str:
    """The name, where the store has such a workflow. Raises BadInput with the names that it has."""
    names = [row.name for row in reading.workflows()]
    if name in names:
        return name
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(names) or 'none'}"
    raise BadInput(f"there is no workflow '{name}' ({hint})")


def show_json(box: Toolbox, content: Any, *, on_one_line: bool = False) -> None:
    """Print terms as JSON on standard output."""
    box.out.file.write(json.dumps(plain(content), indent=None if on_one_line else 2, ensure_ascii=False) + "\n")


def person(name: str) -> Person:
    """The person who acts; raises BadInput for an empty name."""
    if not name.strip():
        raise BadInput("say who you are: --as NAME")
    return Person(name)
