"""The few shapes that pictures are made of; the template writes them down as SVG."""

from dataclasses import dataclass
from typing import ClassVar

from interlock.adapters.reports.plots import Point


@dataclass(frozen=True, slots=True)
class Path:
    """A line through points, or an area where `closed`; `name` is the line's name where it is data."""

    kind: ClassVar[str] = "path"
    points: tuple[Point, ...]
    style: str
    closed: bool = False
    name: str = ""

    @property
    def d(self) -> str:
        """The path in SVG's own notation."""
        steps = (f"{x:.2f} {y:.2f}" for x, y in self.points)
        return "M" + "L".join(steps) + ("Z" if self.closed else "")


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    kind: ClassVar[str] = "dot"
    x: float
    y: float
    radius: float
    style: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a baseline; `value` is the number that a tick stands for."""

    kind: ClassVar[str] = "text"
    x: float
    y: float
    text: str
    style: str
    anchor: str = "start"
    value: float | None = None


Shape = Path | Dot | Text
