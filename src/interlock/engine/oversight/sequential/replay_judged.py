"""A judge-steered test or monitor over a whole record at once."""

from copy import deepcopy
from typing import TYPE_CHECKING, TypeVar

from interlock.engine.oversight.sequential.judged import JudgedBreachMonitor, JudgedDemotionMonitor, JudgedPromotionTest
from interlock.engine.oversight.sequential.replay import BLOCK, NEAR_CEILING, Replay, sums_path

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

Judged = TypeVar("Judged", bound=JudgedPromotionTest | JudgedDemotionMonitor | JudgedBreachMonitor)


def replay_judged(
    test: Judged,
    *,
    judge: "npt.ArrayLike",
    audit_probability: "npt.ArrayLike",
    audited: "npt.ArrayLike",
    wrong: "npt.ArrayLike",
) -> Replay[Judged]:
    """Observe every case, in order, as `test.observe` would one by one; columns of equal length, one entry a case.

    `judge` and `audit_probability` as there; `audited`: 1 or True where the case was drawn; `wrong`: 1 or 0 there, not
    read elsewhere. `statistic` is equal to case by case to about 1e-12. Raises ValueError naming the entry where a
    case could not be observed; nothing is observed then.
    """
    import numpy as np

    columns = _columns(judge=judge, audit_probability=audit_probability, audited=audited, wrong=wrong)
    z = _estimates(test, *columns)
    after = deepcopy(test)
    paths: list[Floats] = [_block(after, z[i : i + BLOCK]) for i in range(0, len(z), BLOCK)]
    drawn, outcome = columns[2] == 1.0, columns[3]
    after.n_audited = test.n_audited + int(drawn.sum())
    after.n_wrong = test.n_wrong + int(outcome[drawn].sum())
    return Replay(np.concatenate([np.empty(0), *paths]), after.decided_at, after)


def _columns(**given: "npt.ArrayLike") -> "list[Floats]":
    import numpy as np

    columns: list[Floats] = [np.asarray(each, dtype=np.float64) for each in given.values()]
    for name, column in zip(given, columns, strict=True):
        if column.ndim != 1 or len(column) != len(columns[0]):
            raise ValueError(f"{name} has shape {column.shape}: give flat columns of equal length, one entry a case")
    return columns


def _estimates(test: Judged, judge: "Floats", probability: "Floats", audited: "Floats", wrong: "Floats") -> "Floats":
    """Z of each case, from the guess that the test would take."""
    import numpy as np

    drawn = audited == 1.0
    checks = (
        ("judge", judge, (judge >= 0.0) & (judge <= 1.0), "its guess that the case is wrong, 0 to 1"),
        (
            "audit_probability",
            probability,
            test.limits.fit(probability),
            "the one of the draw, from 1 / (most - least) to 1",
        ),
        ("audited", audited, drawn | (audited == 0.0), "1 where the case was drawn, else 0"),
        ("wrong", wrong, ~drawn | (wrong == 0.0) | (wrong == 1.0), "1 (wrong) or 0 (right) where it was audited"),
    )
    for name, column, good, wanted in checks:
        bad = np.flatnonzero(~good)
        if len(bad):
            raise ValueError(f"{name}[{bad[0]}] is {column[bad[0]]}: give {wanted}")
    low, high = test.limits.guesses(np.where(probability < 1.0, probability, 0.5))
    guess = np.where(probability < 1.0, np.minimum(np.maximum(judge, low), high), judge)
    z: Floats = guess + np.where(drawn, (np.where(drawn, wrong, 0.0) - guess) / probability, 0.0)
    return z


def _block(test: Judged, z: "Floats") -> "Floats":
    import numpy as np

    gap = z - test.budget
    joining = [test.joining(test.n + i) for i in range(len(z))]
    log_factors = [np.cumsum(np.log1p(stake * gap)) for stake in test.stakes]
    sums = sums_path(test.sums, log_factors, joining)
    statistic: Floats = sums.mean(axis=0)
    if not (statistic < NEAR_CEILING).all():
        return np.array([_moved(test, each) for each in z.tolist()])
    if test.decided_at is None:
        reached = np.flatnonzero(statistic >= test.limit)
        test.decided_at = test.n + int(reached[0]) + 1 if len(reached) else None
    test.n += len(z)
    test.sums = sums[:, -1].tolist()
    return statistic


def _moved(test: Judged, z: float) -> float:
    test.move(z)
    return test.statistic
