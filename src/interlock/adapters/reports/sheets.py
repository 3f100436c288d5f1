"""A sheet of paper for one picture: its size, the frame that the lines live in, and its two scales."""

from collections.abc import Iterator
from dataclasses import dataclass

from interlock.adapters.reports.labels import Box, text_width
from interlock.adapters.reports.plots import Line, Plot, Point
from interlock.adapters.reports.scales import Scale, rounded, scale

STYLES = 5  # the style sheet knows this many kinds of lines that can be told apart without colour
TEXT_DROP = 4.0  # from the middle of a line of text to its baseline
DIVISION_PX = 20.0


@dataclass(frozen=True, slots=True)
class Size:
    """How large a sheet is, in px; `gutter_px` is the room on the right for names, 0 where a legend names the lines."""

    name: str
    width: float
    height: float
    gutter_px: float
    x_ticks: int
    y_ticks: int


WIDE = Size("wide", 760, 372, 168, 10, 5)
NARROW = Size("narrow", 350, 310, 0, 4, 5)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plot on paper: where its values lie."""

    plot: Plot
    size: Size
    frame: Box
    x: Scale
    y: Scale

    @property
    def has_gutter(self) -> bool:
        """Whether names stand in the gutter."""
        return self.size.gutter_px > 0 and bool(len(self.plot.lines) > 1 or self.plot.levels)

    @property
    def levels(self) -> Iterator[tuple[float, str]]:
        """Where the levels lie that the y axis can hold, in px, with their labels."""
        return ((self.y.at(value), label) for value, label in self.plot.levels if value > 0 or not self.y.axis.log)

    def places(self, line: Line) -> tuple[Point, ...]:
        """A line's points on paper, without those that a logarithmic axis cannot hold."""
        kept = (p for p in line.points if (p[0] > 0 or not self.x.axis.log) and (p[1] > 0 or not self.y.axis.log))
        return tuple((self.x.at(px), self.y.at(py)) for px, py in kept)

    def style(self, line: Line) -> str:
        """The class of a line."""
        return style_of(self.plot, line)


def style_of(plot: Plot, line: Line) -> str:
    """The class of a line: its role, and for all but the lead a number that gives it a dash of its own."""
    if line.role != "other":
        return line.role
    others = [other for other in plot.lines if other.role == "other"]
    return f"other o{others.index(line) % STYLES}"


def lay_out(plot: Plot, size: Size) -> Sheet:
    """The frame between tick labels, gutter and axis titles, and the scales that fill it."""
    y_values = [y for line in plot.lines for _, y in line.points] + [v for v, _ in plot.levels]
    y_values += [spot.y for spot in plot.spots]
    x_values = [x for line in plot.lines for x, _ in line.points] + [spot.x for spot in plot.spots]
    trial = rounded(plot.y, y_values, 0, 1, size.y_ticks)
    tick_px = max((text_width(tick.label) for tick in trial.ticks(size.y_ticks)), default=0.0)
    top = 24.0 + (DIVISION_PX + 6 if plot.division else 0)
    gutter = size.gutter_px if size.gutter_px and (len(plot.lines) > 1 or plot.levels) else 24.0
    frame = Box(tick_px + 10, top, size.width - gutter, size.height - 44)
    x = scale(plot.x, x_values, frame.left, frame.right)
    return Sheet(plot, size, frame, x, rounded(plot.y, y_values, frame.bottom, frame.top, size.y_ticks))
