"""A document as one HTML page: no script, nothing fetched, on a desk, a phone and paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from interlock.adapters.reports import plots
from interlock.adapters.reports.briefings.evidence_notes import behind, numbered
from interlock.adapters.reports.environment import page_environment
from interlock.adapters.reports.plots import Plot
from interlock.adapters.reports.story_page import STATES
from interlock.terms.briefing import Briefing


@dataclass(frozen=True, slots=True)
class BriefingPage:
    """What the template writes down; `plots` are the pictures of each passage."""

    briefing: Briefing
    numbers: Mapping[str, int]
    plots: tuple[tuple[Plot, ...], ...]


@cache
def _environment() -> Environment:
    environment = page_environment("briefing.css")
    environment.globals |= {"states": STATES, "behind": behind}
    return environment


def as_html(briefing: Briefing) -> bytes:
    """The whole page."""
    pictures = tuple(tuple(plots.from_chart(chart) for chart in passage.charts) for passage in briefing.passages)
    page = BriefingPage(briefing, numbered(briefing), pictures)
    html = _environment().get_template("briefing.html.j2").render(page=page)
    return html.encode("utf-8", errors="replace")
