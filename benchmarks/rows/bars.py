"""The bars that the implementation must reach, as the design states them: a figure measured once, and a limit."""

import math
import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

VALIDITY = "threshold validity"
POWER = "threshold power"
LABELS = "labels needed with 0/1/2/3 errors, delta = .05"
MONITOR = "monitor false alarm, alpha = 2 %"
PROMOTION = "promotion gate false promotion at p = alpha, always looking, 3000 labels"
JUDGED = "judge-assisted type-1 error (judge guesses may be wrong)"
CONFSEQ = "agreement with confseq reference code (EB, Hoeffding, betting stopping times)"
PEEKING = "peeking inflation z-test 5/10/20/50/100 looks"
ACCURACY = "bake-off accuracy"


class Bar(NamedTuple):
    """`measured`: the design's own figure, on its machine. `limit`: the bar, in the design's words (`read_limit`)."""

    id: str
    what: str
    measured: str
    limit: str


class Cell(NamedTuple):
    """A row of a table of thresholds."""

    budget: float
    n: int


@dataclass(frozen=True, slots=True)
class Limit:
    """What a measured figure is held against; `standard_errors` widens an "at most" by those of the runs made."""

    kind: Literal["at most", "at least", "exactly", "within"]
    values: tuple[float, ...]
    standard_errors: float = 0.0
    tolerance: float = 0.0


def read_limit(bar: Bar) -> Limit:
    """The limit of a bar as numbers. Raises ValueError on words that it does not know: no bar is passed over."""
    words = bar.limit
    if words == "exact":
        return Limit("exactly", _numbers(bar.measured))
    if found := re.fullmatch(r"=(\d[\d.]*)", words):
        return Limit("exactly", (float(found[1]),))
    if found := re.fullmatch(r">=([\d.]+)", words):
        return Limit("at least", (float(found[1]),))
    if found := re.fullmatch(r"<=([\d.]+)(?:\+([\d.]+)SE)?(?: \(.*\))?", words):
        return Limit("at most", (float(found[1]),), standard_errors=float(found[2] or 0.0))
    if found := re.fullmatch(r"within ([\d.]+) of ([\d./]+)", words):
        return Limit("within", _numbers(found[2]), tolerance=float(found[1]))
    raise ValueError(f"{bar.id}: the bar {words!r} cannot be read")


def holds(limit: Limit, values: tuple[float, ...], *, draws: int, slack: float = 0.0) -> bool:
    """Whether the measured values reach the limit. NaN never does. `slack` widens it, for runs with few draws."""
    if len(values) != len(limit.values):
        return False
    pairs = list(zip(values, limit.values, strict=True))
    if limit.kind == "exactly":
        return values == limit.values
    if limit.kind == "within":
        return all(abs(value - wanted) <= limit.tolerance + slack for value, wanted in pairs)
    if limit.kind == "at least":
        return all(value + slack >= wanted for value, wanted in pairs)
    return all(value <= _at_most(wanted, limit, draws) + slack for value, wanted in pairs)


def cell_of(id_: str) -> tuple[str, str, Cell] | None:
    """(valid or power, pool, cell) of a T row; None for any other row."""
    found = re.fullmatch(r"T-(valid|power)-(\w+)-([\d.]+)-(\d+)", id_)
    return (found[1], found[2], Cell(float(found[3]), int(found[4]))) if found else None


def _at_most(wanted: float, limit: Limit, draws: int) -> float:
    return wanted + limit.standard_errors * math.sqrt(wanted * (1.0 - wanted) / draws)


def _numbers(words: str) -> tuple[float, ...]:
    return tuple(float(number) for number in re.findall(r"\d*\.?\d+", words))


# Where rows of the design share a name, ours carry a number, in the design's order.
BARS: tuple[Bar, ...] = (
    Bar("T-power-banking77_small-0.005-3000", POWER, "0.3315", ">=0.30"),
    Bar("T-valid-banking77_small-0.01-100", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_small-0.01-300", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_small-0.01-1000", VALIDITY, "0.0165", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.01-1000", POWER, "0.3724", ">=0.34"),
    Bar("T-valid-banking77_small-0.01-3000", VALIDITY, "0.0305", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.01-3000", POWER, "0.7537", ">=0.72"),
    Bar("T-valid-banking77_small-0.02-100", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_small-0.02-300", VALIDITY, "0.0155", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.02-300", POWER, "0.4321", ">=0.40"),
    Bar("T-valid-banking77_small-0.02-1000", VALIDITY, "0.033", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.02-1000", POWER, "0.8193", ">=0.79"),
    Bar("T-valid-banking77_small-0.02-3000", VALIDITY, "0.0415", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.02-3000", POWER, "0.94", ">=0.91"),
    Bar("T-valid-banking77_small-0.05-100", VALIDITY, "0.01", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.05-100", POWER, "0.5503", ">=0.52"),
    Bar("T-valid-banking77_small-0.05-300", VALIDITY, "0.025", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.05-300", POWER, "0.856", ">=0.83"),
    Bar("T-valid-banking77_small-0.05-1000", VALIDITY, "0.0335", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.05-1000", POWER, "0.9547", ">=0.92"),
    Bar("T-valid-banking77_small-0.05-3000", VALIDITY, "0.0345", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_small-0.05-3000", POWER, "0.9759", ">=0.95"),
    Bar("T-valid-banking77_heur-0.01-100", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.01-300", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.01-1000", VALIDITY, "0.022", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.01-3000", VALIDITY, "0.0365", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.02-100", VALIDITY, "0.0", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.02-300", VALIDITY, "0.0025", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.02-1000", VALIDITY, "0.029", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.02-3000", VALIDITY, "0.036", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_heur-0.02-3000", POWER, "0.7652", ">=0.74"),
    Bar("T-valid-banking77_heur-0.05-100", VALIDITY, "0.024", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-valid-banking77_heur-0.05-300", VALIDITY, "0.018", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_heur-0.05-300", POWER, "0.4333", ">=0.40"),
    Bar("T-valid-banking77_heur-0.05-1000", VALIDITY, "0.029", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_heur-0.05-1000", POWER, "0.7824", ">=0.75"),
    Bar("T-valid-banking77_heur-0.05-3000", VALIDITY, "0.0345", "<=0.062 (0.05+2.5 SE)"),
    Bar("T-power-banking77_heur-0.05-3000", POWER, "0.8912", ">=0.86"),
    Bar("N-0.005", LABELS, "(598, 947, 1258, 1549)", "exact"),
    Bar("N-0.01", LABELS, "(299, 473, 628, 773)", "exact"),
    Bar("N-0.02", LABELS, "(149, 236, 313, 386)", "exact"),
    Bar("N-0.05", LABELS, "(59, 93, 124, 153)", "exact"),
    Bar("M-e-SR-FA2500 p=alpha", MONITOR, "0.134", "<=0.25 (m/c)"),
    Bar("M-e-SR-FA2500 p=alpha/2", MONITOR, "0.0045", "<=0.25 (m/c)"),
    Bar("M-restart-FA2500 p=alpha", MONITOR, "0.0185", "<=0.05"),
    Bar("M-restart-FA2500 p=alpha/2", MONITOR, "0.0015", "<=0.05"),
    Bar("G-0.01-fp", PROMOTION, "0.0367", "<=0.058"),
    Bar("G-0.02-fp", PROMOTION, "0.044", "<=0.058"),
    Bar("G-0.05-fp", PROMOTION, "0.0495", "<=0.058"),
    Bar("Jnull-0.02-null-promote-none (uniform 10%)", JUDGED, "0.028", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-promote-80% agreement", JUDGED, "0.012", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-promote-90% agreement", JUDGED, "0.008", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-promote-95% agreement", JUDGED, "0.0", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-demote-none (uniform 10%)", JUDGED, "0.032", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-demote-80% agreement", JUDGED, "0.015", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-demote-90% agreement", JUDGED, "0.035", "<=0.05+2.5SE"),
    Bar("Jnull-0.02-null-demote-95% agreement", JUDGED, "0.028", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-promote-none (uniform 10%)", JUDGED, "0.038", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-promote-80% agreement", JUDGED, "0.02", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-promote-90% agreement", JUDGED, "0.03", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-promote-95% agreement", JUDGED, "0.015", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-demote-none (uniform 10%)", JUDGED, "0.038", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-demote-80% agreement", JUDGED, "0.012", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-demote-90% agreement", JUDGED, "0.025", "<=0.05+2.5SE"),
    Bar("Jnull-0.05-null-demote-95% agreement", JUDGED, "0.03", "<=0.05+2.5SE"),
    Bar("C-confseq", CONFSEQ, "1.0", "=1.0"),
    Bar("C-peek", PEEKING, ".141/.193/.247/.320/.373", "within .005 of .142/.193/.248/.320/.374"),
    Bar("A-banking77-heuristic: TF-IDF 1-nearest ne", ACCURACY, "79.12", ">=78.6"),
    Bar("A-banking77-heuristic: TF-IDF nearest cent", ACCURACY, "80.68", ">=80.2"),
    Bar("A-banking77-TF-IDF word(1,2)+char(2,5) + L", ACCURACY, "91.17", ">=90.7"),
    Bar("A-banking77-MiniLM-L6 embed + 1-nearest ne", ACCURACY, "92.05", ">=91.5"),
    Bar("A-banking77-MiniLM-L6 embed + LogisticRegr #1", ACCURACY, "92.89", ">=92.4"),
    Bar("A-banking77-MiniLM-L6 embed + LogisticRegr #2", ACCURACY, "93.05", ">=92.5"),
    Bar("A-banking77-MiniLM-L6 embed + LogisticRegr #3", ACCURACY, "92.63", ">=92.1"),
    Bar("A-banking77-TF-IDF + MiniLM-L6 concat + Li", ACCURACY, "93.6", ">=93.1"),
    Bar("A-clinc150_inscope-heuristic: TF-IDF 1-nearest ne", ACCURACY, "79.56", ">=79.1"),
    Bar("A-clinc150_inscope-heuristic: TF-IDF nearest cent", ACCURACY, "82.76", ">=82.3"),
    Bar("A-clinc150_inscope-TF-IDF word(1,2)+char(2,5) + L", ACCURACY, "92.76", ">=92.3"),
    Bar("A-clinc150_inscope-MiniLM-L6 embed + 1-nearest ne", ACCURACY, "88.02", ">=87.5"),
    Bar("A-clinc150_inscope-MiniLM-L6 embed + LogisticRegr #1", ACCURACY, "95.47", ">=95.0"),
    Bar("A-clinc150_inscope-MiniLM-L6 embed + LogisticRegr #2", ACCURACY, "95.31", ">=94.8"),
    Bar("A-clinc150_inscope-MiniLM-L6 embed + LogisticRegr #3", ACCURACY, "95.33", ">=94.8"),
    Bar("A-clinc150_inscope-TF-IDF + MiniLM-L6 concat + Li", ACCURACY, "95.96", ">=95.5"),
)
