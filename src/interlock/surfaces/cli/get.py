"""`interlock get`: what the store holds."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.action.drill import drill_standings
from interlock.flows.action.settle import in_doubt
from interlock.ports.store import Reading
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, known_workflow, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox

Rows = list[dict[str, Any]]


class Kind(StrEnum):
    """What `interlock get` lists."""

    WORKFLOWS = "workflows"
    EVIDENCE = "evidence"
    GRANTS = "grants"
    DECISIONS = "decisions"
    INTENTS = "intents"
    REVIEWS = "reviews"
    IN_DOUBT = "in-doubt"
    DRILLS = "drills"


def get_command(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="What to list.", show_default=False)],
    workflow: Annotated[str | None, typer.Argument(help="Only of this workflow.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many rows, the newest.")] = 50,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what the store holds.

    interlock get workflows

    interlock get reviews triage --json
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        every = [row.name for row in reading.workflows()]
        wanted = every if workflow is None else [known_workflow(reading, workflow)]
        rows = [row for name in wanted for row in ROWS[kind](reading, name, stamp(box.clock()))][-limit:]
    if as_json:
        show_json(box, rows)
    elif rows:
        _print_rows(box, rows)
    else:
        box.out.print(Text(EMPTY[kind]))


EMPTY = {
    Kind.WORKFLOWS: "No workflows yet. `interlock apply -f FILE` defines one.",
    Kind.EVIDENCE: "No evidence yet. A bake-off's certificate or shadow outcomes make some.",
    Kind.GRANTS: "No grant is in force. A passed gate and `interlock promote` give one.",
    Kind.DECISIONS: "No decisions yet. They come as cases are admitted.",
    Kind.INTENTS: "No intents yet. They come as proposals are applied.",
    Kind.REVIEWS: "Nothing waits for a person.",
    Kind.IN_DOUBT: "No effect is in doubt.",
    Kind.DRILLS: "No workflows yet, so there is no switch to drill.",
}


def _workflows(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001 - as all of these
    row = reading.workflow(name)
    if row is None:
        return []
    grant, owners = row.grant, row.definition["owners"]
    halted = reading.halted(("global", f"workflow:{name}"))
    return [
        {
            "workflow": name,
            "release": row.release,
            "authority": "none (shadow)" if grant is None else f"{grant['level']} until {grant['expires_at'][:10]}",
            "halted": ", ".join(halted) or "no",
            "value_owner": owners["value"] or "(nobody)",
            "safety_owner": owners["safety"] or "(nobody)",
        }
    ]


def _grants(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001
    row = reading.workflow(name)
    grant = None if row is None else row.grant
    return [] if grant is None else [{k: v for k, v in grant.items() if k not in {"labels", "evidence"}}]


def _evidence(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001
    return [
        {
            "workflow": name,
            "kind": e.kind,
            "class": e.evidence_class,
            "at": e.at,
            "release": e.release,
            "source": e.source,
        }
        for e in reading.evidence(name)
    ]


def _decisions(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001
    return [
        {
            "key": d.key,
            "verb": d.verb,
            "audited": d.audited,
            "outcome": d.outcome,
            "wrong": d.wrong,
            "reasons": d.reasons,
        }
        for d in reading.decisions(name)
    ]


def _intents(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001
    return [
        {"key": i.key, "label": i.label, "state": i.state, "receipt": i.receipt, "epoch": i.epoch}
        for i in reading.intents(f"workflow:{name}")
    ]


def _reviews(reading: Reading, name: str, at: str) -> Rows:  # noqa: ARG001
    return [{"key": r.key, "kind": r.kind, "workflow": name, "due_at": r.due_at} for r in reading.reviews(name)]


def _in_doubt(reading: Reading, name: str, at: str) -> Rows:
    return [plain(one) for one in in_doubt(reading, name, at=at)]


def _drills(reading: Reading, name: str, at: str) -> Rows:
    return [plain(one) for one in drill_standings(reading, at=at) if one.workflow == name]


ROWS: Mapping[Kind, Callable[[Reading, str, str], Rows]] = {
    Kind.WORKFLOWS: _workflows,
    Kind.GRANTS: _grants,
    Kind.EVIDENCE: _evidence,
    Kind.DECISIONS: _decisions,
    Kind.INTENTS: _intents,
    Kind.REVIEWS: _reviews,
    Kind.IN_DOUBT: _in_doubt,
    Kind.DRILLS: _drills,
}


def _print_rows(box: Toolbox, rows: Sequence[dict[str, Any]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    box.out.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    text = "" if value is None else str(value)
    return text[:19] if text.startswith("sha256:") else text
