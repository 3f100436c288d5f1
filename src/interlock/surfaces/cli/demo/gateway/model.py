"""`interlock demo model`: the stand-in by itself, to put a gateway in front of."""

import json
import threading
from typing import Annotated

import typer
from rich.text import Text

from interlock.surfaces.cli.toolbox import toolbox

HELP = """A stand-in for a model, until it is stopped: it says back what was written, and prints what reached it.

  interlock demo model --port 8430

It speaks chat completions and messages, streams, and tells usage. It is no model and needs no key: put it behind a
gateway as you would a vendor, and see what would leave.
"""


def model_demo_command(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes a free one.")] = 8430,
) -> None:
    box = toolbox(context)

    def heard(body: str) -> None:
        box.out.print(Text(f"reached it: {_messages(body)}"), soft_wrap=True)

    with box.rehearsal().stand_in(heard, port=port) as base_url:
        box.out.print(Text(f"a stand-in for a model, no model, on {base_url}"), soft_wrap=True)
        threading.Event().wait()


model_demo_command.__doc__ = HELP


def _messages(body: str) -> str:
    try:
        return json.dumps(json.loads(body)["messages"], ensure_ascii=False)
    except (KeyError, TypeError, ValueError):
        return "what is no request"
