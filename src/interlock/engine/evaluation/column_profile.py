"""What the cells of a column are like, as far as guessing its use needs it."""

import itertools
import re
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass

from interlock.engine.evaluation.times import parse_time
from interlock.terms.table import RawTable

_SHAPE_CELLS = 1_000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
PLACEHOLDERS = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "-", "--"})


@dataclass(frozen=True, slots=True)
class Profile:
    """One column. Shares are of filled cells; `filled` counts cells that are neither blank nor a placeholder such as ?.

    `number_share`, `fraction_share` (numbers that are not whole), `unit_share` (numbers from 0 to 1), `time_share`,
    `json_share`, `words_mean` and `chars_mean` are taken from up to 1,000 cells spread over the file. `counts_up`: the
    column numbers the rows.
    """

    name: str
    place: int
    rows: int
    filled: int
    distinct: int
    words_mean: float
    chars_mean: float
    number_share: float
    fraction_share: float
    unit_share: float
    time_share: float
    epoch_like: bool
    json_share: float
    counts_up: bool

    @property
    def constant(self) -> bool:
        """One value or none at all."""
        return self.distinct < 2

    @property
    def is_time(self) -> bool:
        """At least 95 % of all rows hold a time."""
        return self.time_share * self.filled >= 0.95 * self.rows > 0

    @property
    def is_number(self) -> bool:
        """At least 95 % of filled cells are numbers."""
        return self.number_share >= 0.95

    @property
    def unique(self) -> bool:
        """No value comes twice."""
        return self.filled > 1 and self.distinct == self.filled


def profile_columns(table: RawTable) -> tuple[Profile, ...]:
    """A profile of every column, in column order."""
    columns = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.columns)
    return tuple(_profile(name, place, columns[place]) for place, name in enumerate(table.columns))


def profile_column(table: RawTable, name: str) -> Profile:
    """The profile of one column. Raises ValueError where there is none of that name."""
    place = table.columns.index(name)
    return _profile(name, place, [row[place] for row in table.rows])


def is_number(text: str) -> bool:
    """Digits with an optional sign, decimal point and exponent."""
    return _NUMBER.match(text) is not None


def spread(values: Sequence[str], count: int) -> list[str]:
    """Up to `count` values at even distances."""
    step = max(1, len(values) // count)
    return list(values[::step][:count])


def _profile(name: str, place: int, values: Sequence[str]) -> Profile:
    counts = Counter(values)
    kinds = {value: count for value, count in counts.items() if value.strip().lower() not in PLACEHOLDERS}
    cells = _examples(values, kinds)
    n = max(1, len(cells))
    filled, distinct = sum(kinds.values()), len(set(map(str.strip, kinds)))
    numbers = [float(cell) for cell in cells if is_number(cell)]
    times = sum(parse_time(cell) is not None for cell in cells) / n
    return Profile(
        name=name,
        place=place,
        rows=len(values),
        filled=filled,
        distinct=distinct,
        words_mean=sum(map(_words, cells)) / n,
        chars_mean=sum(map(len, cells)) / n,
        number_share=len(numbers) / n,
        fraction_share=sum(number % 1 != 0 for number in numbers) / n,
        unit_share=sum(0.0 <= number <= 1.0 for number in numbers) / n,
        time_share=times,
        epoch_like=len(numbers) / n > 0.95 and times > 0,
        json_share=sum(cell[0] in "{[" for cell in cells) / n,
        counts_up=filled == distinct == len(values) and _counts_up(values),
    )


def _words(cell: str) -> float:
    """Words of a cell; scripts without spaces count two characters as one."""
    head = cell[:500]
    return len(cell.split()) + (0.0 if head.isascii() else sum(char > "\u2e80" for char in head) / 2)


def _examples(values: Sequence[str], kinds: Container[str]) -> list[str]:
    """Filled cells at even distances; from all of the column where few are filled."""
    cells = [cell.strip() for cell in spread(values, _SHAPE_CELLS) if cell in kinds]
    if len(cells) < _SHAPE_CELLS / 4:
        cells = spread([cell.strip() for cell in values if cell in kinds], _SHAPE_CELLS)
    return cells


def _counts_up(values: Sequence[str]) -> bool:
    """Whole numbers that each follow the one before (rows may have been left out by sampling)."""
    if len(values) < 3 or not all(value.isdecimal() and len(value) < 19 for value in values):
        return False
    numbers = list(map(int, values))
    rising = all(before < after for before, after in itertools.pairwise(numbers))
    return rising and numbers[-1] - numbers[0] < 20 * len(numbers)
