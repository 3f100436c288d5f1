"""`interlock oversight drift`: have the inputs changed? An early warning, never a verdict."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.oversight.wording import percent
from interlock.surfaces.cli.oversight import options, past_options
from interlock.surfaces.cli.oversight.outputs import as_text, figures, vars_of
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import Watching, printable
from interlock.terms.drift import DriftReport, FalseAlarms, FeatureDrift, FeatureKind

if TYPE_CHECKING:
    from interlock.flows.oversight.drift import DriftFound

COMPARED = "What is compared"
OTHERS_SHOWN = 12
LEGEND = (
    "A warning needs a p (adjusted over all columns, Holm) at or under that of the look, and a difference: in 10 % of "
    "the cases, means 0.2 standard deviations (sd) apart, or a population stability index (PSI) of 0.1. Cases: "
    "compared, of the reference and of the recent ones."
)
# The table fits 80 signs; --json has the full words.
SHORT = {
    FeatureKind.NUMERIC: "numbers",
    FeatureKind.CATEGORICAL: "category",
    FeatureKind.MISSING: "missing",
    FeatureKind.TEXT: "text",
    FeatureKind.NEWNESS: "newness",
    FeatureKind.EMBEDDING: "vectors",
}


def _columns(help_text: str) -> Any:
    return typer.Option(metavar="COLUMN", help=help_text, rich_help_panel=COMPARED)


def drift_command(
    context: typer.Context,
    reference_file: Annotated[
        Path,
        typer.Argument(
            metavar="REFERENCE_FILE",
            help="Cases of the certificate, or of a time known to be good.",
            show_default=False,
        ),
    ],
    recent_file: Annotated[
        Path, typer.Argument(metavar="RECENT_FILE", help="Recent cases, with the same columns.", show_default=False)
    ],
    *,
    text: Annotated[list[str] | None, _columns("A column of texts, compared by parts of words; repeat.")] = None,
    ignore: Annotated[
        list[str] | None, _columns("Leave this column out (a date, a running number always drift); repeat.")
    ] = None,
    look: Annotated[
        int,
        typer.Option(
            min=1,
            metavar="K",
            help="This is the K-th look with this reference: it may spend delta/(K(K+1)).",
            rich_help_panel=options.PROMISED,
        ),
    ] = 1,
    delta: Annotated[float, options.share_option("Probability of any false warning, over all looks.")] = options.DELTA,
    false_alarms: Annotated[
        int,
        typer.Option(
            min=0, metavar="RUNS", help="Compare the reference with itself so often.", rich_help_panel=options.PROMISED
        ),
    ] = 0,
    in_order: Annotated[
        bool,
        typer.Option(
            "--in-order",
            help="The reference is in order of time: also compare its stretches with each other.",
            rich_help_panel=options.PROMISED,
        ),
    ] = False,
    rows_max: past_options.RowsMax = 200_000,
    skip_broken: past_options.SkipBroken = False,
    seed: options.Seed = 0,
    as_json: options.AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the conclusion.")] = False,
) -> None:
    """Have the inputs changed since the certificate? An early warning, never a verdict: audits decide.

    Both files are read as for `interlock oversight certify`; outcomes are not needed. Columns of numbers are compared
    by Kolmogorov-Smirnov, categories by Fisher's test or chi-square (by permutation where they are rare), missing
    cells for themselves, texts by a kernel test on at most 2,500 cases of each file and by how unlike reference texts
    they are. A warning needs a small p-value over all columns together and a difference that is large enough to matter.
    Nothing leaves this machine, and no file is written.

    Examples:

    - `interlock oversight drift certified.csv last-week.csv --ignore received_at`
    - `interlock oversight drift certified.csv last-week.csv --text message --look 3`
    - `interlock oversight drift certified.csv last-week.csv --false-alarms 100 --in-order --json`

    What comes out: "no drift seen", "early warning" or "too few cases to tell" (and how many more), a line for each
    column with its p-value and how large the difference is, and what to do.

    Exit status: 0 compared, whatever came out: a warning is no failure; 2 a file or an option cannot be used; 3 a disk
    cannot be read.
    """
    from interlock.flows.oversight.drift import DriftAsked, compare_inputs

    box = toolbox(context)
    asked = DriftAsked(
        reference_file,
        recent_file,
        tuple(text or ()),
        tuple(ignore or ()),
        look=look,
        delta=delta,
        rows_max=rows_max,
        skip_broken=skip_broken,
        false_alarm_runs=false_alarms,
        in_order=in_order,
        seed=seed,
    )
    with Watching(box.err, quiet=quiet or as_json) as watch:
        found = compare_inputs(asked, read_table=box.read_table(), watch=watch)
    if as_json:
        box.out.file.write(as_text(figures(box, "drift", **vars_of(found))))
        return
    _tell(box, found, quiet=quiet)


def _tell(box: Toolbox, found: "DriftFound", *, quiet: bool) -> None:
    box.out.print(Text(printable(_title(found.report)), style="bold"), soft_wrap=True)
    if quiet:
        return
    if found.report.features:
        box.out.print(_table(found.report))
    for line in _lines(found):
        box.out.print(Text(f"- {printable(line)}"), soft_wrap=True)


def _title(report: DriftReport) -> str:
    cases = f"{report.n_reference:,} reference and {report.n_recent:,} recent cases"
    warning = [one for one in report.features if one.warns]
    if warning:
        columns = len({one.feature for one in warning})
        return f"Early warning: {columns} of {_compared(report)} columns differ, {cases}"
    return f"{report.outcome.value.capitalize()}: {_compared(report)} columns, {cases}"


def _compared(report: DriftReport) -> int:
    return len({one.feature for one in report.features})


def _table(report: DriftReport) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Column", overflow="fold")
    for heading in ("As", "Warns"):
        table.add_column(heading, no_wrap=True)
    for heading in ("p", "Cases", "Differs", "Apart", "PSI"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in _shown(report):
        effect = one.effect
        apart = "" if effect.standardised_difference is None else f"{effect.standardised_difference:.2f} sd"
        cases = f"{one.n_reference:,}/{one.n_recent:,}"
        differs, warns = percent(round(effect.total_variation, 3)), "yes" if one.warns else "no"
        cells = (one.feature, SHORT[one.kind], warns, _p(one.p_adjusted), cases, differs, apart, f"{effect.psi:.2f}")
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _shown(report: DriftReport) -> list[FeatureDrift]:
    warning = [one for one in report.features if one.warns]
    return warning + [one for one in report.features if not one.warns][:OTHERS_SHOWN]


def _p(p: float) -> str:
    return "< 0.0001" if p < 0.0001 else f"{p:.4f}"


def _lines(found: "DriftFound") -> Iterator[str]:
    report = found.report
    hidden = len(report.features) - len(_shown(report))
    unseen = [(one.feature, one.effect.unseen_share) for one in report.features if one.warns]
    if any(share for _, share in unseen):
        told = ", ".join(f"'{name}' {percent(round(share, 4))}" for name, share in unseen if share)
        yield f"Recent cases with a value that the reference does not have: {told}"
    if hidden:
        yield f"{hidden} more comparisons do not warn; --json lists them all"
    for name, why in report.left_out:
        yield f"'{name}' was not compared: {why}"
    yield from found.notes
    if report.features:
        yield "Tests: " + "; ".join(sorted({one.test for one in report.features}))
        yield LEGEND
    yield (
        f"Look {report.look}: if cases are exchangeable (one a customer or thread, no season within a file), a false "
        f"warning has a probability of at most {percent(float(f'{report.level:.3g}'))}, over all columns."
    )
    if found.false_alarms is not None:
        yield _itself(found.false_alarms, "random splits")
    if found.in_order is not None:
        yield _itself(found.in_order, "pairs of neighbouring stretches")
        if found.in_order.share.low is not None and found.in_order.share.low > found.in_order.allowed:
            yield "The reference drifts by itself, so a warning about recent cases says little: take a longer one"
    yield from report.advice


def _itself(alarms: FalseAlarms, what: str) -> str:
    share, interval = alarms.share, "no interval"
    if share.low is not None and share.high is not None:
        interval = f"95 % interval {percent(round(share.low, 4))} to {percent(round(share.high, 4))}, {share.method}"
    few = f"; in {alarms.too_few:,} that is too few cases to tell" if alarms.too_few else ""
    return (
        f"The reference against itself ({alarms.n_reference:,} and {alarms.n_recent:,} cases): "
        f"{percent(round(share.value or 0.0, 4))} of {share.n:,} {what} warned ({interval}){few}."
    )
