"""A report told in sections: what happened to one governed workflow, with the figures and one picture each."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """The state of a section in words; colour only helps."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class DataTable:
    """A captioned table; numeric columns (by index) are set right-aligned."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One named line of a chart; `band` holds (x, low, high) at the same x where it has an interval."""

    name: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled point of a chart; `low` and `high` are its interval where it has one."""

    x: float
    y: float
    label: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A line chart; `levels` are horizontal reference lines (value, label).

    `log_x` and `log_y` draw on a log scale. `y_high` ends the picture there; what goes further is in the table. The
    ends of the other axis are `x_range`, where the points do not tell. `note` says under the picture how to read it.
    `aims`: its levels are where something comes from and goes to, and not limits.
    """

    caption: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    levels: tuple[tuple[float, str], ...] = ()
    log_y: bool = False
    percent_x: bool = False
    percent_y: bool = False
    log_x: bool = False
    y_high: float | None = None
    x_range: tuple[float, float] | None = None
    note: str = ""
    aims: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One step: its title is its conclusion."""

    step: str
    title: str
    tone: Tone
    lines: tuple[str, ...]
    tables: tuple[DataTable, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """A whole report: the title is the conclusion, `summary` is readable in ten seconds."""

    title: str
    summary: tuple[str, ...]
    source: str
    authored_sample: bool
    created_at: str
    sections: tuple[Section, ...]
    next_steps: tuple[str, ...]
