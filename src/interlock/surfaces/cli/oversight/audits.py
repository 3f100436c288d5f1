"""`interlock oversight close-period` and `recheck`: random audits that others can draw again."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.surfaces.cli.ledger.verify import SQLITE_MAGIC
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
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from interlock.flows.oversight.audits.recheck import PeriodRecheck, Rechecked, WorkflowRecheck

FAULTS_SHOWN = 20
UNSEEN = "A case that was never recorded cannot be seen here: compare the keys with your target's own log."
Target = Annotated[
    str,
    typer.Argument(help="A workflow in the store, or the file of an exported ledger.", show_default=False),
]


def close_period_command(
    context: typer.Context,
    workflow: Workflow,
    by: AsOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the audit draws of the past for everybody. The secret salt is published, a fresh one draws from now on.

    Which cases are audited is drawn with a secret salt, so that nobody can behave for the audits. Its SHA-256 is in the
    ledger from the start; once the salt itself is, anybody can draw again and see that no audit was left out or chosen.
    Close a period regularly, each month for instance. Audits that are open stay due.

    Examples:

    - `interlock oversight close-period triage --as "Ana Ruiz"`
    - `interlock oversight recheck triage`, then
    - `interlock ledger export ledger.jsonl` for those who recheck it without the store

    Exit status: 0 it is closed; 2 the workflow is unknown or has no salt, or no name was given, and nothing was
    written; 3 the store cannot be used.
    """
    from interlock.flows.oversight.audits.close_period import close_period

    box = toolbox(context)
    who = person(by)
    with opened(box, store) as opened_store:
        with opened_store.reading() as reading:
            name = known_workflow(reading, workflow)
        closed = close_period(opened_store, name, by=who, clock=box.clock, randomness=box.randomness)
    if as_json:
        show_json(box, closed)
        return
    lines = [f"{name}: the audit period is closed; published in the ledger:"]
    lines += [f"  entry {one.entry}: {one.salt} = {one.salt_hex}" for one in closed.published]
    lines += [f"  LOST: {one} is gone or was replaced: its draws can never be checked" for one in closed.lost]
    lines += [
        f"From now on a fresh salt draws; committed to in the ledger: {closed.next_sha256}",
        f"Anybody can draw again now: interlock oversight recheck {name}",
    ]
    _print(box, lines)


def recheck_command(
    context: typer.Context,
    target: Target,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the audits of every closed period again, and name each case that was not audited as it was drawn.

    TARGET is a workflow in the store, or an exported ledger: whoever has that file needs neither store nor trust.
    For each decision the published salt gives two draws; with the shares of the grant that was in force they say
    whether the case was covered and whether it is audited. Named are: a recorded draw or audit flag that differs, a
    salt that is not the one committed to, and decisions without a draw although there was authority to audit. Decisions
    of the open period are counted as not yet checkable. Named as well are audits that were drawn and never opened,
    effects without a decision, and outcomes that are not what the reviewer answered. The ledger itself is verified.

    Examples:

    - `interlock oversight recheck triage`
    - `interlock oversight recheck ledger.jsonl`, an exported ledger, without the store
    - `interlock oversight recheck ledger.jsonl --json`

    Exit status: 0 decisions were checked and nothing was found wrong; 1 something was, or no decision could be checked
    (before the first period is closed none can); 2 there is no such workflow, or the file is no exported ledger; 3 the
    store cannot be used.
    """
    from interlock.flows.oversight.audits.recheck import recheck_export, recheck_store

    box = toolbox(context)
    path = Path(target)
    if path.is_file() and not _is_store(path):
        with path.open("rb") as lines:
            found = recheck_export(lines)
    elif path.is_file():
        with opened(box, str(path)) as opened_store, opened_store.reading() as reading:
            found = recheck_store(reading)
    elif path.suffix or len(path.parts) > 1:
        raise BadInput(f"there is no file {target}; `interlock ledger export {path.name}` writes one")
    else:
        with opened(box, store) as opened_store, opened_store.reading() as reading:
            found = recheck_store(reading, known_workflow(reading, target))
    if as_json:
        show_json(box, {"found_wrong": found.found_wrong, **plain(found)})
    else:
        _print(box, _told(found))
    if found.found_wrong or not any(one.checked for one in found.workflows):
        raise typer.Exit(1)  # what was not checked has not passed


def _is_store(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror or exc}; make it readable, or name another") from exc


def _print(box: Toolbox, lines: Iterator[str] | list[str]) -> None:
    for line in lines:
        box.out.print(Text(printable(line), style="bold" if not line.startswith(" ") else ""), soft_wrap=True)


def _told(found: "Rechecked") -> Iterator[str]:
    if not found.ledger.holds:
        yield "FAILED: the ledger itself does not hold, so nothing said below can be relied on"
        for fault in found.ledger.faults:
            yield f"  {'ledger' if fault.index is None else f'entry {fault.index}'}: {fault.reason}"
    if not found.workflows:
        yield "No workflow is in this ledger, so there is nothing to check; `interlock apply -f FILE` defines one"
    for one in found.workflows:
        yield from _workflow_told(one)
    yield f"  {UNSEEN}"
    if found.ledger.caveat:
        yield f"  {found.ledger.caveat}"


def _workflow_told(one: "WorkflowRecheck") -> Iterator[str]:
    if one.faults:
        yield f"{one.workflow}: FAILED: {_count(len(one.faults), 'fault')}; {_right(one)}"
    elif one.closed_periods:
        yield f"{one.workflow}: {_right(one)}"
    else:
        yield (
            f"{one.workflow}: no period is closed yet, so 0 of {_count(one.decisions, 'decision')} could be checked. "
            f"Close one: interlock oversight close-period {one.workflow} --as NAME"
        )
    # A release that was defined and never decided anything has a salt, too.
    yield from (f"  {_period(period)}" for period in one.periods if period.decisions)
    yield f"  {_count(one.audits_due, 'audit')} due in all periods, {one.audits_answered:,} answered by a person"
    if one.never_checkable:
        share = f"{one.never_checkable:,} of {_count(one.decisions, 'decision')}"
        yield f"  {share} can never be checked; the faults say why"
    for fault in one.faults[:FAULTS_SHOWN]:
        case = "" if fault.key is None else f", case {fault.key}"
        yield f"  entry {fault.entry}{case}: {fault.reason}"
    if len(one.faults) > FAULTS_SHOWN:
        yield f"  and {len(one.faults) - FAULTS_SHOWN:,} more; --json lists them all"


def _right(one: "WorkflowRecheck") -> str:
    return (
        f"{one.right:,} of {_count(one.checked, 'decision')} of {_count(one.closed_periods, 'closed period')} "
        "have the draws and the audit flag that salt and grant give"
    )


def _period(period: "PeriodRecheck") -> str:
    sampled = f"{period.audited:,} of {period.applied:,} applied are audited"
    if period.state == "open":
        return f"open period: {_count(period.decisions, 'decision')}, not yet checkable; {sampled}"
    if period.state == "lost":
        return f"salt not known: 0 of {_count(period.decisions, 'decision')} could be checked; {sampled}"
    told = f"{period.right:,} of {_count(period.checked, 'decision')} right; {sampled}"
    return f"closed {period.closed_at} by {period.closed_by}: {told}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
