"""The options of `interlock try`, as types of its parameters."""

from pathlib import Path
from typing import Annotated, Any

import typer

from interlock.surfaces.cli.shares import parse_share, parse_usd
from interlock.terms.certificate import Promise

FILE = "What the file holds"
ASKED = "What is asked"
OUTSIDE = "Outside candidates"
OUTPUT = "Output"


def _share(help_text: str) -> Any:
    return typer.Option(parser=parse_share, metavar="SHARE", help=help_text, rich_help_panel=ASKED)


def _usd(help_text: str) -> Any:
    return typer.Option(parser=parse_usd, metavar="USD", help=help_text, rich_help_panel=ASKED)


def _column(help_text: str) -> Any:
    return typer.Option(metavar="COLUMN", help=help_text, rich_help_panel=FILE)


def _output(*names: str, text: str) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=OUTPUT)


File = Annotated[Path | None, typer.Argument(help="Past cases and what people decided.", show_default=False)]
Sample = Annotated[bool, typer.Option("--sample", help="Use the sample that comes with Interlock.")]

Texts = Annotated[list[str] | None, _column("What people read; repeat for several.")]
Label = Annotated[str | None, _column("What people decided.")]
Prediction = Annotated[str | None, _column("What an AI proposed at the time.")]
Confidence = Annotated[str | None, _column("Its confidence, 0 to 1.")]
Group = Annotated[str | None, _column("The customer or thread of a case.")]
Time = Annotated[str | None, _column("When the case came.")]
RowsMax = Annotated[
    int, typer.Option(min=1, help="Use a random sample of at most this many rows.", rich_help_panel=FILE)
]
SkipBroken = Annotated[
    bool, typer.Option("--skip-broken", help="Leave broken rows out; the report counts them.", rich_help_panel=FILE)
]

Budget = Annotated[float, _share("Error budget: 0.02 or 2%.")]
Promised = Annotated[
    Promise,
    typer.Option(
        help="The budget is a share of all cases (joint) or of the automatic ones (selective).", rich_help_panel=ASKED
    ),
]
MinGain = Annotated[float, _share("How much more of all cases a more complex candidate must handle.")]
CostWrong = Annotated[float | None, _usd("What a wrong decision costs; assumed: 50.")]
CostReview = Annotated[float | None, _usd("What a person's decision costs; assumed: 2.")]
Seed = Annotated[int, typer.Option(min=0, help="Same file, same seed: same figures.", rich_help_panel=ASKED)]

Candidates = Annotated[
    list[str] | None,
    typer.Option(
        metavar="URL#MODEL",
        help="OpenAI-compatible address; texts are sent there. Its key: INTERLOCK_CANDIDATE_API_KEY or OPENAI_API_KEY.",
        rich_help_panel=OUTSIDE,
    ),
]
CandidateCases = Annotated[
    int,
    typer.Option(min=1, help="Calibration cases to ask it, and 3/5 as many evaluation cases.", rich_help_panel=OUTSIDE),
]

Out = Annotated[Path, _output("--out", text="Folder for the report.")]
AsJson = Annotated[bool, _output("--json", text="Print evaluation.json, and nothing else, to standard output.")]
Quiet = Annotated[bool, _output("--quiet", "-q", text="Only the recommendation and where the report is.")]
