"""A comparison of two releases over a whole record at once."""

from copy import deepcopy
from typing import TYPE_CHECKING

from interlock.engine.oversight.sequential.comparison import NonInferiorityTest
from interlock.engine.oversight.sequential.replay import Replay

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def replay_comparison(
    test: NonInferiorityTest, *, same: "npt.ArrayLike", wrong_old: "npt.ArrayLike", wrong_new: "npt.ArrayLike"
) -> Replay[NonInferiorityTest]:
    """Count every case, in the order they came; columns of equal length, one entry a case.

    `same`: 1 or True where both releases gave the same answer, and its truth is not read; elsewhere `wrong_old` and
    `wrong_new` are 1 or 0. `statistic` is the log wealth. Cases that are held in `test` stay held. Raises ValueError
    naming the entry on anything else; nothing is counted then.
    """
    import numpy as np

    equal_answers, old, new = _columns(same=same, wrong_old=wrong_old, wrong_new=wrong_new)
    differ = equal_answers == 0.0
    worse, better = (np.cumsum(differ & (a < b)) for a, b in ((old, new), (new, old)))
    both = np.cumsum(differ & (old == new))
    equal = np.arange(1, len(differ) + 1) - worse - better
    path = test.log_wealth_at(
        test.n_same + test.n_both + equal, test.n_worse + test.n_held + worse, test.n_better + better
    )
    after = deepcopy(test)
    if len(path):
        after.n_worse += int(worse[-1])
        after.n_better += int(better[-1])
        after.n_both += int(both[-1])
        after.n_same += int(equal[-1] - both[-1])
    reached = np.flatnonzero(path >= test.needed)
    if after.decided_at is None and len(reached):
        after.decided_at = test.n + int(reached[0]) + 1
    return Replay(path, after.decided_at, after)


def _columns(**given: "npt.ArrayLike") -> "list[Floats]":
    import numpy as np

    columns: list[Floats] = [np.asarray(each, dtype=np.float64) for each in given.values()]
    for name, column in zip(given, columns, strict=True):
        if column.ndim != 1 or len(column) != len(columns[0]):
            raise ValueError(f"{name} has shape {column.shape}: give flat columns of equal length, one entry a case")
        known = (column == 0.0) | (column == 1.0)
        bad = np.flatnonzero(~known if name == "same" else ~known & (columns[0] != 1.0))
        if len(bad):
            raise ValueError(
                f"{name}[{bad[0]}] is {column[bad[0]]}: give 1 or 0; judge every case whose answers differ"
            )
    return columns
