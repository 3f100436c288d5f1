"""`interlock oversight compare`: may a changed release have the grant of the old one?"""

from pathlib import Path
from typing import Annotated

import typer

from interlock.surfaces.cli.oversight import options, past_options
from interlock.surfaces.cli.oversight.outputs import check_outputs, figures, tell, vars_of, write_report
from interlock.surfaces.cli.toolbox import toolbox
from interlock.surfaces.cli.watching import Watching
from interlock.terms.errors import BadInput

FILE = "What the file holds"
MARGIN = 0.01

Answers = Annotated[Path | None, typer.Argument(help="Cases that both releases answered.", show_default=False)]


def _column(help_text: str) -> typer.models.OptionInfo:
    found: typer.models.OptionInfo = typer.Option(metavar="COLUMN", help=help_text, rich_help_panel=FILE)
    return found


def compare_command(
    context: typer.Context,
    file: Answers = None,
    *,
    old: Annotated[str, _column("What the old release answered.")] = "old",
    new: Annotated[str, _column("What the new release answered.")] = "new",
    label: Annotated[str, _column("What people decided; may be blank where both answers are the same.")] = "label",
    rows_max: past_options.RowsMax = 200_000,
    skip_broken: past_options.SkipBroken = False,
    margin: Annotated[float, options.share_option("The new error rate may be higher by less than this.")] = MARGIN,
    delta: options.Delta = options.DELTA,
    seed: options.Seed = 0,
    out: options.Out = options.OUT_DEFAULT,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Is a changed release no worse than the old one? Labels are needed only where their answers differ.

    FILE has a row a case, in the order of judging, with the answers of both releases. It may be looked at after every
    case without losing its guarantee. A case with different answers and no label counts as worse.

    Examples:

    - `interlock oversight compare both.csv --old answer_v1 --new answer_v2 --label human`
    - `interlock oversight compare both.csv --margin 0.5% --json`

    What comes out: whether the new release is proved to be worse by less than the margin, after how many cases and
    labels, and the evidence as a picture. compare.html for people and compare.json for programs, in the folder named by
    --out.

    Exit status: 0 proved; 1 not proved; 2 the file or an option cannot be used; 3 a disk cannot be used.
    """
    from interlock.flows.oversight.compare import CompareAsked, compare
    from interlock.surfaces.cli.oversight.compare_story import compare_story

    box = toolbox(context)
    if file is None:
        raise BadInput("name a file with the answers of both releases: interlock oversight compare both.csv --old v1")
    check_outputs(out, "compare")
    asked = CompareAsked(file, old, new, label, margin, delta, rows_max, skip_broken, seed)
    with Watching(box.err, quiet=quiet or as_json) as watch:
        found = compare(asked, read_table=box.read_table(), watch=watch)
    story = compare_story(found, created_at=box.clock().isoformat(timespec="seconds"))
    content = figures(box, "compare", title=story.title, **vars_of(found))
    report = write_report(box, out, story, content)
    tell(box, story, report, content, as_json=as_json, quiet=quiet)
    if found.decided_at is None:
        raise typer.Exit(1)
