"""Options that the commands of `interlock oversight` share."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import BadParameter

from interlock.surfaces.cli.shares import parse_share, parse_usd
from interlock.terms.certificate import Promise

PROMISED = "What is promised"
COSTS = "The step: volume and costs"
OUTPUT = "Output"


def parse_part(text: str | float) -> float:
    """0, 1, 0.02 or "2%" -> a share with both ends included. Raises BadParameter."""
    written = str(text).strip()
    if written.removesuffix("%") in {"0", "0.0"}:
        return 0.0
    return 1.0 if written in {"1", "1.0", "100%"} else parse_share(text)


def parse_usd_or_none(text: str | float) -> float:
    """An amount from 0. Raises BadParameter."""
    return 0.0 if str(text).strip() in {"0", "0.0", "0.00"} else parse_usd(text)


def parse_count(text: str | float) -> float:
    """A number over 0, such as cases a day. Raises BadParameter."""
    try:
        number = float(str(text).replace(",", ""))
    except ValueError:
        number = -1.0
    if not 0 < number < 1e12:
        raise BadParameter(f"{text} is not a number over 0; write 400")
    return number


def share_option(help_text: str, panel: str = PROMISED) -> Any:
    """An option that takes a share between 0 and 1."""
    return typer.Option(parser=parse_share, metavar="SHARE", help=help_text, rich_help_panel=panel)


def part_option(help_text: str, panel: str = PROMISED) -> Any:
    """An option that takes a share from 0 to 1."""
    return typer.Option(parser=parse_part, metavar="SHARE", help=help_text, rich_help_panel=panel)


def usd_option(help_text: str, *, from_zero: bool = False) -> Any:
    """An option that takes an amount in USD."""
    parser = parse_usd_or_none if from_zero else parse_usd
    return typer.Option(parser=parser, metavar="USD", help=help_text, rich_help_panel=COSTS)


def count_option(help_text: str, panel: str = COSTS) -> Any:
    """An option that takes a number over 0."""
    return typer.Option(parser=parse_count, metavar="NUMBER", help=help_text, rich_help_panel=panel)


Budget = Annotated[float, share_option("Error budget: 0.02 or 2%.")]
MaybeBudget = Annotated[float | None, share_option("Error budget: 0.02 or 2%; default: the workflow's, else 2%.")]
Delta = Annotated[float, share_option("Probability with which the promise may fail.")]
MaybeDelta = Annotated[
    float | None, share_option("Probability with which the promise may fail; default: the workflow's, else 5%.")
]
Promised = Annotated[
    Promise | None,
    typer.Option(
        help="Of what is automatic (selective) or of all cases (joint); default: the workflow's, else selective.",
        rich_help_panel=PROMISED,
        show_default=False,
    ),
]
BUDGET, DELTA = 0.02, 0.05
Seed = Annotated[int, typer.Option(min=0, help="Same input, same seed: same figures.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the report.", rich_help_panel=OUTPUT)]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print the figures as JSON, and nothing else.", rich_help_panel=OUTPUT)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Only the conclusion and where the report is.", rich_help_panel=OUTPUT)
]
OUT_DEFAULT = Path("interlock-oversight")
