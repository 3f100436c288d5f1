"""The pictures of reports inside another page, and the style that both share."""

from functools import cache
from typing import Any

from interlock.adapters.reports.environment import page_environment, style_of_sheets
from interlock.adapters.reports.plots import from_chart
from interlock.terms.story import Chart

SHARED = ("look.css", "pictures.css")


@cache
def _macros() -> Any:
    return page_environment().get_template("macros.html.j2").module


def chart_html(chart: Chart, name: str) -> str:
    """A chart as a figure with its numbers as a table; `name` tells its elements from those of other charts."""
    return str(_macros().chart(from_chart(chart), name))


def shared_styles() -> dict[str, str]:
    """The sheets that every page needs which shows such pictures, by name."""
    return {name: style_of_sheets(name) for name in SHARED}
