"""`interlock demo gateway`: real requests through the real gateway, with a stand-in where a vendor's model would be."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from interlock.flows.action.runtime import RunTime
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from interlock.surfaces.cli.demo.gateway.scene import Step

HELP = """What the gateway does to model requests: real ones, through the real gateway, on this machine, in seconds.

  interlock demo gateway

  interlock demo gateway --store gateway.db

The model is a stand-in, a server that says back what was written: no model, no vendor, no key. The workflows and the
people are authored. Told are what an application asked, what left for the model, and what came back.

Exit status: 0 all of it happened as told; 1 something did not; 2 the store holds something already.
"""
STAND_IN = "The model is a stand-in that says back what was written. It and all that is asked here are authored."


def gateway_demo_command(
    context: typer.Context,
    store: Annotated[
        Path | None, typer.Option(help="Keep it in a new store; default: a temporary one.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    from interlock.surfaces.cli.demo.gateway.playing import play
    from interlock.surfaces.cli.demo.gateway.setting import kept, set_up
    from interlock.surfaces.cli.demo.gateway.telling import tell_kept, tell_step

    box = toolbox(context)

    def tell(number: int, step: "Step") -> None:
        if not as_json:
            tell_step(box, number, step)

    if not as_json:
        box.out.print(Text(STAND_IN), soft_wrap=True)
    with _place(store) as path, box.open_run_time(str(path)) as run_time:
        _check_empty(run_time, path)
        traces = path.with_name(f"{path.name}.traces")
        with set_up(box, run_time, path, traces) as scene:
            play(scene, run_time, tell)
        found = kept(box, run_time, path, traces)
    holds = found.holds and all(step.came_true for step in scene.steps)
    if as_json:
        show_json(box, {"holds": holds, "steps": scene.steps, "record": found})
    else:
        tell_kept(box, found, store)
    if not holds:
        raise typer.Exit(1)


gateway_demo_command.__doc__ = HELP


@contextmanager
def _place(store: Path | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="interlock-demo-") as folder:
        yield store or Path(folder) / "gateway.db"


def _check_empty(run_time: RunTime, path: Path) -> None:
    with run_time.store.reading() as reading:
        if reading.last_entry() >= 0:
            raise BadInput(f"{path} holds records already, and a demonstration is not mixed with them; name another")
