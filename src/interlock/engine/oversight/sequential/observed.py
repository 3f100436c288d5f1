"""One judged case as the sequential tests take it, and how they read their saved state."""

import math
from collections.abc import Collection, Mapping
from typing import Any

from interlock.engine.oversight.binomial import whole_count

ROUNDING = 1e-9  # a statistic that was computed in another order may differ by less


def is_wrong(wrong: int) -> bool:
    """True for 1, False for 0; raises ValueError for anything else: an unknown outcome must not be counted."""
    if wrong not in (0, 1):
        raise ValueError(f"wrong is {wrong!r}: give True (wrong) or False (right); leave unjudged cases out")
    return bool(wrong)


def as_number(value: float) -> float:
    """`value` as a float, not a number where it is none: for the limits that are checked next."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def run_length_in(unit: str, run_length: float) -> float:
    """`run_length` as a float from 1 to 10^12 `unit`; raises ValueError otherwise."""
    length = as_number(run_length)
    if not 1.0 <= length <= 1e12:
        raise ValueError(f"run_length is {run_length!r}: give a number of {unit} from 1 to 10^12")
    return length


def state_of_kind(kind: str, state: Mapping[str, Any], *, entries: Collection[str]) -> Mapping[str, Any]:
    """`state` when it was saved whole by this kind of test in this format; raises ValueError otherwise."""
    if state.get("kind") != kind or state.get("format") != 1:
        found = f"{state.get('kind')!r}, format {state.get('format')!r}"
        raise ValueError(f"the saved state is of {found}: a state of {kind!r}, format 1, is needed")
    missing = sorted(set(entries) - set(state))
    if missing:
        raise ValueError(f"the saved state of {kind!r} lacks {', '.join(missing)}: read it from the journal again")
    return state


def read_counts(state: Mapping[str, Any]) -> tuple[int, int]:
    """(`n`, `n_wrong`) of a saved state; raises ValueError where they cannot be counts of cases."""
    n, n_wrong = whole_count("n", state["n"]), whole_count("n_wrong", state["n_wrong"])
    if n_wrong > n:
        raise ValueError(f"the saved state has {n_wrong} wrong of {n} cases: read it from the journal again")
    return n, n_wrong


def read_decided_at(state: Mapping[str, Any], *, at_most: int) -> int | None:
    """`decided_at` of a saved state: None, or a case that was observed; raises ValueError otherwise."""
    if state["decided_at"] is None:
        return None
    decided_at = whole_count("decided_at", state["decided_at"], least=1)
    if decided_at > at_most:
        raise ValueError(
            f"the saved state was decided at case {decided_at} of {at_most}: read it from the journal again"
        )
    return decided_at


def read_sums(state: Mapping[str, Any], count: int) -> list[float]:
    """The `sums` of a saved state, `count` finite numbers of at least 0; raises ValueError otherwise."""
    try:
        sums = [float(each) for each in state["sums"]]
    except (TypeError, ValueError):
        sums = []
    if len(sums) != count or not all(0.0 <= each < math.inf for each in sums):
        raise ValueError(f"the saved state has unusable sums: {count} finite numbers are needed, read it again")
    return sums


def refuse_missed_decision(*, decided: bool, over_limit: float) -> None:
    """Raises ValueError where a saved state says "undecided" with its limit passed: no test would have saved it.

    `over_limit`: by how much, as a share of the limit (or in logarithms); rounding alone is no reason.
    """
    if not decided and over_limit > ROUNDING:
        raise ValueError("the saved state has reached its limit and lacks the decision: read it from the journal again")
