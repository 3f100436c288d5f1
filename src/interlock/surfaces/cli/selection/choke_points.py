"""`interlock choke-points`: where an event log says that work waits, is passed on, and comes back."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.selection.choke_points import ChokePoint, choke_points, median_words
from interlock.engine.selection.choke_story import story_of, told
from interlock.engine.selection.medians import median_ranks
from interlock.engine.timestamp import stamp
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.event_log import LogAsked


def _column(what: str) -> Any:
    return typer.Option(metavar="COLUMN", help=what, rich_help_panel="Columns (guessed where not named)")


def choke_points_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV (plain or gzipped) or Parquet, one row an event.")],
    *,
    case: Annotated[str | None, _column("What an event belongs to.")] = None,
    activity: Annotated[str | None, _column("What happened.")] = None,
    time: Annotated[str | None, _column("When; its end, where there is a start too.")] = None,
    resource: Annotated[str | None, _column("Who did it: a group, a role or a person.")] = None,
    start: Annotated[str | None, _column("When it began.")] = None,
    amount: Annotated[str | None, _column("The money in the case.")] = None,
    time_format: Annotated[str | None, typer.Option(help="How times are written, such as '%d.%m.%Y %H:%M'.")] = None,
    closed: Annotated[
        list[str] | None, typer.Option(metavar="ACTIVITY", help="An activity that ends a case; repeat.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many choke points.")] = 10,
    out: Annotated[Path | None, typer.Option(help="Also write a report, an HTML file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Find where work waits, is handed on, is done again or comes back, from an event log.

    Each choke point has its hours, its share of all time between events, a median with an interval, and the draft of a
    problem statement. The draft says only what the log knows; the rest is a list of questions. Without `--start` work
    and waiting cannot be told apart: both are in the hours. Nothing leaves this machine.

    Examples:

    - `interlock choke-points tickets.csv`
    - `interlock choke-points tickets.csv --case ticket --activity state --time changed_at --closed Closed`
    - `interlock choke-points invoices.parquet --amount total --out choke-points.html`

    Exit status: 0 read, whatever was found; 2 the file or an option cannot be used; 3 a disk cannot be read.
    """
    box = toolbox(context)
    if out is not None and (out.exists() or out.suffix != ".html"):
        raise BadInput(f"--out {out}: name a new file that ends with .html")
    now = stamp(box.clock())
    asked = LogAsked(now, case, activity, time, resource, start, amount, time_format, tuple(closed or ()), kept=top)
    log = box.mine_log()(file, asked, ranks=median_ranks)
    points = choke_points(log, top=top)
    if out is not None:
        box.reports().story(story_of(log, points, now=now), out)
    if as_json:
        show_json(box, {"log": log, "choke_points": points, "notes": told(log)})
        return
    _tell(box, points)
    for line in told(log):
        box.out.print(Text(f"- {printable(line)}"), soft_wrap=True)
    if out is not None:
        box.out.print(Text(f"report: {out}"), soft_wrap=True)


def _tell(box: Toolbox, points: tuple[ChokePoint, ...]) -> None:
    if not points:
        box.out.print("No time passes between events: nothing waits in this log.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Kind", no_wrap=True)
    table.add_column("From, to", overflow="fold")
    for heading in ("n", "Hours", "Of all"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Median (95 %)", overflow="fold")
    for point in points:
        gap, share = point.gap, "unknown" if point.share is None else f"{point.share:.1%}"
        cells = (gap.kind.value, f"{gap.source} > {gap.target}", f"{gap.n:,}", f"{gap.hours:,.0f}", share)
        table.add_row(*(Text(printable(cell)) for cell in (*cells, median_words(gap))))
    box.out.print(table)
    box.out.print(Text(f"\nFirst: {printable(points[0].problem.friction)}. {points[0].problem.cost}."), soft_wrap=True)
    for field, question in points[0].open_questions:
        box.out.print(Text(f"  {field}: unknown. {question}"), soft_wrap=True)
