"""X rows: pools made to break certificates. Each must stay valid, raise nothing, and be none where none can be."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from rows.bars import Cell
from rows.bench import SEED, WORST, Bench
from rows.pools import Pool
from rows.threshold_draws import METHODS, Tally, jobs_of, put_together, work

BUDGET, LEVELS, EACH = 0.05, 200, 1000
SELECTIVE = ("certify", "one start", "fixed candidates")
CERTIFIED = (*SELECTIVE, "joint")  # of all cases a few may be applied and wrong, even where all are
SHOWN = (*CERTIFIED, "naive", "conformal", "pointwise", "SGR")
ALL = LEVELS * EACH


class Case(NamedTuple):
    """A pool and how many labels are drawn; `never`: by which methods nothing may ever be certified."""

    pool: Pool
    n: int
    never: tuple[str, ...] = ()


def run(bench: Bench) -> None:
    cases = [case for case in _cases() if bench.wants([f"X-{case.pool.name}"])]
    if cases:
        bench.say(
            f"\nPools made to break certificates, budget 5 %, {bench.draws} draws: share of runs that broke the promise"
        )
        bench.say(f"{'':<42}{'n':>5}" + "".join(f"{name:>17}" for name in SHOWN))
    for case in cases:
        tallies = _tallies(bench, case)
        if isinstance(tallies, str):
            bench.own(f"X-{case.pool.name}", tallies, "no exception", held=False)
            continue
        figures = "".join(f"{tallies[name].frequency:>17.4f}" for name in SHOWN)
        bench.say(f"{case.pool.name:<42}{case.n:>5}{figures}")
        worst = max(tallies[name].frequency for name in CERTIFIED)
        bench.own_at_most(f"X-{case.pool.name}, worst of {len(CERTIFIED)}", worst, WORST)
        if case.never:
            share = max(float((tallies[name].shares > 0).mean()) for name in case.never)
            bench.own(f"X-{case.pool.name}, certified", f"{share:.4f}", "never", held=share == 0.0)


def _tallies(bench: Bench, case: Case) -> dict[str, Tally] | str:
    shown = [name for name in SHOWN if name in METHODS]
    try:
        return put_together(bench.map(work, jobs_of(case.pool, Cell(BUDGET, case.n), shown, bench.draws)))
    except Exception as exc:  # noqa: BLE001 - that there is none is what is measured
        return f"{type(exc).__name__}: {exc}"


def _cases() -> list[Case]:
    steps = np.repeat(np.linspace(1.0, 0.005, LEVELS), EACH)
    rng = np.random.default_rng(SEED)
    over, half = _flat(51), _flat(25)
    half_right = (rng.random(ALL) < 0.5).astype(np.uint8)
    return [
        Case(_a_hair_over("flat risk, a hair over at every threshold"), 1000),
        Case(_a_hair_over("flat risk, a hair over, 300 labels"), 300),
        Case(_a_hair_over("flat risk, a hair over, 3000 labels"), 3000),
        Case(Pool("overconfident: top decile 20 % wrong", steps, _overconfident()), 1000),
        Case(
            Pool("overconfident: 6 % wrong, then 4 % below", steps, _by_level(lambda level: 60 if level < 20 else 40)),
            1000,
        ),
        Case(Pool("upside down: the surest are the worst", steps, _by_level(lambda level: 150 - level // 2)), 1000),
        Case(Pool("one confidence for all, 5.1 % wrong", np.full(ALL, 0.9), over), 1000),
        Case(Pool("three confidences, 5.1 % wrong", np.round(steps * 2.0) / 2.0, over), 1000),
        Case(Pool("one class, always sure, 2.5 % wrong", np.ones(ALL), half), 1000),
        Case(Pool("no confidence at all, 5.1 % wrong", np.zeros(ALL), over), 1000),
        Case(Pool("all right", steps, np.zeros(ALL, dtype=np.uint8)), 1000),
        Case(Pool("half right", steps, half_right), 1000, never=SELECTIVE),
        Case(Pool("all wrong", steps, np.ones(ALL, dtype=np.uint8)), 1000, never=SELECTIVE),
        Case(Pool("one label, right", steps, np.zeros(ALL, dtype=np.uint8)), 1, never=CERTIFIED),
        Case(Pool("one label, wrong", steps, np.ones(ALL, dtype=np.uint8)), 1, never=CERTIFIED),
        Case(Pool("58 labels, all right: one too few", steps, np.zeros(ALL, dtype=np.uint8)), 58, never=CERTIFIED),
    ]


def _by_level(wrong_of: Callable[[int], int]) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    """So many wrong cases in a thousand at each level of confidence, the surest first."""
    wrong = np.zeros((LEVELS, EACH), dtype=np.uint8)
    for level in range(LEVELS):
        wrong[level, : wrong_of(level)] = 1
    return wrong.ravel()


def _flat(wrong: int) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return _by_level(lambda _: wrong)


def _a_hair_over(name: str) -> Pool:
    """10 wrong of 200 at each of 1000 levels of confidence, and one more at the first: over 5 % wherever one cuts."""
    wrong = np.zeros((1000, 200), dtype=np.uint8)
    wrong[:, :10] = 1
    wrong[0, 10] = 1
    return Pool(name, np.repeat(np.linspace(1.0, 0.001, 1000), 200), wrong.ravel())


def _overconfident() -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return _by_level(lambda level: 200 if level < LEVELS // 10 else 10)
