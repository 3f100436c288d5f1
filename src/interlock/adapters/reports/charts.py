"""Line pictures drawn by hand: every place on paper is computed here, the template only writes it down."""

from collections.abc import Iterable
from dataclasses import dataclass

from interlock.adapters.reports.labels import Box, fit, text_width
from interlock.adapters.reports.names import names
from interlock.adapters.reports.plots import Plot, Spot
from interlock.adapters.reports.shapes import Dot, Path, Shape, Text
from interlock.adapters.reports.sheets import DIVISION_PX, TEXT_DROP, Sheet, Size, lay_out
from interlock.terms import words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture on a sheet. `inside` is clipped to `frame`, the rest is not."""

    size: Size
    frame: Box
    under: tuple[Shape, ...]
    inside: tuple[Shape, ...]
    over: tuple[Shape, ...]


def draw(plot: Plot, size: Size) -> Drawing:
    """Place everything; labels touch neither each other nor the edge, and stay away where there is no room."""
    sheet = lay_out(plot, size)
    under = (*_axes(sheet), *_division(sheet))
    inside = (*_levels(sheet), *_bands(sheet), *_lines(sheet))
    spots = (shape for spot in plot.spots if spot.y > 0 or not plot.y.log for shape in _spot(sheet, spot))
    return Drawing(size, sheet.frame, under, inside, (*spots, *names(sheet)))


def _axes(sheet: Sheet) -> Iterable[Shape]:
    frame, size = sheet.frame, sheet.size
    for tick in sheet.y.ticks(size.y_ticks):
        yield Path(((frame.left, tick.at), (frame.right, tick.at)), "grid")
        yield Text(frame.left - 8, tick.at + TEXT_DROP, tick.label, "tick tick-y", "end", tick.value)
    yield Path(((frame.left, frame.bottom), (frame.right, frame.bottom)), "axis")
    room = 0.0
    for tick in sheet.x.ticks(size.x_ticks):
        half = text_width(tick.label) / 2
        yield Path(((tick.at, frame.bottom), (tick.at, frame.bottom + 4)), "axis")
        if tick.at - half < room:
            continue  # a label that would touch the one before it is left out; its tick stays
        room = tick.at + half + 6
        yield Text(tick.at, frame.bottom + 18, tick.label, "tick tick-x", "middle", tick.value)
    yield Text(0, 13, fit(words.one_line(sheet.plot.y.label, 90), size.width), "axis-label")
    label = fit(words.one_line(sheet.plot.x.label, 90), size.width - frame.left)
    yield Text(frame.right, frame.bottom + 38, label, "axis-label", "end")


def _division(sheet: Sheet) -> Iterable[Shape]:
    frame, division = sheet.frame, sheet.plot.division
    if division is None:
        return
    cut, bottom = sheet.x.at(division.at), frame.top - 8
    top = bottom - DIVISION_PX
    parts = ((frame.left, cut, division.left, "part-ai"), (cut, frame.right, division.right, "part-person"))
    for left, right, spoken, style in parts:
        if right - left < 1:
            continue
        yield Path(((left, top), (right, top), (right, bottom), (left, bottom)), style, closed=True)
        fitting = (s for s in spoken if text_width(s) + 12 <= right - left)
        if (said := next(fitting, None)) is not None:
            yield Text(left + 7, (top + bottom) / 2 + TEXT_DROP, said, f"{style}-text")
    yield Path(((cut, top), (cut, frame.bottom)), "cut")


def _levels(sheet: Sheet) -> Iterable[Shape]:
    return (Path(((sheet.frame.left, y), (sheet.frame.right, y)), sheet.plot.level_style) for y, _ in sheet.levels)


def _bands(sheet: Sheet) -> Iterable[Shape]:
    for line in sheet.plot.lines:
        if line.band:
            upper = [(sheet.x.at(x), sheet.y.at(high)) for x, _, high in line.band]
            lower = [(sheet.x.at(x), sheet.y.at(low)) for x, low, _ in reversed(line.band)]
            yield Path((*upper, *lower), "band", closed=True)


def _lines(sheet: Sheet) -> Iterable[Shape]:
    for line in sorted(sheet.plot.lines, key=lambda each: each.role == "lead"):
        if points := sheet.places(line):
            yield Path(points, sheet.style(line), name=line.name)


def _spot(sheet: Sheet, spot: Spot) -> Iterable[Shape]:
    px, py = sheet.x.at(spot.x), sheet.y.at(spot.y)
    if spot.low is not None and spot.high is not None:
        low, high = sheet.y.at(spot.low), sheet.y.at(spot.high)
        yield Path(((px, low), (px, high)), "whisker")
        yield Path(((px - 5, high), (px + 5, high)), "whisker")
    yield Dot(px, py, 4.5, "spot")
