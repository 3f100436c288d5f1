"""Places for words in a picture: labels that touch neither each other nor, where it can be helped, a line."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

FONT_PX = 12.0
LINE_PX = 15.0
# Widths in units of the font size, on the safe side of the widest common system font.
NARROW, USUAL, WIDE, FULL = 0.36, 0.62, 0.92, 1.35
NARROW_LETTERS = frozenset("fijlrtI .,:;|!'()[]·")
WIDE_LETTERS = frozenset("mwMWOQ@%")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on paper, in px; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """The area that both boxes cover, in square px."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def outside(self, frame: "Box") -> float:
        """How far this box sticks out of `frame`, in px, all sides added."""
        sides = (frame.left - self.left, frame.top - self.top, self.right - frame.right, self.bottom - frame.bottom)
        return sum(max(side, 0.0) for side in sides)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def text_width(text: str, font_px: float = FONT_PX) -> float:
    """An upper estimate of a text's width in a system font, in px."""
    return sum(_em(character) for character in text) * font_px


def _em(character: str) -> float:
    if character in NARROW_LETTERS:
        return NARROW
    if character in WIDE_LETTERS or character.isupper():
        return WIDE if character in WIDE_LETTERS else 0.76
    if unicodedata.combining(character):
        return 0.0
    # Emoji and East Asian letters fill a square and more; scripts that we do not know get the same.
    return USUAL if ord(character) < 0x2E80 else FULL


def fit(text: str, width_px: float, font_px: float = FONT_PX) -> str:
    """`text`, cut with "…" so that it is at most `width_px` wide."""
    if text_width(text, font_px) <= width_px:
        return text
    while text and text_width(text + "…", font_px) > width_px:
        text = text[:-1]
    return text.rstrip() + "…"


def beside(x: float, y: float, width: float, *, gap: float = 9.0) -> tuple[Box, ...]:
    """Places for a label of `width` around a point, best first: right, left, above and below, then further off."""
    half = LINE_PX / 2
    centres: list[tuple[float, float]] = []
    for away in (gap, gap + LINE_PX, gap + 2 * LINE_PX, gap + 4 * LINE_PX):
        near = away + width / 2
        centres += [(x + near, y - away), (x + near, y), (x - near, y - away), (x + near, y + away)]
        centres += [(x - near, y), (x, y - away - half), (x, y + away + half), (x - near, y + away)]
    return tuple(Box(cx - width / 2, cy - half, cx + width / 2, cy + half) for cx, cy in centres)


def along(start: float, end: float, y: float, width: float) -> tuple[Box, ...]:
    """Places for a label on a horizontal line: over or under it, from the right end to the left."""
    boxes: list[Box] = []
    steps = 8
    for step in range(steps + 1):
        right = end - 3 - (end - start - width - 6) * step / steps
        boxes += [Box(right - width, top, right, top + LINE_PX) for top in (y - LINE_PX - 1, y + 2)]
    return tuple(boxes)


@dataclass(slots=True)
class Room:
    """The free room of a picture: its `frame`, `points` that labels had better not cover, and `dots` likewise."""

    frame: Box
    points: tuple[tuple[float, float], ...]
    dots: tuple[Box, ...]
    words: list[Box] = field(default_factory=list)

    def take(self, places: Sequence[Box]) -> Box | None:
        """The least harmful of `places`, first ones preferred; None where all would cover words or leave the frame."""
        free = [box for box in places if box.outside(self.frame) < 1 and not any(map(box.overlap, self.words))]
        if not free:
            return None
        best = min(free, key=self._harm)
        self.words.append(best)
        return best

    def _harm(self, box: Box) -> float:
        return sum(map(box.overlap, self.dots)) + sum(1 for x, y in self.points if box.holds(x, y))


def spread(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> tuple[float, ...]:
    """Tops of stacked labels, each as near its wanted centre as the others allow, within [top, bottom] if they fit."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    tops = dict.fromkeys(order, top)
    edge = top
    for i in order:
        edge = max(edge, wanted[i] - heights[i] / 2)
        tops[i] = edge
        edge += heights[i]
    edge = bottom
    for i in reversed(order):
        tops[i] = max(min(tops[i], edge - heights[i]), top)
        edge = tops[i]
    # A stack taller than the room runs on downwards rather than on top of itself.
    edge = top
    for i in order:
        tops[i] = max(tops[i], edge)
        edge = tops[i] + heights[i]
    return tuple(tops[i] for i in range(len(wanted)))
