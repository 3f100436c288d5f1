"""Labelled cases, checked and ranked by confidence; ties stay together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankedCases:
    """Cases from the most confident down, one entry for each distinct confidence.

    `scores[i]` is a confidence, `n_above[i]` the cases at or over it, `n_wrong_above[i]` the wrong ones among them.
    `losses` has one entry a case, the most confident first, and None where every wrong case counts alike.
    """

    n: int
    scores: "Floats"
    n_above: "Counts"
    n_wrong_above: "Counts"
    losses: "Floats | None" = None


def rank_cases(confidence: "npt.ArrayLike", wrong: "npt.ArrayLike") -> RankedCases:
    """Check the two columns and rank them. The order of the input changes nothing, within ties neither.

    Raises ValueError naming the column, the index (from 0) and the mend.
    """
    import numpy as np

    scores = confidence_column("confidence", confidence)
    labels = _wrong_column(wrong)
    if len(scores) != len(labels):
        name, other = ("confidence", "wrong") if len(scores) > len(labels) else ("wrong", "confidence")
        short, long = sorted((len(scores), len(labels)))
        raise ValueError(
            f"{name} has {long} entries and {other} has {short}: {name}[{short}] has no partner; "
            "give one of each a case"
        )
    # The bits of floats from 0 to 1 sort like integers and leave the sign bit free: with the label in the last bit
    # one plain sort does what an argsort and two gathers would do, several times as fast.
    keys = (scores + 0.0).view(np.uint64)  # + 0.0 turns -0.0 into 0.0
    keys = np.sort((keys << np.uint64(1)) | labels)[::-1]
    bits = keys >> np.uint64(1)
    is_end = np.ones(len(bits), dtype=bool)
    is_end[:-1] = bits[:-1] != bits[1:]
    ends = np.flatnonzero(is_end)
    wrong_so_far = np.cumsum(keys & np.uint64(1), dtype=np.int64)
    return RankedCases(len(scores), bits[ends].view(np.float64), ends.astype(np.int64) + 1, wrong_so_far[ends])


def rank_losses(confidence: "npt.ArrayLike", wrong: "npt.ArrayLike", loss: "npt.ArrayLike") -> RankedCases:
    """The same with what each case costs if it is wrong, in [0, 1]; right ones cost nothing. Raises as `rank_cases`."""
    import numpy as np

    ranked = rank_cases(confidence, wrong)
    severity = confidence_column("loss", loss)
    if len(severity) != ranked.n:
        raise ValueError(f"loss has {len(severity)} entries for {ranked.n} cases: give one a case")
    losses = severity * _wrong_column(wrong).astype(np.float64)
    # Sorted by loss inside a tie, so that the order of the input cannot change a rounding.
    order = np.lexsort((losses, -confidence_column("confidence", confidence)))
    return replace(ranked, losses=losses[order])


def confidence_column(name: str, values: "npt.ArrayLike") -> "Floats":
    """`values` as float64 in [0, 1]; raises ValueError naming the first entry that is not."""
    import numpy as np

    column = _numbers(name, values)
    bad = np.flatnonzero(~((column >= 0.0) & (column <= 1.0)))
    if len(bad):
        raise ValueError(f"{name}[{bad[0]}] is {column[bad[0]]}: give a number from 0 to 1, or leave the case out")
    return column


def _wrong_column(values: "npt.ArrayLike") -> "npt.NDArray[np.uint64]":
    import numpy as np

    column = _numbers("wrong", values)
    bad = np.flatnonzero((column != 0.0) & (column != 1.0))
    if len(bad):
        raise ValueError(f"wrong[{bad[0]}] is {column[bad[0]]}: give 1 (wrong) or 0 (right), or leave the case out")
    return column.astype(np.uint64)


def _numbers(name: str, values: Any) -> "Floats":
    """One column of float64. None becomes NaN, so that the caller's check names its index."""
    import numpy as np

    given = values if isinstance(values, np.ndarray) or hasattr(values, "__array__") else list(values)
    try:
        column = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as exc:
        raise ValueError(_what_is_no_number(name, given)) from exc
    if column.ndim != 1:
        raise ValueError(f"{name} has {column.ndim} dimensions: give one flat column, one entry a case")
    return column


def _what_is_no_number(name: str, given: Sequence[Any]) -> str:
    for index, entry in enumerate(given):
        try:
            float(entry)
        except (TypeError, ValueError):
            return f"{name}[{index}] is {entry!r}: give a number, or leave the case out"
    return f"{name} cannot be read as numbers: give one flat column, one entry a case"
