"""Columns that give the decision away."""

from collections import Counter, defaultdict
from collections.abc import Sequence

_ROWS = 20_000
_GIVES_AWAY = 0.95


def one_to_one(values: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether each value always comes with one label and each label with one value, such as a label's own key."""
    label_of: dict[str, str] = {}
    value_of: dict[str, str] = {}
    for value, label in zip(values, labels, strict=True):
        if (
            value
            and label
            and (label_of.setdefault(value, label) != label or value_of.setdefault(label, value) != value)
        ):
            return False
    return len(label_of) > 1


def share_given_away(values: Sequence[str], labels: Sequence[str]) -> float | None:
    """Share of rows whose label is the most frequent one of their value; None where that tells nothing.

    It tells nothing where values hardly repeat or one label is nearly everything anyway. Up to 20,000 rows are used.
    """
    step = max(1, len(labels) // _ROWS)
    by_value: dict[str, Counter[str]] = defaultdict(Counter)
    for value, label in zip(values[::step], labels[::step], strict=True):
        by_value[value][label] += 1
    rows = len(labels[::step])
    if not rows or rows < 5 * len(by_value):
        return None
    right = sum(counts.most_common(1)[0][1] for counts in by_value.values()) / rows
    largest = Counter(labels[::step]).most_common(1)[0][1] / rows
    return right if right >= _GIVES_AWAY and 1 - right < (1 - largest) / 2 else None
