"""`interlock portfolio --position`: how far the organisation is, or one initiative, from their records."""

from collections.abc import Mapping

from rich.text import Text

from interlock.engine.council.initiative_plan import initiative_positions
from interlock.engine.council.position import Phase, Position, position
from interlock.engine.ledger.canonical import plain
from interlock.engine.reporting.way import position_words
from interlock.surfaces.cli.store_options import show_json
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.portfolio import Portfolio


def show_position(box: Toolbox, portfolio: Portfolio, workflow: str | None, *, as_json: bool) -> None:
    """Each phase with its steps, how much of each is done, and what comes next."""
    own = initiative_positions(portfolio)
    found = position(portfolio) if workflow is None else own[workflow]
    if as_json:
        show_json(box, plain(found) | ({"initiatives": own} if workflow is None else {"workflow": workflow}))
        return
    fill = "" if found.day is not None else ". `interlock apply -f FILE` defines a first workflow."
    box.out.print(Text(f"{_title(found)}{fill}"), style="bold", soft_wrap=True)
    for phase in found.phases:
        _tell(box, phase)
    if workflow is None and own:
        _each(box, own)


def _tell(box: Toolbox, phase: Phase) -> None:
    done = sum(step.is_done for step in phase.steps)
    words = f"days {phase.from_day} to {phase.to_day}: {phase.name} ({done} of {len(phase.steps)})"
    box.out.print(Text(words), style="bold", soft_wrap=True)
    for step in phase.steps:
        state = "done" if step.is_done else "open"
        box.out.print(Text(f"  {state}  {step.name}: {step.done} of {step.of}"), soft_wrap=True)


def _each(box: Toolbox, own: Mapping[str, Position]) -> None:
    box.out.print(Text("each initiative on its own 90 days"), style="bold")
    for name, found in own.items():
        box.out.print(Text(f"  {name}: {_title(found)}"), soft_wrap=True)


def _title(found: Position) -> str:
    stopped = found.day is not None and found.planned is None
    return f"Day {found.day}: it was stopped, and nothing is due" if stopped else position_words(found)
