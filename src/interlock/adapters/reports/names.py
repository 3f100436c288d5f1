"""Words on a picture: marks beside their dots, lines where they leave the picture or end, levels on their lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from interlock.adapters.reports.labels import LINE_PX, Box, Room, along, beside, fit, spread, text_width
from interlock.adapters.reports.plots import Line, Point
from interlock.adapters.reports.shapes import Path, Shape, Text
from interlock.adapters.reports.sheets import TEXT_DROP, Sheet
from interlock.terms import words

ROW_PX = LINE_PX - 1
LABEL_SHARE_MAX = 0.7  # of the frame's width


def names(sheet: Sheet) -> Iterator[Shape]:
    """Every label that has a place, most wanted first: marks, lines that leave, then levels or the gutter."""
    room, frame = _room(sheet), sheet.frame
    longest = (frame.right - frame.left) * LABEL_SHARE_MAX
    for spot in sheet.plot.spots:
        if spot.y > 0 or not sheet.y.axis.log:
            label = fit(words.one_line(spot.label, 60), longest)
            box = room.take(beside(sheet.x.at(spot.x), sheet.y.at(spot.y), text_width(label)))
            yield from _text(box, label, "spot-label")
    if not sheet.has_gutter:
        for y, label in sheet.levels:
            said = fit(words.one_line(label, 60), frame.right - frame.left - 6)
            yield from _text(
                room.take(along(frame.left, frame.right, y, text_width(said))), said, f"name-{sheet.plot.level_style}"
            )
        return
    staying: list[Line] = []
    for line in sheet.plot.lines:
        if box := _leave(sheet, room, line):
            yield from _text(box, _leaving_words(sheet, line), f"{_name_style(sheet, line)} leaving")
        else:
            staying.append(line)
    yield from _gutter(sheet, staying)


def _room(sheet: Sheet) -> Room:
    frame = sheet.frame
    points = [p for line in sheet.plot.lines for p in _dense(sheet.places(line))]
    points += [(float(x), y) for y, _ in sheet.levels for x in range(round(frame.left), round(frame.right), 8)]
    if sheet.plot.division:
        cut = sheet.x.at(sheet.plot.division.at)
        points += [(cut, float(y)) for y in range(round(frame.top), round(frame.bottom), 5)]
    kept = (spot for spot in sheet.plot.spots if spot.y > 0 or not sheet.y.axis.log)
    dots = [(sheet.x.at(spot.x), sheet.y.at(spot.y)) for spot in kept]
    return Room(
        Box(frame.left, frame.top - 6, frame.right + 14, frame.bottom - 2),
        tuple(points),
        tuple(Box(x - 6, y - 6, x + 6, y + 6) for x, y in dots),
    )


def _text(box: Box | None, said: str, style: str) -> Iterable[Shape]:
    if box is not None:
        yield Text((box.left + box.right) / 2, box.bottom - TEXT_DROP, said, style, "middle")


def _leave(sheet: Sheet, room: Room, line: Line) -> Box | None:
    """A place beside the point where a line leaves the picture for good on top, well before its right end."""
    points, frame = sheet.places(line), sheet.frame
    crossing = [(a, b) for a, b in pairwise(points) if a[1] >= frame.top > b[1]]
    if not crossing or points[-1][1] >= frame.top:
        return None
    (x0, y0), (x1, y1) = crossing[-1]
    x = x0 + (x1 - x0) * (frame.top - y0) / (y1 - y0)
    width = text_width(_leaving_words(sheet, line))
    if width > (frame.right - frame.left) * LABEL_SHARE_MAX or x > frame.right - 20:
        return None
    inside = (box for box in beside(x, frame.top + 8, width) if box.right < frame.right and box.top >= frame.top)
    return room.take(tuple(inside))


def _leaving_words(sheet: Sheet, line: Line) -> str:
    return f"{words.one_line(line.name, 40)} ↑ {sheet.y.axis.read(line.points[-1][1])}"


def _name_style(sheet: Sheet, line: Line) -> str:
    return f"name-{sheet.style(line).split()[0]}"


@dataclass(frozen=True, slots=True)
class _Name:
    rows: tuple[str, ...]
    start: Point
    style: str
    led: bool = True  # a line from its end to its name; a line that left the picture has no end to show

    @property
    def height(self) -> float:
        return len(self.rows) * ROW_PX + 5


def _gutter(sheet: Sheet, lines: list[Line]) -> Iterable[Shape]:
    frame, width = sheet.frame, sheet.size.gutter_px - 18
    listed = [name for line in lines if (name := _name_of(sheet, line, width))]
    listed += [
        _Name(_two_rows(label, width), (frame.right, y), f"name-{sheet.plot.level_style}") for y, label in sheet.levels
    ]
    tops = spread([n.start[1] for n in listed], [n.height for n in listed], frame.top - 8, frame.bottom + 6)
    left = frame.right + 16
    for name, top in zip(listed, tops, strict=True):
        x, y = name.start
        if name.led:
            yield Path(((x, y), (max(frame.right + 5, x), y), (left - 4, top + name.height / 2)), "leader")
        for row, said in enumerate(name.rows):
            yield Text(left, top + 13 + row * ROW_PX, said, name.style)


def _name_of(sheet: Sheet, line: Line, width: float) -> _Name | None:
    points, style = sheet.places(line), _name_style(sheet, line)
    if not points:
        return None
    end_x, end_y = points[-1]
    rows = _two_rows(line.name, width)
    if end_y < sheet.frame.top - 1:
        rows = (*rows[:1], f"↑ {sheet.y.axis.read(line.points[-1][1])}")
        return _Name(rows, (sheet.frame.right, sheet.frame.top), style, led=False)
    return _Name(rows, (end_x, min(end_y, sheet.frame.bottom)), style)


def _two_rows(name: str, width: float) -> tuple[str, ...]:
    plain = words.one_line(name, 80)
    if text_width(plain) <= width:
        return (plain,)
    first = ""
    rest = plain.split(" ")
    while rest and text_width(f"{first} {rest[0]}") <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return (first, fit(" ".join(rest), width)) if first else (fit(plain, width),)


def _dense(points: tuple[Point, ...]) -> Iterable[Point]:
    """The points and three between each two, so that a label cannot hide between two far points of a line."""
    for (x0, y0), (x1, y1) in pairwise(points):
        for part in (0.0, 0.25, 0.5, 0.75):
            yield x0 + (x1 - x0) * part, y0 + (y1 - y0) * part
    yield from points[-1:]
