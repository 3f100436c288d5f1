"""Pictures: what is drawn is what the table says, and labels keep off each other."""

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.adapters.reports import charts, evaluation_page, plots, scales
from interlock.adapters.reports.charts import Drawing
from interlock.adapters.reports.labels import Box, spread, text_width
from interlock.adapters.reports.plots import Line, Plot
from interlock.adapters.reports.scales import Axis
from interlock.adapters.reports.shapes import Path, Text
from interlock.adapters.reports.sheets import NARROW, TEXT_DROP, WIDE, Size, style_of
from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Chart, Mark, Series, Story

finite = st.floats(-1e6, 1e6)


def texts(drawing: Drawing) -> list[Text]:
    return [s for s in (*drawing.under, *drawing.inside, *drawing.over) if isinstance(s, Text)]


def box(text: Text) -> Box:
    width = text_width(text.text)
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return Box(left, text.y - 10, left + width, text.y + 3)


def number_of(cell: str) -> float:
    digits = re.match(r"(?:USD\s)?([\d.,]+)", cell)
    assert digits is not None, cell
    return float(digits[1].replace(",", "")) / (100 if "%" in cell.split("(")[0] else 1)


def read_back(drawing: Drawing, axis: str, at: float, *, log: bool) -> float:
    """A place on paper as a value, from the drawn ticks alone (two are enough for a straight axis)."""
    ticks = [t for t in texts(drawing) if f"tick-{axis}" in t.style]

    def place(tick: Text) -> float:
        return tick.x if axis == "x" else tick.y - TEXT_DROP

    first, last = ticks[0], ticks[-1]
    assert first.value is not None
    assert last.value is not None
    a, b = (math.log(first.value), math.log(last.value)) if log else (first.value, last.value)
    value = a + (at - place(first)) / (place(last) - place(first)) * (b - a)
    return math.exp(value) if log else value


def check_drawn_is_told(plot: Plot, size: Size) -> None:
    drawing = charts.draw(plot, size)
    table = plots.as_table(plot)
    drawn = {s.name: s.points for s in drawing.inside if isinstance(s, Path) and s.name}
    lines = [line for line in plot.lines if line.points]
    wide = len(table.header) == len(lines) + 1 and table.header[0] == plot.x.label
    for i, line in enumerate(lines):
        rows = [(r[0], r[i + 1]) for r in table.rows] if wide else [r[1:] for r in table.rows if r[0] == line.name]
        told = [(number_of(x), number_of(y)) for x, y in rows]
        assert len(drawn[line.name]) == len(told)
        for (px, py), (x, y) in zip(drawn[line.name], told, strict=True):
            assert read_back(drawing, "x", px, log=plot.x.log) == pytest.approx(x, rel=0.01, abs=6e-4)
            assert read_back(drawing, "y", py, log=plot.y.log) == pytest.approx(y, rel=0.05, abs=6e-4)


def plots_of(evaluation: Evaluation) -> list[Plot]:
    page = evaluation_page.page(evaluation)
    return [plot for plot in (page.risk, page.audit) if plot is not None]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_evaluation_draws_the_numbers_of_its_tables(any_evaluation: Evaluation, size: Size) -> None:
    for plot in plots_of(any_evaluation):
        check_drawn_is_told(plot, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_story_draws_the_numbers_of_its_tables(long_story: Story, size: Size) -> None:
    drawn = [plots.from_chart(chart) for section in long_story.sections for chart in section.charts]
    assert len(drawn) == 2
    for plot in drawn:
        check_drawn_is_told(plot, size)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_labels_do_not_touch(any_evaluation: Evaluation, long_story: Story, size: Size) -> None:
    stories = [plots.from_chart(chart) for section in long_story.sections for chart in section.charts]
    for plot in [*plots_of(any_evaluation), *stories]:
        boxes = [(t.text, box(t)) for t in texts(charts.draw(plot, size))]
        touching = [
            (a, b) for i, (a, here) in enumerate(boxes) for b, there in boxes[i + 1 :] if here.overlap(there) > 0
        ]
        assert touching == []


def test_a_story_with_different_x_values_has_one_row_a_point() -> None:
    chart = Chart("c", "x", "y", (Series("a", ((0.0, 1.0), (1.0, 2.0))), Series("b", ((0.5, 3.0),))))
    table = plots.as_table(plots.from_chart(chart))
    assert (table.header, table.rows, table.numeric) == (
        ("Line", "x", "y"),
        (("a", "0", "1"), ("a", "1", "2"), ("b", "0.5", "3")),
        (1, 2),
    )


def test_what_a_logarithmic_axis_cannot_hold_is_in_the_table_and_said() -> None:
    chart = Chart("c", "n", "e", (Series("a", ((0.0, 0.0), (1.0, 2.0), (2.0, 20.0))),), log_y=True)
    plot = plots.from_chart(chart)
    drawn = [s for s in charts.draw(plot, WIDE).inside if isinstance(s, Path) and s.name]
    assert [len(path.points) for path in drawn] == [2]
    assert len(plots.as_table(plot).rows) == 3
    assert plot.note.startswith("Points at or under zero")


@pytest.mark.parametrize(
    "chart",
    [
        Chart("empty", "x", "y", ()),
        Chart("no points", "x", "y", (Series("a", ()),)),
        Chart("one point", "x", "y", (Series("a", ((3.0, 7.0),)),)),
        Chart("flat", "x", "y", (Series("a", ((0.0, 0.0), (1.0, 0.0))),), percent_y=True),
        Chart("only marks", "x", "y", (), (Mark(1.0, 2.0, "m"),), ((3.0, "level"),)),
        Chart("log, nothing over zero", "x", "y", (Series("a", ((0.0, 0.0),)),), log_y=True),
    ],
    ids=lambda chart: chart.caption,
)
def test_thin_charts_can_be_drawn(chart: Chart) -> None:
    plot = plots.from_chart(chart)
    for size in (WIDE, NARROW):
        numbers = [v for t in texts(charts.draw(plot, size)) for v in (t.x, t.y)]
        assert all(-1 <= v <= 761 for v in numbers)
    assert plots.as_table(plot).caption == f"{chart.caption}: the numbers"


@given(finite, st.floats(1e-6, 1e6), st.integers(2, 10))
def test_ticks_are_round_inside_and_few(low: float, span: float, wanted: int) -> None:
    values = scales.even_values(low, low + span, wanted)
    slack = 1e-6 * span + 1e-9 * abs(low)
    assert all(low - slack <= v <= low + span + slack for v in values)
    assert len(values) <= wanted + 1


@given(st.floats(-6, 5), st.floats(0.5, 8), st.integers(3, 10))
def test_logarithmic_ticks_are_inside_and_few(low: float, decades: float, wanted: int) -> None:
    values = scales.log_values(10**low, 10 ** (low + decades), wanted)
    assert len(values) <= wanted + 2
    assert list(values) == sorted(values)
    assert all(10**low * 0.999 <= v <= 10 ** (low + decades) * 1.001 for v in values)


@given(st.lists(st.floats(0, 300), max_size=12), st.floats(8, 30))
def test_spread_names_never_overlap(wanted: list[float], height: float) -> None:
    tops = sorted(spread(wanted, [height] * len(wanted), 0, 300))
    assert all(b - a >= height - 1e-6 for a, b in pairwise(tops))


def test_the_lead_is_drawn_last_and_others_differ_without_colour() -> None:
    lines = tuple(
        Line(name, ((0.0, 1.0), (1.0, 2.0)), role) for name, role in [("a", "lead"), ("b", "other"), ("c", "other")]
    )
    plot = Plot("p", Axis("x"), Axis("y"), lines)
    assert [style_of(plot, line) for line in lines] == ["lead", "other o0", "other o1"]
    named = [s.name for s in charts.draw(plot, WIDE).inside if isinstance(s, Path) and s.name]
    assert named == ["b", "c", "a"]
