"""The demonstration of the gateway in words on the terminal."""

from pathlib import Path

from rich.text import Text

from interlock.surfaces.cli.demo.gateway.scene import Step
from interlock.surfaces.cli.demo.gateway.setting import Kept
from interlock.surfaces.cli.demo.scene import SIGNS
from interlock.surfaces.cli.gateway.limits import limit_line
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.story import Tone
from interlock.terms.words import plural

SHOWN_MAX = 300  # characters of a line
CLIENTS = (
    'openai.OpenAI(base_url="http://127.0.0.1:8420/v1", api_key=KEY)',
    'anthropic.Anthropic(base_url="http://127.0.0.1:8420", api_key=KEY)',
)


def tell_step(box: Toolbox, number: int, step: Step) -> None:
    """What it was about, and what was asked, what left and what came back."""
    sign = SIGNS[Tone.PASSED if step.came_true else Tone.FAILED]
    box.out.print(Text(f"\n{number:>2}. {sign} {step.title}"), soft_wrap=True)
    for label, words in step.lines:
        shown = words if len(words) <= SHOWN_MAX else f"{words[:SHOWN_MAX]} ..."
        box.out.print(Text(f"      {label:<7} {shown}", style="dim"), soft_wrap=True)


def tell_kept(box: Toolbox, found: Kept, store: Path | None) -> None:
    """What is on record of it, and how to go on."""
    sign = SIGNS[Tone.PASSED if found.holds else Tone.FAILED]
    words = f"{plural(found.traffic.requests, 'request')} on record, {found.strangers} of a caller whom nobody knows"
    checked = (
        f"{plural(len(found.traffic.faults), 'fault')} in traffic, ledger {'holds' if found.ledger_holds else 'FAILS'}"
    )
    box.out.print(Text(f"\n{sign} {words}; checked: {checked}"), soft_wrap=True)
    for use in found.limits:
        box.out.print(Text(f"      {limit_line(use)}", style="dim"), soft_wrap=True)
    if store is not None:
        box.out.print(Text(f"\nLook at it: interlock gateway verify --store {store}, interlock serve --store {store}"))
    box.out.print(Text("\nYour own application changes one address and its key:"))
    for line in CLIENTS:
        box.out.print(Text(f"  {line}"), soft_wrap=True)
    box.out.print(Text("Step by step, with a stand-in of your own (interlock demo model):"))
    box.out.print(Text("  docs/tutorials/first-governed-request.md"))
