"""`interlock trace`: why a case could act."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.ledger.canonical import canonical
from interlock.flows.trace.case_trace import case_trace, case_traces
from interlock.surfaces.cli.store_options import (
    JsonOption,
    StoreOption,
    Workflow,
    known_workflow,
    opened,
    show_json,
)
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.trace import CaseTrace


def trace_command(
    context: typer.Context,
    workflow: Workflow,
    key: Annotated[str, typer.Argument(help="The case.", show_default=False)],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer "why could this act?": evidence, gate, person, grant, policy, decision, intent, effect, outcome.

      interlock trace triage ticket-1042 --json > why.json

    Each fact names its entry in the ledger and its digest; `interlock ledger prove --entry N` proves one. Exit status 1
    where something that ought to be on record is missing, or was altered since; 3 where the decision itself is
    gone from the ledger.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        opened_store.seal()
        with opened_store.reading() as reading:
            trace = case_trace(reading, known_workflow(reading, workflow), key)
    if as_json:
        show_json(box, trace)
    else:
        box.out.print(Text(f"{key}: {trace.answer}"), style="bold", soft_wrap=True)
        for link in trace.links:
            place = "" if link.entry is None else f"  [entry {link.entry}, {(link.digest or '')[:12]}]"
            box.out.print(Text(f"  {link.at[:19]}  {link.step}: {link.words}{place}"), soft_wrap=True)
        for words in trace.missing:
            box.out.print(Text(f"  MISSING: {words}"), soft_wrap=True)
        for entry in trace.altered:
            box.out.print(
                Text(f"  ALTERED: entry {entry} since it was written: interlock ledger verify"), soft_wrap=True
            )
    if trace.missing or trace.altered:
        raise typer.Exit(1)


def traces_command(
    context: typer.Context,
    workflow: Workflow,
    out: Annotated[Path, typer.Option(help="File to write.", show_default=False)],
    since: Annotated[int, typer.Option(min=0, help="From this ledger entry on.")] = 0,
    until: Annotated[int | None, typer.Option(min=0, help="Up to before this ledger entry.")] = None,
    otel: Annotated[bool, typer.Option("--otel", help="OpenTelemetry spans (OTLP/JSON lines) instead.")] = False,
    store: StoreOption = None,
) -> None:
    """Write the traces of a period to a file, one case a line.

      interlock traces triage --since 1200 --out traces.jsonl

    With --otel each line is OTLP/JSON, which the OpenTelemetry collector's file receiver reads; the same case has the
    same ids every time. Content that may be erased is never written, its digest is.
    """
    box = toolbox(context)
    as_lines = box.span_lines() if otel else _json_lines
    count = 0

    def counted(traces: Iterator[CaseTrace]) -> Iterator[CaseTrace]:
        nonlocal count
        for trace in traces:
            count += 1
            yield trace

    with opened(box, store) as opened_store:
        opened_store.seal()
        with opened_store.reading() as reading:
            traces = case_traces(reading, known_workflow(reading, workflow), since=since, until=until)
            box.write_lines(out, as_lines(counted(traces)))
    box.out.print(Text(f"{out}: {count:,} cases"))


def _json_lines(traces: Iterator[CaseTrace]) -> Iterator[bytes]:
    for trace in traces:
        yield canonical(trace) + b"\n"
