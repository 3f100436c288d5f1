"""The selection matrix."""

import pytest

from interlock.adapters.packs.candidates import default_weights
from interlock.engine.selection.matrix import is_quick_win, rank
from interlock.terms.selection import Candidate, Criterion

EQUAL = dict.fromkeys(Criterion, 1.0)


def candidate(name: str, *scores: int) -> Candidate:
    return Candidate(name, dict(zip(Criterion, scores, strict=True)))


def test_the_five_criteria_of_the_matrix() -> None:
    assert [one.value for one in Criterion] == ["impact", "complexity", "alignment", "data", "resources"]


def test_complexity_counts_the_other_way_round() -> None:
    ranking = rank([candidate("hard", 3, 5, 3, 3, 3), candidate("easy", 3, 1, 3, 3, 3)], EQUAL)
    assert [(one.candidate.name, one.above) for one in ranking.ranked] == [("easy", None), ("hard", "easy")]
    assert [one.total for one in ranking.ranked] == pytest.approx([3.4, 2.6])


@pytest.mark.parametrize(("impact", "complexity", "quick"), [(4, 2, True), (5, 1, True), (3, 2, False), (4, 3, False)])
def test_a_quick_win_has_high_impact_at_low_complexity(impact: int, complexity: int, quick: bool) -> None:
    assert is_quick_win(candidate("x", impact, complexity, 3, 3, 3)) is quick


def test_shares_of_weightings_follow_the_simplex() -> None:
    """One is better in one of two mirrored criteria: each is first in half of all weightings, ties count for both."""
    ranking = rank([candidate("a", 5, 3, 1, 3, 3), candidate("b", 1, 3, 5, 3, 3)], EQUAL)
    first, second = ranking.ranked
    assert ranking.weightings == 10_626
    assert first.first_share == second.first_share
    assert first.first_share + second.first_share > 1


def test_the_smallest_swing_of_one_weight_changes_the_winner() -> None:
    candidates = [candidate("a", 5, 3, 3, 2, 3), candidate("b", 3, 3, 3, 3, 3)]
    ranking = rank(candidates, EQUAL)
    swing = ranking.swing
    assert ranking.ranked[0].candidate.name == "a"
    assert swing is not None
    assert (swing.criterion, swing.weight, swing.to, swing.then_first) == (Criterion.IMPACT, 1.0, 0.5, "b")
    assert rank(candidates, {**EQUAL, Criterion.IMPACT: 0.49}).ranked[0].candidate.name == "b"
    assert rank(candidates, {**EQUAL, Criterion.IMPACT: 0.51}).ranked[0].candidate.name == "a"


@pytest.mark.parametrize("weight", [float("nan"), -1.0, float("inf")])
def test_a_weight_that_is_none_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weights"):
        rank([candidate("a", 3, 3, 3, 3, 3)], {**EQUAL, Criterion.IMPACT: weight})


def test_nothing_to_rank_has_no_winner() -> None:
    assert (rank([], EQUAL).ranked, rank([], EQUAL).swing) == ((), None)


def test_the_default_weights_of_the_pack_are_alike() -> None:
    assert default_weights() == EQUAL


def test_the_share_among_the_top_k_is_not_less_than_that_of_the_first_place() -> None:
    three = [candidate("a", 5, 3, 1, 3, 3), candidate("b", 1, 3, 5, 3, 3), candidate("c", 1, 4, 1, 2, 2)]
    ranked = {one.candidate.name: one for one in rank(three, EQUAL, top=2).ranked}
    assert (ranked["a"].top_share, ranked["b"].top_share) == (1.0, 1.0)
    assert ranked["a"].first_share < 1
    assert ranked["c"].first_share < ranked["c"].top_share < 0.1
    assert [one.top_share for one in rank(three, EQUAL, top=3).ranked] == [1.0, 1.0, 1.0]
    with pytest.raises(ValueError, match="top"):
        rank(three, EQUAL, top=0)
