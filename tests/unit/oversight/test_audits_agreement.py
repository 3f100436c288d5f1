"""Second reviews and Krippendorff's alpha: published figures, invariances, and what is not computable."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from interlock.engine.oversight.audits.agreement import (
    disagreements,
    krippendorff_alpha,
    recheck_second,
    second_review,
)
from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.estimate import rate
from interlock.terms.audits import Disagreements, DoubleReview
from interlock.terms.estimate import Estimate

SALT = "a secret of thirty-two characters"
_: Any = None
# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability": four observers, twelve units.
PUBLISHED = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
        strict=True,
    )
)
rows = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=3, max_size=3), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_published_table(scale: Any, alpha: float) -> None:
    got = krippendorff_alpha(PUBLISHED, scale)
    assert got.value == pytest.approx(alpha, abs=5e-4)
    assert got.n == 11  # the twelfth unit has one rating
    assert got.low is not None
    assert got.high is not None
    assert got.low < alpha < got.high <= 1.0
    assert got.method == f"Krippendorff's alpha, {scale}; interval approximate (bootstrap over units: 1000, seed 0)"
    assert krippendorff_alpha(PUBLISHED, scale) == got


def test_published_table_of_two_observers_and_two_values() -> None:
    """Krippendorff (2011), the example of binary data."""
    got = krippendorff_alpha(list(zip("0100000010", "1110010000", strict=True)))
    assert got.value == pytest.approx(0.095, abs=5e-4)


def test_published_table_of_two_observers_and_five_labels() -> None:
    """Krippendorff (2011), the example of nominal data."""
    got = krippendorff_alpha(list(zip("aabbdcccedda", "babbbccceddd", strict=True)))
    assert got.value == pytest.approx(0.692, abs=5e-4)


def _value(ratings: Any, scale: Any) -> float:
    found = krippendorff_alpha(ratings, scale, resamples=100).value
    return math.nan if found is None else found


@settings(max_examples=30)
@given(both=rows.flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))), order=st.permutations(range(3)))
def test_order_of_units_and_names_of_observers_do_not_matter(both: Any, order: list[int]) -> None:
    shuffled = [[row[i] for i in order] for row in both[1]]
    for scale in ("nominal", "ordinal", "interval", "ratio"):
        assert _value(shuffled, scale) == pytest.approx(_value(both[0], scale), nan_ok=True, abs=1e-9)


@settings(max_examples=30)
@given(ratings=rows, names=st.permutations("abcde"), slope=st.floats(0.1, 10), shift=st.floats(-5, 5))
def test_what_each_scale_does_not_see(ratings: Any, names: list[str], slope: float, shift: float) -> None:
    """Nominal: names of labels. Ordinal: any stretch. Interval: unit and zero. Ratio: unit."""
    changes: list[tuple[str, Any]] = [
        ("nominal", lambda v: names[v]),
        ("ordinal", lambda v: math.exp(v) + shift),
        ("interval", lambda v: slope * v + shift),
        ("ratio", lambda v: slope * v),
    ]
    for scale, change in changes:
        changed = [[None if v is None else change(v) for v in row] for row in ratings]
        assert _value(changed, scale) == pytest.approx(_value(ratings, scale), nan_ok=True, abs=1e-7)


@given(ratings=rows)
def test_alpha_is_one_exactly_where_all_agree_and_never_more(ratings: Any) -> None:
    got = krippendorff_alpha(ratings, "interval", resamples=100)
    paired = [[v for v in row if v is not None] for row in ratings]
    paired = [row for row in paired if len(row) > 1]
    assert got.n == len(paired)
    if got.value is not None:
        assert got.value <= 1.0
        assert (got.value == 1.0) == all(len(set(row)) == 1 for row in paired)


def test_labels_without_a_pattern_have_an_alpha_near_nought() -> None:
    rng = np.random.default_rng(3)
    got = krippendorff_alpha(rng.integers(0, 3, (2000, 2)).tolist(), resamples=200)
    assert got.value is not None
    assert abs(got.value) < 5 / math.sqrt(2000)


def test_interval_covers_about_as_often_as_it_says() -> None:
    """Approximate, so the bar is 90 %, failed less than once in 10^6 by chance. The limit of alpha is known here."""
    rng = np.random.default_rng(4)
    disagree = 2 * 0.1 * 0.9
    truth, runs, covered = 1 - disagree / 0.5, 100, 0
    for _run in range(runs):
        real = rng.random(60) < 0.5
        labels = [
            (int(a), int(b)) for a, b in zip(real ^ (rng.random(60) < 0.1), real ^ (rng.random(60) < 0.1), strict=True)
        ]
        got = krippendorff_alpha(labels, resamples=200)
        covered += got.low is not None and got.high is not None and got.low <= truth <= got.high
    assert covered >= binom.ppf(1e-6, runs, 0.9)


def test_what_is_not_computable_is_no_figure() -> None:
    for ratings, n, why in (
        ([], 0, "no unit has two ratings"),
        ([["a", None], [None, "b"]], 0, "no unit has two ratings"),
        ([["a", "a"], ["a", "a"], ["b"]], 2, "all 4 ratings are the same, so is chance"),
    ):
        got = krippendorff_alpha(ratings)
        assert got == Estimate(None, None, None, n, f"Krippendorff's alpha, nominal: not computable ({why})", 0.95)


def test_full_agreement_has_no_interval() -> None:
    got = krippendorff_alpha([["a", "a"], ["b", "b"]])
    method = "Krippendorff's alpha, nominal; no interval: no disagreement to resample"
    assert got == Estimate(1.0, None, None, 2, method, 0.95)


def test_bad_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match=r"ratings\[1\] holds NaN: give None"):
        krippendorff_alpha([[1, 2], [1, math.nan]], "interval")
    with pytest.raises(ValueError, match=r"ratings\[0\] holds 'a': give finite numbers"):
        krippendorff_alpha([["a", "b"]], "ordinal")
    with pytest.raises(ValueError, match=r"ratings\[0\] holds -1: a ratio scale starts at 0"):
        krippendorff_alpha([[-1, 2]], "ratio")
    with pytest.raises(ValueError, match="scale is 'metric': give one of nominal"):
        krippendorff_alpha([[1, 2]], "metric")  # type: ignore[arg-type]


def test_second_reviews_are_unrelated_to_the_audit_draw_and_recheckable() -> None:
    keys = [key for key in (f"case-{i}" for i in range(40_000)) if audit_draw(key, salt=SALT) < 0.1]
    records = [second_review(key, share=0.3, salt=SALT) for key in keys]
    low, high = binom.ppf((5e-7, 1 - 5e-7), len(keys), 0.3)
    assert low <= sum(r.in_sample for r in records) <= high
    assert recheck_second(records, share=0.3, salt=SALT) == ()
    records[2] = records[2]._replace(in_sample=not records[2].in_sample)
    assert recheck_second(records, share=0.3, salt=SALT) == (keys[2],)
    with pytest.raises(ValueError, match="share is 0: give a share over 0"):
        second_review("case", share=0, salt=SALT)


def test_disagreements_with_their_denominator() -> None:
    reviews = [
        DoubleReview("c1", "ann", "right", "bob", "right"),
        DoubleReview("c2", "ann", "right", "cem", "wrong"),
        DoubleReview("c3", "bob", "wrong", "ann", None),
        DoubleReview("c4", "bob", "wrong", "ann", "wrong"),
    ]
    assert disagreements(reviews) == Disagreements((reviews[1],), rate(1, 3), 1)
    assert disagreements([]).share.value is None


def test_reviews_that_are_not_double_are_refused() -> None:
    with pytest.raises(ValueError, match="'c1': 'ann' gave both labels: ask a second person"):
        disagreements([DoubleReview("c1", "ann", "right", "ann", "right")])
    with pytest.raises(ValueError, match="'c1' comes twice"):
        disagreements([DoubleReview("c1", "ann", "right", "bob", "right")] * 2)
