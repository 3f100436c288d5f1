"""What became of effects whose holder is gone: recover, settle."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.flows.action.recover import Fate, Recovered
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.settle import settle
from interlock.flows.action.steps import run_async
from interlock.flows.action.suggest import Unspooled, unspool
from interlock.flows.action.sweep import Patience, TargetOf, sweeping
from interlock.surfaces.cli.actions_at_hand import actions_of, no_actions
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
    run_time,
    show_json,
)
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.terms.errors import Unavailable

LOOK_AGAIN_S = 1.0
FILES_MAX = 10_000
APP_HELP = "The actions, as module:object: a mapping of workflow names to actions, or an object with `targets`."
NEXT = {
    Fate.IN_DOUBT: "find out what became of it, then `interlock settle {workflow} {key} --applied|--not-applied`",
    Fate.HALTED: "it is sent after `interlock resume`, by the next `interlock recover`",
    Fate.NO_TARGET: "run it where the action is: `interlock recover --app module:object`",
    Fate.UNREACHABLE: "run it again when the target answers",
    Fate.AT_WORK: "run it again, or for longer: --wait-s",
    Fate.FOR_A_PERSON: "`interlock get reviews {workflow}` shows what waits for a person",
}


@dataclass(frozen=True, slots=True)
class Round:
    """One round of recovery: suggestions of this host that went to the queue, and intents with what became of them."""

    suggestions: Unspooled
    recovered: tuple[Recovered, ...]


def recover_command(
    context: typer.Context,
    app: Annotated[str | None, typer.Option(help=APP_HELP, show_default=False)] = None,
    every: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between rounds; goes on until it is stopped.")
    ] = None,
    wait_s: Annotated[float, typer.Option(min=0, help="Seconds to wait for holders that may be at work.")] = 35.0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find out what became of effects whose holder died, and send again what may be sent.

      interlock recover --app shop.desk:actions

    Where the target deduplicates, the effect is sent again; where it can be read back, it is read, and sent if it is
    not there; otherwise it is in doubt, and never sent again. Nothing is sent while its scope is halted. An undo that
    was cut short is gone on with, what a person approved is carried out, and suggestions that were kept on this host
    go to the queue. Exit status 1 where something is left for somebody to do.
    """
    box = toolbox(context)
    target_of = no_actions if app is None else actions_of(app)
    with run_time(box, store) as rt:
        if every is not None:
            asyncio.run(_for_ever(box, rt, target_of, every, as_json=as_json))
            return
        done = asyncio.run(_once(rt, target_of, wait_s))
    _show(box, done, as_json=as_json)
    if any(not one.settled for one in done.recovered):
        raise typer.Exit(1)


def settle_command(
    context: typer.Context,
    workflow: Workflow,
    key: Annotated[str, typer.Argument(help="The case; `interlock get in-doubt` lists them.", show_default=False)],
    applied: Annotated[bool, typer.Option("--applied/--not-applied", help="What you found.", show_default=False)],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="How you found out; it is recorded.")],
    store: StoreOption = None,
) -> None:
    """Say what became of an effect that is in doubt.

      interlock settle triage message-17 --applied --as "Ben Okafor" --reason "the ticket is in the queue"

    What was not applied gives back what it took from running limits. A review of the case stays open.
    """
    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            known_workflow(reading, workflow)
        settle(opened_store, workflow, key, applied=applied, by=who, reason=reason, clock=box.clock)
    box.out.print(Text(f"{workflow}: {key} {'was applied' if applied else 'was not applied'}"))


async def _once(rt: RunTime, target_of: TargetOf, wait_s: float) -> Round:
    """One sweep, and further ones while somebody may be at work."""
    patience, give_up = Patience(time.monotonic), time.monotonic() + wait_s
    suggestions = await asyncio.to_thread(unspool, rt, files_max=FILES_MAX)
    recovered: dict[str, Recovered] = {}
    while True:
        swept = await run_async(sweeping(rt, target_of, patience), in_thread=asyncio.to_thread)
        recovered |= {one.key: one for one in swept}
        if time.monotonic() >= give_up or not any(one.fate is Fate.AT_WORK for one in swept):
            return Round(suggestions, tuple(recovered.values()))
        await asyncio.sleep(LOOK_AGAIN_S)


async def _for_ever(box: Toolbox, rt: RunTime, target_of: TargetOf, every_s: float, *, as_json: bool) -> None:
    """Says only what is new: what stays as it is was said before."""
    patience, said = Patience(time.monotonic), frozenset[Recovered]()
    while True:
        try:
            suggestions = await asyncio.to_thread(unspool, rt, files_max=FILES_MAX)
            swept = await run_async(sweeping(rt, target_of, patience), in_thread=asyncio.to_thread)
        except Unavailable as exc:
            box.err.print(Text(f"{exc} Trying again in {every_s:g} s."), soft_wrap=True)
        else:
            fresh = tuple(one for one in swept if one not in said)
            said = frozenset(swept)
            if fresh or suggestions != Unspooled():
                _show(box, Round(suggestions, fresh), as_json=as_json, on_one_line=True)
                box.out.file.flush()
        await asyncio.sleep(every_s)


def _show(box: Toolbox, done: Round, *, as_json: bool, on_one_line: bool = False) -> None:
    if as_json:
        content = {"suggestions": plain(done.suggestions), "recovered": [_row(one) for one in done.recovered]}
        show_json(box, content, on_one_line=on_one_line)
        return
    for line in (*_suggestions(done.suggestions), *_lines(done.recovered)):
        box.out.print(Text(line), soft_wrap=True)


def _row(one: Recovered) -> Mapping[str, Any]:
    return {"workflow": one.workflow, "key": one.key, "fate": one.fate, "settled": one.settled, "words": one.words}


def _suggestions(done: Unspooled) -> Iterable[str]:
    if done.recorded or done.known:
        yield f"{done.recorded:,} suggestions kept on this host went to the queue, {done.known:,} were decided before"
    if done.set_aside:
        yield f"{done.set_aside:,} suggestions kept on this host can never be recorded; they were set aside beside it"


def _lines(recovered: Sequence[Recovered]) -> Iterable[str]:
    for one in recovered:
        words = f": {one.words}" if one.words else ""
        step = NEXT.get(one.fate, "").format(workflow=one.workflow, key=one.key)
        yield f"{one.workflow} {one.key}: {one.fate}{words}" + (f". Next: {step}" if step else "")
    if not recovered:
        yield "No effect has lost its holder."
