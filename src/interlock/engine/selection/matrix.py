"""The selection matrix: order by weighted scores, and how far the order hangs on the weights."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from interlock.terms.selection import Candidate, Criterion, Ranked, Ranking, Swing

SCORE_MIN, SCORE_MAX = 1, 5
STEPS = 20  # weights in steps of 5 %: 10,626 weightings
QUICK_IMPACT_MIN, QUICK_COMPLEXITY_MAX = 4, 2
_TIE = 1e-9


def rank(candidates: Sequence[Candidate], weights: Mapping[Criterion, float], *, top: int = 3) -> Ranking:
    """Order candidates. Weights are at least 0 and not all 0; those of the same total stand in order of name.

    Raises ValueError for other weights, for a `top` under 1 and for scores outside 1 to 5.
    """
    _check(candidates, weights, top)
    vectors = {one.name: _vector(one) for one in candidates}
    wanted = tuple(weights[criterion] for criterion in Criterion)
    totals = {name: _dot(vector, wanted) / sum(wanted) for name, vector in vectors.items()}
    firsts, tops, weightings = _placed(vectors, top)
    ordered = sorted(candidates, key=lambda one: (-round(totals[one.name], 9), one.name))
    ranked = tuple(
        Ranked(
            place=1 + sum(other > totals[one.name] + _TIE for other in totals.values()),
            candidate=one,
            total=totals[one.name],
            first_share=firsts[one.name] / weightings,
            top_share=tops[one.name] / weightings,
            quick_win=is_quick_win(one),
            above=next((name for name, other in vectors.items() if _dominates(other, vectors[one.name])), None),
        )
        for one in ordered
    )
    swing = _swing(ordered[0].name, vectors, wanted) if ordered else None
    return Ranking(dict(weights), ranked, weightings, top, swing)


def is_quick_win(candidate: Candidate) -> bool:
    """High impact (4 or 5) at low complexity (1 or 2)."""
    scores = candidate.scores
    return scores[Criterion.IMPACT] >= QUICK_IMPACT_MIN and scores[Criterion.COMPLEXITY] <= QUICK_COMPLEXITY_MAX


def _check(candidates: Sequence[Candidate], weights: Mapping[Criterion, float], top: int) -> None:
    if top < 1:
        raise ValueError("top must be at least 1")
    if not all(math.isfinite(weights[one]) and weights[one] >= 0 for one in Criterion) or not any(weights.values()):
        raise ValueError("weights must be numbers of at least 0, and one above 0")
    for one in candidates:
        if not all(SCORE_MIN <= one.scores[criterion] <= SCORE_MAX for criterion in Criterion):
            raise ValueError(f"{one.name}: each score must be {SCORE_MIN} to {SCORE_MAX}")


def _vector(candidate: Candidate) -> tuple[int, ...]:
    turned = SCORE_MIN + SCORE_MAX - candidate.scores[Criterion.COMPLEXITY]
    return tuple(turned if one is Criterion.COMPLEXITY else candidate.scores[one] for one in Criterion)


def _dot(vector: Sequence[float], weights: Sequence[float]) -> float:
    return sum(score * weight for score, weight in zip(vector, weights, strict=True))


def _dominates(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one != other and all(mine >= theirs for mine, theirs in zip(one, other, strict=True))


def _weightings() -> Iterator[tuple[int, ...]]:
    """All ways to share out the steps: an even lattice on the simplex of weights."""
    bars = len(Criterion) - 1
    for cuts in itertools.combinations(range(STEPS + bars), bars):
        ends = (-1, *cuts, STEPS + bars)
        yield tuple(later - earlier - 1 for earlier, later in itertools.pairwise(ends))


def _placed(vectors: Mapping[str, tuple[int, ...]], top: int) -> tuple[dict[str, int], dict[str, int], int]:
    """(in how many weightings each is first, in how many among the top, how many weightings)."""
    firsts, tops, count = dict.fromkeys(vectors, 0), dict.fromkeys(vectors, 0), 0
    for weights in _weightings():
        count += 1
        totals = {name: _dot(vector, weights) for name, vector in vectors.items()}
        ordered = sorted(totals.values(), reverse=True)
        for name, total in totals.items():
            firsts[name] += total == ordered[0]
            tops[name] += total >= ordered[min(top, len(ordered)) - 1]
    return firsts, tops, count


def _swing(first: str, vectors: Mapping[str, tuple[int, ...]], weights: tuple[float, ...]) -> Swing | None:
    found = []
    for (name, other), (index, criterion) in itertools.product(vectors.items(), enumerate(Criterion)):
        difference = other[index] - vectors[first][index]
        if name == first or not difference:
            continue
        change = (_dot(vectors[first], weights) - _dot(other, weights)) / difference
        if weights[index] + change >= 0:
            found.append(Swing(criterion, weights[index], weights[index] + change, name))
    return min(found, key=lambda one: (abs(one.to - one.weight), one.criterion, one.then_first), default=None)
