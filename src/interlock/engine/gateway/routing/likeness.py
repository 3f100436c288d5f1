"""Whether two texts mean nearly the same, as far as an embedding can tell: cosines of vectors, in plain Python."""

import math
import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import mul

NUMBERS_MAX = 8_192
HEAD = 64
COMPARED_MAX = 8
ROUNDING = 1e-6  # of 32-bit numbers: a vector has a likeness of 1 to itself
_DIGIT = re.compile(r"\d")
_AROUND = ".,:;!?()[]{}<>\"'"


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What a text means: a vector of length 1, as 32-bit numbers. `rest` is the length of all but its first `HEAD`.

    `figures` are the words with a digit in them, in order: an embedding hardly tells 12 March from 13 March.
    """

    vector: "array[float]"
    rest: float
    figures: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        """What the vector takes in memory."""
        return len(self.vector) * self.vector.itemsize


def meaning_of(text: str, numbers: Sequence[float]) -> Meaning | None:
    """What a text means by its embedding; None for what is no vector, or has no direction."""
    if not 0 < len(numbers) <= NUMBERS_MAX or not all(map(math.isfinite, numbers)):
        return None
    length = math.hypot(*numbers)
    if not 0.0 < length < math.inf:
        return None
    vector = array("f", (one / length for one in numbers))
    rest = math.sqrt(sum(one * one for one in vector[HEAD:]))
    return Meaning(vector, rest, tuple(word.strip(_AROUND) for word in text.split() if _DIGIT.search(word)))


def likeness(one: Meaning, other: Meaning) -> float:
    """The cosine of the angle between two vectors of the same size."""
    return float(sum(map(mul, one.vector, other.vector)))


def nearest(asked: Meaning, known: Iterable[Meaning], *, least: float) -> Meaning | None:
    """Of what is known, the one most like what is asked, with a likeness of `least` at least and the same figures.

    By Cauchy and Schwarz the first numbers bound the likeness: head . head + rest * rest. Only where that bound is
    high enough is all of a vector looked at, and of those the `COMPARED_MAX` with the highest: what is not found is
    asked for, so that nothing wrong comes of it.
    """
    least -= ROUNDING
    head, size = asked.vector[:HEAD], len(asked.vector)
    bounds = [
        (bound, number, one)
        for number, one in enumerate(known)
        if len(one.vector) == size
        and (bound := sum(map(mul, head, one.vector)) + asked.rest * one.rest) >= least
        and one.figures == asked.figures
    ]
    bounds.sort(reverse=True)
    best, found = least, None
    for bound, _, one in bounds[:COMPARED_MAX]:
        if bound < best:
            break
        alike = likeness(asked, one)
        if alike >= best:
            best, found = alike, one
    return found
