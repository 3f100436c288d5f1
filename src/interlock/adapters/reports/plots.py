"""What a picture says, before anybody decides where the ink goes: lines, bands, marks, and the same as a table."""

from dataclasses import dataclass

from interlock.adapters.reports.scales import Axis
from interlock.terms import words
from interlock.terms.story import Chart, DataTable

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `role` is "lead" (the one that matters), "other", or "limit" (a bound that is given, not measured).

    `band` holds (x, low, high): the interval around the line, empty where there is none.
    """

    name: str
    points: tuple[Point, ...]
    role: str = "other"
    band: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A labelled point; `low` and `high` are its interval where it has one."""

    x: float
    y: float
    label: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """A bar over the picture that divides the x axis in two at `at`, with words for both parts (long and short)."""

    at: float
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A whole picture: `note` is the sentence under it that says how to read it."""

    caption: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    spots: tuple[Spot, ...] = ()
    levels: tuple[tuple[float, str], ...] = ()
    division: Division | None = None
    note: str = ""
    level_style: str = "limit"


def from_chart(chart: Chart) -> Plot:
    """The picture of a story's chart; its first line leads."""
    lines = tuple(Line(s.name, s.points, "lead" if i == 0 else "other", s.band) for i, s in enumerate(chart.series))
    return Plot(
        caption=chart.caption,
        x=Axis(chart.x_label, "percent" if chart.percent_x else "", chart.log_x, *(chart.x_range or ())),
        y=_y_axis(chart),
        lines=lines,
        spots=tuple(Spot(m.x, m.y, m.label, m.low, m.high) for m in chart.marks),
        levels=chart.levels,
        level_style="aim" if chart.aims else "limit",
        note=" ".join((chart.note, *_left_out(chart))).strip(),
    )


def _y_axis(chart: Chart) -> Axis:
    unit = "percent" if chart.percent_y else ""
    if chart.y_high is None:
        return Axis(chart.y_label, unit, log=chart.log_y)
    return Axis(chart.y_label, unit, log=chart.log_y, low=None if chart.log_y else 0.0, high=chart.y_high)


def _left_out(chart: Chart) -> tuple[str, ...]:
    ys = [y for s in chart.series for _, y in s.points]
    if chart.log_y and any(y <= 0 for y in ys):
        return ("Points at or under zero have no place on this logarithmic axis; the table has them.",)
    return ()


def description(plot: Plot) -> str:
    """The picture in sentences, for people who listen to it."""
    said = [f"{words.one_line(plot.y.label, 160)} against {words.one_line(plot.x.label, 160)}."]
    for line in plot.lines:
        if line.points:
            (x0, y0), (x1, y1) = line.points[0], line.points[-1]
            ends = (f"{plot.y.read(y)} at {plot.x.read(x)}" for x, y in ((x0, y0), (x1, y1)))
            said.append(f"{words.one_line(line.name, 80)}: from {' to '.join(ends)}.")
    said += [f"Marked: {_spot_said(plot, spot)}." for spot in plot.spots]
    said += [f"Level: {_level_said(plot, value, label)}." for value, label in plot.levels]
    return " ".join(said)


def notes(plot: Plot) -> tuple[str, ...]:
    """Marks and levels as lines under the table."""
    marked = tuple(_spot_said(plot, spot) for spot in plot.spots)
    return marked + tuple(_level_said(plot, value, label) for value, label in plot.levels)


def as_table(plot: Plot) -> DataTable:
    """Every number of the picture: one column a line where all lines share their x values, else one row a point."""
    lines = [line for line in plot.lines if line.points]
    shared = {tuple(x for x, _ in line.points) for line in lines}
    caption = f"{words.shorten(plot.caption, 160)}: the numbers"
    if len(shared) == 1:
        xs = next(iter(shared))
        rows = tuple((plot.x.read(x), *(_cell(plot, line, i) for line in lines)) for i, x in enumerate(xs))
        return DataTable(caption, (plot.x.label, *(ln.name for ln in lines)), rows, tuple(range(len(lines) + 1)))
    long = tuple((ln.name, plot.x.read(x), _cell(plot, ln, i)) for ln in lines for i, (x, _) in enumerate(ln.points))
    return DataTable(caption, ("Line", plot.x.label, plot.y.label), long, (1, 2))


def _cell(plot: Plot, line: Line, index: int) -> str:
    value = plot.y.read(line.points[index][1])
    if index >= len(line.band):
        return value
    _, low, high = line.band[index]
    return f"{value} ({plot.y.read(low)} to {plot.y.read(high)})"


def _level_said(plot: Plot, value: float, label: str) -> str:
    read = words.percent_exact(round(value, 10)) if plot.y.unit == "percent" else plot.y.read(value)
    return f"{words.one_line(label, 160)}: {read}"


def _spot_said(plot: Plot, spot: Spot) -> str:
    return f"{words.one_line(spot.label, 160)}: {plot.y.read(spot.y)} at {plot.x.read(spot.x)}"
