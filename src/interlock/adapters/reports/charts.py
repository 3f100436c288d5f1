"""Line pictures drawn by hand: every place on paper is computed here, the template only writes it down."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from interlock.adapters.reports import words
from interlock.adapters.reports.labels import LINE_PX, Box, along, beside, choose, fit, spread, text_width
from interlock.adapters.reports.plots import Line, Plot, Point, Spot
from interlock.adapters.reports.scales import Scale, rounded, scale
from interlock.adapters.reports.shapes import Dot, Path, Shape, Text

STYLES = 5  # the style sheet knows this many kinds of lines that can be told apart without colour
TEXT_DROP = 4.0  # from the middle of a line of text to its baseline
DIVISION_PX = 20.0


@dataclass(frozen=True, slots=True)
class Size:
    """A sheet: `gutter_px` is the room on the right for names; 0 means that a legend names the lines."""

    name: str
    width: float
    height: float
    gutter_px: float
    x_ticks: int
    y_ticks: int


WIDE = Size("wide", 760, 372, 168, 10, 5)
NARROW = Size("narrow", 350, 310, 0, 4, 5)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture on a sheet. `inside` is clipped to `frame`, the rest is not."""

    size: Size
    frame: Box
    under: tuple[Shape, ...]
    inside: tuple[Shape, ...]
    over: tuple[Shape, ...]


def style_of(plot: Plot, line: Line) -> str:
    """The class of a line: its role, and for all but the lead a number that gives it a dash of its own."""
    if line.role != "other":
        return line.role
    others = [other for other in plot.lines if other.role == "other"]
    return f"other o{others.index(line) % STYLES}"


def draw(plot: Plot, size: Size) -> Drawing:
    """Place everything; labels touch neither each other nor the edge as long as there is room."""
    y_values = [y for line in plot.lines for _, y in line.points] + [v for v, _ in plot.levels]
    y_values += [spot.y for spot in plot.spots]
    trial = rounded(plot.y, y_values, 0, 1, size.y_ticks)
    tick_px = max((text_width(tick.label) for tick in trial.ticks(size.y_ticks)), default=0.0)
    top = 24.0 + (DIVISION_PX + 6 if plot.division else 0)
    gutter = size.gutter_px if size.gutter_px and (len(plot.lines) > 1 or plot.levels) else 24.0
    frame = Box(tick_px + 10, top, size.width - gutter, size.height - 44)
    x_values = [x for line in plot.lines for x, _ in line.points] + [spot.x for spot in plot.spots]
    x = scale(plot.x, x_values, frame.left, frame.right)
    y = rounded(plot.y, y_values, frame.bottom, frame.top, size.y_ticks)
    under = [*_axes(plot, size, frame, x, y), *_division(plot, frame, x)]
    inside = [*_levels(plot, frame, y), *_bands(plot, x, y), *_lines(plot, x, y)]
    over: list[Shape] = []
    if gutter == size.gutter_px:
        over += _gutter(plot, size, frame, x, y)
    over += _labels(plot, frame, x, y, levels=gutter != size.gutter_px)
    return Drawing(size, frame, tuple(under), tuple(inside), tuple(over))


def _axes(plot: Plot, size: Size, frame: Box, x: Scale, y: Scale) -> Iterable[Shape]:
    for tick in y.ticks(size.y_ticks):
        yield Path(((frame.left, tick.at), (frame.right, tick.at)), "grid")
        yield Text(frame.left - 8, tick.at + TEXT_DROP, tick.label, "tick tick-y", "end", tick.value)
    yield Path(((frame.left, frame.bottom), (frame.right, frame.bottom)), "axis")
    room = 0.0
    for tick in x.ticks(size.x_ticks):
        half = text_width(tick.label) / 2
        yield Path(((tick.at, frame.bottom), (tick.at, frame.bottom + 4)), "axis")
        if tick.at - half < room:
            continue  # a label that would touch the one before it is left out; its tick stays
        room = tick.at + half + 6
        yield Text(tick.at, frame.bottom + 18, tick.label, "tick tick-x", "middle", tick.value)
    yield Text(0, 13, fit(words.one_line(plot.y.label, 90), size.width), "axis-label")
    label = fit(words.one_line(plot.x.label, 90), size.width - frame.left)
    yield Text(frame.right, frame.bottom + 38, label, "axis-label", "end")


def _division(plot: Plot, frame: Box, x: Scale) -> Iterable[Shape]:
    if plot.division is None:
        return
    cut, bottom = x.at(plot.division.at), frame.top - 8
    top = bottom - DIVISION_PX
    parts = ((frame.left, cut, plot.division.left, "part-ai"), (cut, frame.right, plot.division.right, "part-person"))
    for left, right, spoken, style in parts:
        if right - left < 1:
            continue
        yield Path(((left, top), (right, top), (right, bottom), (left, bottom)), style, closed=True)
        fitting = (s for s in spoken if text_width(s) + 12 <= right - left)
        if (said := next(fitting, None)) is not None:
            yield Text(left + 7, (top + bottom) / 2 + TEXT_DROP, said, f"{style}-text")
    yield Path(((cut, top), (cut, frame.bottom)), "cut")


def _levels(plot: Plot, frame: Box, y: Scale) -> Iterable[Shape]:
    for value, _ in plot.levels:
        if value > 0 or not y.axis.log:
            yield Path(((frame.left, y.at(value)), (frame.right, y.at(value))), "limit")


def _bands(plot: Plot, x: Scale, y: Scale) -> Iterable[Shape]:
    for line in plot.lines:
        if line.band:
            upper = [(x.at(at), y.at(high)) for at, _, high in line.band]
            lower = [(x.at(at), y.at(low)) for at, low, _ in reversed(line.band)]
            yield Path((*upper, *lower), "band", closed=True)


def _lines(plot: Plot, x: Scale, y: Scale) -> Iterable[Shape]:
    for line in sorted(plot.lines, key=lambda each: each.role == "lead"):
        if points := places(line, x, y):
            yield Path(points, style_of(plot, line), name=line.name)


def places(line: Line, x: Scale, y: Scale) -> tuple[Point, ...]:
    """A line's points on paper, without those that a logarithmic axis cannot hold."""
    kept = (p for p in line.points if (p[0] > 0 or not x.axis.log) and (p[1] > 0 or not y.axis.log))
    return tuple((x.at(px), y.at(py)) for px, py in kept)


@dataclass(frozen=True, slots=True)
class _Name:
    rows: tuple[str, ...]
    start: Point
    style: str
    led: bool = True  # a line from its end to its name; a line that left the picture has no end to show

    @property
    def height(self) -> float:
        return len(self.rows) * (LINE_PX - 1) + 5


def _gutter(plot: Plot, size: Size, frame: Box, x: Scale, y: Scale) -> Iterable[Shape]:
    names = [name for line in plot.lines if (name := _name_of(plot, line, size, frame, x, y))]
    room = size.gutter_px - 18
    for value, label in plot.levels:
        if value > 0 or not y.axis.log:
            names.append(_Name(_two_rows(label, room), (frame.right, y.at(value)), "name-limit"))
    tops = spread([n.start[1] for n in names], [n.height for n in names], frame.top - 8, frame.bottom + 6)
    left = frame.right + 16
    for name, top in zip(names, tops, strict=True):
        middle = top + name.height / 2
        bend = frame.right + 5
        if name.led:
            yield Path((name.start, (max(bend, name.start[0]), name.start[1]), (left - 4, middle)), "leader")
        for row, said in enumerate(name.rows):
            yield Text(left, top + 13 + row * (LINE_PX - 1), said, name.style)


def _name_of(plot: Plot, line: Line, size: Size, frame: Box, x: Scale, y: Scale) -> _Name | None:
    points = places(line, x, y)
    if not points:
        return None
    end_x, end_y = points[-1]
    style = f"name-{style_of(plot, line).split()[0]}"
    rows = _two_rows(line.name, size.gutter_px - 18)
    if end_y < frame.top - 1:
        rows = (*rows[:1], f"↑ to {plot.y.read(line.points[-1][1])}")
        return _Name(rows, (frame.right, frame.top), style, led=False)
    return _Name(rows, (end_x, min(end_y, frame.bottom)), style)


def _two_rows(name: str, width: float) -> tuple[str, ...]:
    plain = words.one_line(name, 80)
    if text_width(plain) <= width:
        return (plain,)
    first = ""
    rest = plain.split(" ")
    while rest and text_width(f"{first} {rest[0]}") <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return (first, fit(" ".join(rest), width)) if first else (fit(plain, width),)


def _labels(plot: Plot, frame: Box, x: Scale, y: Scale, *, levels: bool) -> Iterable[Shape]:
    points = [p for line in plot.lines for p in _dense(places(line, x, y))]
    across = range(round(frame.left), round(frame.right), 8)
    points += [(float(px), y.at(value)) for value, _ in plot.levels if value > 0 or not y.axis.log for px in across]
    dots = [(spot, (x.at(spot.x), y.at(spot.y))) for spot in plot.spots if spot.y > 0 or not y.axis.log]
    taken = [Box(px - 6, py - 6, px + 6, py + 6) for _, (px, py) in dots]
    sheet = Box(frame.left, frame.top - 6, frame.right + 14, frame.bottom - 2)
    for spot, (px, py) in dots:
        yield from _spot(spot, px, py, y)
        label = fit(words.one_line(spot.label, 60), (frame.right - frame.left) * 0.7)
        box = choose(beside(px, py, text_width(label)), taken, points, sheet)
        taken.append(box)
        yield Text((box.left + box.right) / 2, box.bottom - TEXT_DROP, label, "spot-label", "middle")
    for value, label in plot.levels if levels else ():
        if value > 0 or not y.axis.log:
            said = fit(words.one_line(label, 60), frame.right - frame.left)
            box = choose(along(frame.left, frame.right, y.at(value), text_width(said)), taken, points, sheet)
            taken.append(box)
            yield Text(box.right, box.bottom - TEXT_DROP, said, "name-limit", "end")


def _spot(spot: Spot, px: float, py: float, y: Scale) -> Iterable[Shape]:
    if spot.low is not None and spot.high is not None:
        low, high = y.at(spot.low), y.at(spot.high)
        yield Path(((px, low), (px, high)), "whisker")
        yield Path(((px - 5, high), (px + 5, high)), "whisker")
    yield Dot(px, py, 4.5, "spot")


def _dense(points: tuple[Point, ...]) -> Iterable[Point]:
    """The points and three between each two, so that a label cannot hide between two far points of a line."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for part in (0.0, 0.25, 0.5, 0.75):
            yield x0 + (x1 - x0) * part, y0 + (y1 - y0) * part
    yield from points[-1:]
