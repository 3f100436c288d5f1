"""`interlock gateway verify`, `ungoverned` and `spans`: traffic against its evidence, strangers, OpenTelemetry."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.engine.gateway.rule_words import rule_words
from interlock.engine.ledger.canonical import plain
from interlock.engine.timestamp import stamp
from interlock.flows.gateway.evidence.rows import Pair, pairs_of
from interlock.surfaces.cli.ledger.traffic import tell_traffic, traffic_here
from interlock.surfaces.cli.store_options import JsonOption, StoreOption, opened, show_json, store_there
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.words import plural

Traces = Annotated[
    Path | None,
    typer.Option(help="The folder of a machine's traces; default: INTERLOCK_TRACES, or the one of the gateway here."),
]
Days = Annotated[int, typer.Option(min=1, help="How many days back, today among them.")]
SHOWN_MAX = 1_000


def verify_traffic_command(
    context: typer.Context, traces: Traces = None, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Check traffic against its evidence. Exit status 1 where anything was altered.

      interlock gateway verify --traces /var/lib/interlock/traces

    The trace of each request lies in a segment: a file whose lines each hold the digest of the line before. The ledger
    has the digest of each segment, and what its requests add up to. Compared are segments with the ledger, the rows of
    the store with the segments that lie here, and its sums with the ledger and the rows. What is missing is a fault,
    unless the ledger says that its time was over. What other machines keep is checked there. `interlock ledger verify`
    checks the ledger itself, and then does this.
    """
    box = toolbox(context)
    address = store_there(box, store)
    with opened(box, store) as opened_store:
        checked = traffic_here(box, opened_store, address, traces)
    if as_json:
        show_json(box, {"holds": not checked.faults, **plain(checked)})
    else:
        tell_traffic(box, checked)
    if checked.faults:
        raise typer.Exit(1)


def ungoverned_command(
    context: typer.Context, days: Days = 7, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Show who asked for models and is known to nobody: from which network, for which model, how often.

    None of these requests was forwarded. No credential and no whole address is kept of them. Each is counted at the
    latest some seconds after it came.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store, opened_store.reading() as reading:
        rows = reading.ungoverned(since=stamp(box.clock() - dt.timedelta(days=days - 1)), limit=SHOWN_MAX)
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        asked = f"model {row.model}" if row.model else "no plain name of a model"
        line = f"{row.first_at[:10]}  {row.network or 'no address'}: {plural(row.requests, 'request')}"
        box.out.print(Text(f"{line} for {asked} ({row.wire}): {rule_words(row.rule)} [{row.rule}]"), soft_wrap=True)
    if not rows:
        box.out.print(Text(f"Nobody unknown asked for a model in {plural(days, 'day')}."))


def spans_command(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="File to write.", show_default=False)],
    days: Days = 1,
    store: StoreOption = None,
) -> None:
    """Write model requests as OpenTelemetry spans (OTLP/JSON lines), which the collector's file receiver reads.

      interlock gateway spans --days 7 --out spans.jsonl

    A gateway hands them on by itself where OTEL_EXPORTER_OTLP_ENDPOINT names a collector. The same request has the same
    ids either way, and no content is in a span.
    """
    box = toolbox(context)
    lines, count = box.traffic_lines(), 0

    def counted(pairs: Iterator[Pair]) -> Iterator[Pair]:
        nonlocal count
        for pair in pairs:
            count += 1
            yield pair

    with opened(box, store) as opened_store, opened_store.reading() as reading:
        since = stamp(box.clock() - dt.timedelta(days=days - 1))[:10]
        box.write_lines(out, lines(counted(pairs_of(reading, since=since))))
        there = sum(one.requests for one in reading.row_sums(since=since))
    box.out.print(Text(f"{out}: {plural(count, 'request')}"))
    if there > count:
        left = plural(there - count, "request")
        box.out.print(Text(f"{left} without a span: nobody knows the beginning, or the end"), soft_wrap=True)
