"""`interlock backup` and `interlock restore`."""

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.timestamp import stamp
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    person,
    show_json,
    store_there,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.upkeep import BackedUp

NAME = "interlock-{at}.backup"
KEPT = "interlock-*.backup"


def backup_command(
    context: typer.Context,
    to: Annotated[
        Path, typer.Argument(metavar="FILE", help="A new file; with --every or --keep a folder.", show_default=False)
    ],
    every: Annotated[
        float | None, typer.Option(min=1, help="Seconds between backups; goes on until it is stopped.")
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="How many backups stay in the folder.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a whole, verified copy of the store while others go on writing.

      interlock backup backups/monday.backup

      interlock backup backups --every 3600 --keep 48

    It is a file of either engine's content, for its owner only: it holds secrets. What was erased since an older
    backup is still in that one: keep none longer than content may be kept.
    """
    box = toolbox(context)
    address = store_there(box, store)
    if every is None and keep is None:
        _say(box, box.upkeep().back_up(address, to), as_json=as_json)
        return
    if not to.is_dir():
        raise BadInput(f"{to} is no folder; with --every or --keep, name the folder that holds the backups")
    _into_folder(box, address, to, keep, as_json=as_json)
    while every is not None:
        time.sleep(every)
        try:
            _into_folder(box, address, to, keep, as_json=as_json)
        except Unavailable as exc:
            box.err.print(Text(f"{exc} Trying again in {every:g} s."), soft_wrap=True)


def restore_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    store: Annotated[str, typer.Option("--store", help="The new store: a file, or an empty database.")],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    as_json: JsonOption = False,
) -> None:
    """Make a backup the new store, halted until a named person resumes it.

      interlock restore backups/monday.backup --store new.db --as "Ben Okafor" --reason "the disk is gone"

    Nothing is overwritten. What was done after the backup is not known in it: find out what that was, keep those cases
    away, and only then `interlock resume global`.
    """
    box = toolbox(context)
    done = box.upkeep().restore(file, store, by=person(by), reason=reason)
    if as_json:
        show_json(box, done)
        return
    box.out.print(
        Text(f"{done.file}: restored and verified, {done.entries:,} entries, root {done.root}"), soft_wrap=True
    )
    words = "Everything is halted. Effects after the backup are unknown to it: see what they were, then"
    box.out.print(Text(f"{words} `interlock resume global --as NAME --reason TEXT`."), soft_wrap=True)


def _into_folder(box: Toolbox, address: str, folder: Path, keep: int | None, *, as_json: bool) -> None:
    at = stamp(box.clock()).replace(":", "-")
    _say(box, box.upkeep().back_up(address, folder / NAME.format(at=at)), as_json=as_json)
    box.out.file.flush()
    if keep is not None:
        for old in sorted(folder.glob(KEPT))[:-keep]:  # their names are times: the oldest come first
            old.unlink()


def _say(box: Toolbox, done: BackedUp, *, as_json: bool) -> None:
    if as_json:
        show_json(box, done, on_one_line=True)
        return
    words = f"{done.file}: {done.entries:,} entries, {done.size_bytes:,} bytes, verified, root {done.root}"
    box.out.print(Text(words), soft_wrap=True)
