"""`interlock demo`: run the steps, write the report, say what happened."""

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.surfaces.cli.outputs import check_room, make_folder, remove_if_empty
from interlock.surfaces.cli.shares import parse_share
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import BadInput
from interlock.terms.story import Tone

HELP = """The whole life of one governed workflow, on real messages: earned, used, lost.

Messages are those of FILE, your own past decisions, if you name one; else Banking77 from --data DIR or the folder in
INTERLOCK_DATA; else an authored sample that ships with Interlock. Up to three minutes. Nothing leaves this machine.
The people and the change of the traffic are invented for the demonstration.

**Examples**

  interlock demo

  interlock demo --data ~/data --out out/demo

  interlock demo tickets.csv --text subject --text body --label queue --budget 5%

Writes demo.html (the story), bake-off.html, store.db, ledger.jsonl and a copy of it with one byte changed.

Exit status: 0 every step went as told; 1 a step did not (the report says which); 2 the data cannot be used; 3 the disk
refuses; 130 stopped by Ctrl-C. Stopped or refused, it leaves nothing behind.
"""

OWN_FILES = ("demo.html", "bake-off.html", "history.csv", "store.db", "ledger.jsonl", "ledger-one-byte-changed.jsonl")
MARK = ".interlock-demo"


def demo_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Your own past cases with decisions.", show_default=False)] = None,
    text: Annotated[list[str] | None, typer.Option(help="Column that people read; repeat for several.")] = None,
    label: Annotated[str | None, typer.Option(help="Column with people's decision.")] = None,
    budget: Annotated[
        float, typer.Option(parser=parse_share, metavar="SHARE", help="Error budget for FILE: 0.04 or 4%.")
    ] = 0.04,
    data: Annotated[
        Path | None, typer.Option(help="Folder with triage_banking77/; default: INTERLOCK_DATA.", show_default=False)
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use the authored sample even where there is data.")] = False,
    out: Annotated[Path, typer.Option(help="Folder for report, store and ledger.")] = Path("interlock-demo"),
    seed: Annotated[int, typer.Option(min=0, help="Same data, same seed: same division.")] = 0,
) -> None:
    from interlock.surfaces.cli.demo.story import STEPS, play
    from interlock.surfaces.cli.demo.traffic import find_source, load, own_source

    box = toolbox(context)
    if sum((file is not None, data is not None, sample)) > 1:
        raise BadInput("name one of FILE, --data and --sample")
    if file is None and (text or label is not None):
        raise BadInput("--text and --label name columns of FILE; name the FILE as well, or leave them out")
    if file is not None:
        source = own_source(file, text=tuple(text or ()), label=label, budget=budget)
    else:
        source = find_source(None if sample else data or _from_environment(box), box.sample_path)
    _check_folder(out)
    # Read first: a mistyped column must not cost an earlier demonstration.
    traffic = load(source, box.read_table(), seed=seed)
    box.out.print(Text(traffic.source.words))
    made = _prepare(box, out)
    try:
        story = play(box, out, seed, traffic)
    except BaseException:  # a person stopped it, the disk is full: half a life tells nothing
        _clear(out, made)
        raise
    box.out.print(Text(f"\n{story.title}"), style="bold")
    box.out.print(Text(f"Report: {out / 'demo.html'}"), soft_wrap=True)
    if any(section.tone is Tone.FAILED for section in story.sections) or len(story.sections) < STEPS:
        raise typer.Exit(1)


demo_command.__doc__ = HELP


def _from_environment(box: Toolbox) -> Path | None:
    folder = box.environment.get("INTERLOCK_DATA", "").strip()
    return Path(folder) if folder else None


def _check_folder(out: Path) -> None:
    """Refuse somebody else's folder. Raises BadInput; Unavailable where it may not be written in."""
    check_room(out)
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).exists():
        raise BadInput(f"--out {out}: is not empty and not from an earlier demonstration; name another folder")


def _prepare(box: Toolbox, out: Path) -> list[Path]:
    """Clear what an earlier demonstration left and mark the folder; returns the folders that had to be made."""
    _clear(out, [])
    made = make_folder(out)
    box.write_text(out / MARK, "made by interlock demo\n")
    return made


def _clear(out: Path, made: list[Path]) -> None:
    for name in (*OWN_FILES, MARK):
        for suffix in ("", "-wal", "-shm", ".halting"):
            (out / f"{name}{suffix}").unlink(missing_ok=True)
    shutil.rmtree(out / "store.db.drain", ignore_errors=True)
    for folder in made:
        remove_if_empty(folder)
