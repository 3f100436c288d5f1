"""Exceptions to checks: give, list, end."""

import datetime as dt
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.rollout.waivers import DAYS_MAX
from interlock.engine.timestamp import moment
from interlock.flows.rollout.facts import waivers_of
from interlock.flows.rollout.waive import end_waiver, waive
from interlock.surfaces.cli.rollout.gates import PackOption
from interlock.surfaces.cli.store_options import (
    AsOption,
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    person,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput


def waive_command(
    context: typer.Context,
    workflow: Workflow,
    gate: Annotated[str, typer.Option(help="The gate, as `interlock gates` names it.")],
    check: Annotated[str, typer.Option(help="The check of that gate.")],
    until: Annotated[str, typer.Option(help=f"Last day, as YYYY-MM-DD; at most {DAYS_MAX} days from now.")],
    reason: Annotated[str, typer.Option(help="Why; it is recorded and shown wherever the gate is.")],
    by: AsOption,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set one check of one gate aside, for the release in force and until a date.

      interlock waive triage --gate "human in the loop" --check "reviewer tools" --until 2026-12-31 \\
        --reason "the tool comes with the next sprint" --as "Ben Okafor"

    You need the right to waive (`rights.waive`) and must not have proposed the release. What is about security, privacy
    or law takes the safety owner. Laws cannot be waived. Exit status 4 where a rule refuses.
    """
    box = toolbox(context)
    ends = _end_of(until)
    with opened(box, store) as opened_store:
        given = waive(
            opened_store,
            workflow,
            box.read_gates(pack),
            gate=gate,
            check=check,
            until=ends,
            reason=reason,
            by=person(by),
            clock=box.clock,
            signing=box.signing(),
        )
    if as_json:
        show_json(box, given)
        return
    box.out.print(Text(f"{workflow}: '{check}' of '{gate}' is waived until {given.expires_at} (entry {given.entry})"))


def waivers_command(
    context: typer.Context, workflow: Workflow, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """List the waivers of a workflow, those past their date too; the number in front is for `interlock unwaive`."""
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        given = waivers_of(reading, known_workflow(reading, workflow))
    if as_json:
        show_json(box, given)
        return
    for one in given:
        state = "counts" if box.clock() < moment(one.expires_at) else "is over"
        words = f"{one.entry}: '{one.check}' of '{one.gate}' {state}, until {one.expires_at}; {one.by}: {one.reason}"
        box.out.print(Text(words), soft_wrap=True)
    if not given:
        box.out.print(Text(f"{workflow} has no waiver; `interlock waive` gives one."))


def unwaive_command(
    context: typer.Context,
    workflow: Workflow,
    entry: Annotated[int, typer.Argument(help="The waiver, by its number in `interlock waivers`.", show_default=False)],
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    store: StoreOption = None,
) -> None:
    """End a waiver before its date. Anybody may.

    interlock unwaive triage 131 --as "Ana Ruiz" --reason "the tool is there"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        end_waiver(opened_store, workflow, entry, by=person(by), reason=reason, clock=box.clock)
    box.out.print(Text(f"{workflow}: waiver {entry} is ended"))


def _end_of(day: str) -> dt.datetime:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(day.strip()), dt.time.max, tzinfo=dt.UTC)
    except ValueError as exc:
        raise BadInput(f"--until: '{day}' is no date; write it as YYYY-MM-DD") from exc
