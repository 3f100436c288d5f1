"""Novelty of a case: a valid p-value among usual cases, small for unusual ones, the same after a trip through JSON."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.drift.nearest import NearestVectors
from interlock.engine.oversight.drift.novelty import (
    NoveltyModel,
    fit_novelty_of_texts,
    fit_novelty_of_vectors,
    held_out_needed,
)

ORDERS = [f"where is my order number {i}" for i in range(60)]
TEXTS = ORDERS + [f"please refund invoice {i}, it was billed twice" for i in range(60)]
RUNS = 800


def below(q: float, *, held_out_is_near: bool = False) -> int:
    """How often of RUNS a usual case has p <= q, each with its own 40 calibration cases."""
    count = 0
    for run in range(RUNS):
        rows = np.random.default_rng([7, run]).standard_t(3, size=(41, 2))
        model = fit_novelty_of_vectors(rows[:40], seed=run, neighbours=1)
        if held_out_is_near:
            space = NearestVectors.of(rows[:20], neighbours=1)
            model = NoveltyModel(space, np.sort([space.distance(row) for row in rows[:20]]))
        novelty = model.novelty(rows[40])
        assert novelty is not None
        count += novelty <= q
    return count


@pytest.mark.parametrize("q", [1 / 21, 0.1, 0.3])
def test_a_usual_case_has_a_small_p_no_more_often_than_it_says(q: float) -> None:
    """At a true share of q the bound is passed less than once in a million."""
    assert below(q) <= binom.ppf(1 - 1e-6, RUNS, q)


def test_distances_of_the_cases_one_must_be_near_to_would_break_it() -> None:
    assert below(1 / 21, held_out_is_near=True) > binom.ppf(1 - 1e-6, RUNS, 1 / 21)


def test_a_text_unlike_the_others_is_novel_and_a_usual_one_is_not() -> None:
    model = fit_novelty_of_texts(TEXTS, seed=1)
    usual, other = model.novelty("Where is my order  number 17"), model.novelty("my cat ate the router manual")
    assert usual is not None
    assert usual > 0.05
    assert other == model.novelty("") == model.novelty("   ") == model.p_least == 1 / 61


def test_a_vector_with_a_value_that_is_not_finite_has_no_novelty() -> None:
    model = fit_novelty_of_vectors(np.random.default_rng(2).normal(size=(100, 3)), seed=1)
    assert model.novelty([0.0, float("nan"), 0.0]) is None
    assert model.novelty([0.0, float("inf"), 0.0]) is None
    assert model.novelty([40.0, 0.0, 0.0]) == model.p_least


@settings(max_examples=30, deadline=None)
@given(case=st.text(max_size=60))
def test_a_text_model_is_the_same_after_json(case: str) -> None:
    model = fit_novelty_of_texts(TEXTS[::3], seed=3)
    again = NoveltyModel.from_json(json.loads(json.dumps(model.as_json(), allow_nan=False)))
    found = model.novelty(case)
    assert again.novelty(case) == found
    assert found is not None
    assert model.p_least <= found <= 1.0


def test_a_vector_model_is_the_same_after_json_and_holds_at_most_the_cases_asked_for() -> None:
    rows = np.random.default_rng(4).normal(size=(300, 4))
    model = fit_novelty_of_vectors(rows, seed=5, cases_max=50)
    assert model.space.as_json()["n"] == 50
    again = NoveltyModel.from_json(json.loads(json.dumps(model.as_json(), allow_nan=False)))
    assert [again.novelty(row) for row in rows] == [model.novelty(row) for row in rows]


@given(limit=st.floats(1e-6, 1.0, exclude_max=True))
def test_held_out_cases_asked_for_let_a_case_be_under_the_limit_and_one_fewer_does_not(limit: float) -> None:
    needed = held_out_needed(limit)
    assert 1.0 / (needed + 1) < limit
    assert needed == 0 or 1.0 / needed >= limit


@pytest.mark.parametrize(("n", "limit"), [(198, 0.01), (40_000, 0.00009), (120, 0.0163)])
def test_a_limit_that_no_case_can_be_under_is_refused(n: int, limit: float) -> None:
    """It would route nothing, silently."""
    rows = np.random.default_rng(6).normal(size=(n, 1))
    with pytest.raises(ValueError, match=r"can be under the limit"):
        fit_novelty_of_vectors(rows, seed=1, limit=limit, cases_max=20)
    enough = np.random.default_rng(6).normal(size=(199, 1))
    assert fit_novelty_of_vectors(enough, seed=1, limit=0.01).p_least < 0.01


def broken(change: Any) -> dict[str, Any]:
    content = fit_novelty_of_texts(TEXTS, seed=1).as_json()
    change(content)
    return content


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(schema=2),
        lambda c: c.update(kind="pickle"),
        lambda c: c.pop("weight"),
        lambda c: c.update(n=3),
        lambda c: c.update(starts="????"),
        lambda c: c.update(values=c["values"][:-4]),
        lambda c: c.update(held_out=""),
    ],
)
def test_a_damaged_model_is_refused(change: Any) -> None:
    with pytest.raises(ValueError, match="fit "):
        NoveltyModel.from_json(broken(change))


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        (lambda: fit_novelty_of_texts(TEXTS[:19], seed=1), "19 cases are too few"),
        (lambda: fit_novelty_of_vectors([[1.0]] * 30, seed=1, neighbours=16), "neighbours is 16 of 15"),
        (lambda: fit_novelty_of_vectors([[float("nan")]] * 30, seed=1), "finite numbers"),
        (lambda: fit_novelty_of_texts(TEXTS, seed=1).novelty([1.0]), "fitted to texts"),
        (lambda: fit_novelty_of_vectors(np.eye(30), seed=1).novelty("words"), "fitted to numbers"),
        (lambda: fit_novelty_of_vectors(np.eye(30), seed=1).novelty([1.0]), "give 30 numbers"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_mend(fit: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit()


@pytest.mark.parametrize(("limit", "found_least"), [(0.01, 150), (0.05, 480)])
def test_out_of_scope_requests_are_novel_and_requests_in_scope_are_not(
    limit: float, found_least: int, data_dir: Path
) -> None:
    """CLINC150, train and test of the scope shuffled together: the limit is kept, and far more of the rest is found."""
    import gzip

    found = json.loads(gzip.decompress((data_dir / "triage_clinc150_oos" / "data_full.json.gz").read_bytes()))
    scope = [text for text, _ in found["train"] + found["test"]]
    order = np.random.default_rng(1).permutation(len(scope))
    model = fit_novelty_of_texts([scope[i] for i in order[:5_000]], seed=1, limit=limit)
    inside = [model.novelty(scope[i]) or 0.0 for i in order[5_000:6_000]]
    outside = [model.novelty(text) or 0.0 for text, _ in found["oos_test"]]
    # Given one calibration half the true share differs from the limit by a beta law: a fifth is added for it.
    assert sum(p < limit for p in inside) <= binom.ppf(1 - 1e-6, 1_000, 1.2 * limit)
    assert sum(p < limit for p in outside) >= found_least
