"""`interlock portfolio --position`: how far the organisation is, from its records."""

from rich.text import Text

from interlock.engine.council.position import Position, position
from interlock.surfaces.cli.store_options import show_json
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.portfolio import Portfolio


def show_position(box: Toolbox, portfolio: Portfolio, *, as_json: bool) -> None:
    """Each phase with its steps, how much of each is done, and what comes next."""
    found = position(portfolio)
    if as_json:
        show_json(box, found)
        return
    box.out.print(Text(_title(found)), style="bold", soft_wrap=True)
    for phase in found.phases:
        done = sum(step.is_done for step in phase.steps)
        words = f"days {phase.from_day} to {phase.to_day}: {phase.name} ({done} of {len(phase.steps)})"
        box.out.print(Text(words), style="bold", soft_wrap=True)
        for step in phase.steps:
            box.out.print(Text(f"  {'done' if step.is_done else 'open'}  {step.name}: {step.done} of {step.of}"))


def _title(found: Position) -> str:
    if found.day is None:
        return "Nothing is on record yet. `interlock apply -f FILE` defines a first workflow."
    if found.stands is None:
        return f"Day {found.day}: every step is on record."
    behind = f", due by day {found.stands.to_day}" if found.is_behind else ""
    return f'Day {found.day}: what is open first is "{found.stands.name}"{behind}'
