"""A document as one HTML page: no script, nothing fetched, on a desk, a phone and paper."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from interlock.adapters.reports import plots
from interlock.adapters.reports.briefings.columns import WHOLE_CHARACTERS_MAX, column_shares
from interlock.adapters.reports.briefings.evidence_notes import behind, first_cited, most_cited, numbered
from interlock.adapters.reports.briefings.shortened import (
    ELSEWHERE,
    Lengths,
    first_rows,
    shortened,
    unknown_grid,
)
from interlock.adapters.reports.briefings.states import STATES
from interlock.adapters.reports.direction import is_right_to_left
from interlock.adapters.reports.environment import page_environment
from interlock.adapters.reports.plots import Plot
from interlock.terms.briefing import Briefing, Grid

RIGHT_TO_LEFT = Markup(' dir="rtl"')
ON_ONE_LINE = Markup(' class="nb"')
SHORT_PT, LONG_PT, SIZE_PT, PAD_PT = 515.0, 762.0, 8.2, 6.0  # A4 between its margins, as briefing.css sets it
PARTS = 40  # of 2.5 % each
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class BriefingPage:
    """What the template writes down; `plots` are the pictures of each passage, `cited` how much evidence of a figure is
    listed (0: all).
    """

    briefing: Briefing
    unknown: Grid
    numbers: Mapping[str, int]
    plots: tuple[tuple[Plot, ...], ...]
    cited: int


@cache
def _environment() -> Environment:
    environment = page_environment("briefing.css")
    environment.globals |= {
        "states": STATES,
        "behind": behind,
        "elsewhere": ELSEWHERE,
        "shares": _shares,
        "whole_max": WHOLE_CHARACTERS_MAX,
    }
    environment.filters |= {"turned": _turned, "whole": _whole, "first_cited": first_cited}
    return environment


def as_html(briefing: Briefing, lengths: Lengths | None = None) -> bytes:
    """The whole page; with `lengths` only as much of long tables, and of evidence, as paper holds."""
    unknown, cited = unknown_grid(briefing), 0
    if lengths is not None:
        briefing, unknown = shortened(briefing, lengths), first_rows(unknown, lengths.rows)
        cited = lengths.cited if most_cited(briefing) > lengths.cited else 0
    pictures = tuple(tuple(plots.from_chart(chart) for chart in passage.charts) for passage in briefing.passages)
    page = BriefingPage(briefing, unknown, numbered(briefing, cited), pictures, cited)
    html = _environment().get_template("briefing.html.j2").render(page=page)
    return html.encode("utf-8", errors="replace")


def _turned(text: str) -> Markup:
    """The attribute of a paragraph whose text starts at the right. Said here, as paper knows no `dir="auto"`."""
    return RIGHT_TO_LEFT if is_right_to_left(text) else Markup()


def _whole(text: str) -> Markup:
    """The attribute of a cell that must not be broken: a date."""
    return ON_ONE_LINE if DATE.fullmatch(text) else Markup()


def _shares(grid: Grid, *, landscape: bool) -> tuple[int, ...]:
    """The columns of a table, in parts of its width: a class each, as the page allows no style but its sheet."""
    return column_shares(grid, LONG_PT if landscape else SHORT_PT, SIZE_PT, PAD_PT, parts=PARTS)
