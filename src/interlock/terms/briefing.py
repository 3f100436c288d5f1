"""A document for leaders, said once and written as HTML, PDF, slides, Markdown and JSON."""

from dataclasses import dataclass

from interlock.terms.story import Chart, Tone

APPENDIX = "Appendix"  # the chapter of what stands behind a document; slides only name it


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as people read it, with what it counts and how sure it is. `evidence`: digests or "entry 12".

    `value` is None where it is not known; then `shown` says so in words and `owner` who is to find out.
    """

    label: str
    shown: str  # "62.4 %"
    value: float | None
    unit: str = ""
    interval: str = ""  # "±1.9"
    denominator: str = ""  # "n 2,617"
    evidence: tuple[str, ...] = ()
    owner: str = ""
    tone: Tone = Tone.NEUTRAL


Cell = str | Figure


@dataclass(frozen=True, slots=True)
class Grid:
    """A captioned table of words, in one line or several, and figures. `empty` says what would fill it, where it has
    no row.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """One section of a document; its title is its conclusion. `part` names it in a word or three, such as "Risks".

    `chapter` is the larger part that it belongs to, "" in a document without any, APPENDIX behind the document.
    """

    title: str
    lines: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()
    tone: Tone = Tone.NEUTRAL
    part: str = ""
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the document should say and nobody knows yet, and who is to find out."""

    what: str
    owner: str


@dataclass(frozen=True, slots=True)
class Briefing:
    """A whole document: the title is the conclusion, `summary` is read in ten seconds.

    `kind` names the document ("monthly update"), `subject` whom it is about, `as_of` until when records were read.
    `front` passages make the first page; 0: the text flows. `records` say whether the records behind the document hold
    and how its evidence is followed.
    """

    kind: str
    title: str
    subject: str
    as_of: str
    summary: tuple[str, ...]
    passages: tuple[Passage, ...]
    unknown: tuple[Unknown, ...] = ()
    authored_sample: bool = False
    landscape: bool = False
    front: int = 0
    records: tuple[str, ...] = ()
