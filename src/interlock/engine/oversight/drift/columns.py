"""Columns of both samples, and as what each is compared."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.terms.drift import FeatureKind

Cell = str | float | None
Cells = Sequence[Cell]

DISTINCT_NUMBERS_LEAST = 13  # fewer are compared as categories: a rank test is weak where most cases are tied
NUMERIC_SHARE = 0.95
CATEGORIES_MAX = 200
IDENTIFIER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """One feature in both samples, without the cells that it cannot be read from."""

    kind: FeatureKind
    reference: tuple[str, ...] | tuple[float, ...]
    recent: tuple[str, ...] | tuple[float, ...]


def is_missing(cell: Cell) -> bool:
    """None, NaN and cells of nothing but blanks."""
    return (
        cell is None or (isinstance(cell, float) and math.isnan(cell)) or (isinstance(cell, str) and not cell.strip())
    )


def paired(reference: Cells, recent: Cells, *, as_text: bool) -> Pair | str:
    """The feature as it is compared, or in words why it is not."""
    old, new = _present(reference), _present(recent)
    if not old and not new:
        return "has no cell with a value in either"
    if as_text:
        return Pair(FeatureKind.TEXT, tuple(map(str, old)), tuple(map(str, new)))
    old_numbers, new_numbers = _numbers(old), _numbers(new)
    # Either sample makes it numeric: where one turns into words, those cells count as missing, and that is drift.
    shares = [len(numbers) / len(cells) for numbers, cells in ((old_numbers, old), (new_numbers, new)) if cells]
    if max(shares) >= NUMERIC_SHARE and len({*old_numbers, *new_numbers}) >= DISTINCT_NUMBERS_LEAST:
        return Pair(FeatureKind.NUMERIC, old_numbers, new_numbers)
    words_old, words_new = tuple(map(_category, old)), tuple(map(_category, new))
    if _looks_like_identifiers(words_old) and _looks_like_identifiers(words_new):
        return (
            "nearly every case has a value of its own: an identifier, a time or a text; name it as text to compare it"
        )
    return Pair(FeatureKind.CATEGORICAL, words_old, words_new)


def category_counts(
    reference: Sequence[str], recent: Sequence[str]
) -> tuple[tuple[int, ...], tuple[int, ...], float | None]:
    """Counts of both over the same categories, and the share of recent cases in categories that are new.

    At most 200 categories: the rarer ones of both together are one. The share is None without recent cases.
    """
    old, new = Counter(reference), Counter(recent)
    unseen = sum(count for name, count in new.items() if name not in old) / len(recent) if recent else None
    together = old + new
    kept = sorted(together, key=lambda name: (-together[name], name))[: CATEGORIES_MAX - 1]
    rest = (sum(old.values()) - sum(old[name] for name in kept), sum(new.values()) - sum(new[name] for name in kept))
    counts_old, counts_new = [old[name] for name in kept], [new[name] for name in kept]
    if any(rest):
        counts_old.append(rest[0])
        counts_new.append(rest[1])
    return tuple(counts_old), tuple(counts_new), unseen


def _present(cells: Cells) -> list[str | float]:
    return [cell for cell in cells if cell is not None and not is_missing(cell)]


def _numbers(cells: Sequence[str | float]) -> tuple[float, ...]:
    return tuple(number for number in map(_number, cells) if math.isfinite(number))


def _number(cell: str | float) -> float:
    try:
        return float(cell)
    except (ValueError, OverflowError):
        return math.nan


def _category(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell.strip()
    # 3 and 3.0 are one value, and no digit is rounded away: running numbers of the same length are different values.
    return str(int(cell)) if not isinstance(cell, bool) and float(cell).is_integer() else str(cell)


def _looks_like_identifiers(cells: Sequence[str]) -> bool:
    return len(set(cells)) > max(CATEGORIES_MAX, IDENTIFIER_SHARE * len(cells)) if cells else True
