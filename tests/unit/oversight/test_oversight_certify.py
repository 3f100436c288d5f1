"""certify(): its value on small cases, its laws, and its refusals."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from interlock.engine.oversight.threshold.looks import Look, several_looks, single_look
from interlock.oversight import Certificate, Promise, certify, labels_needed

BUDGETS = (0.02, 0.05, 0.2)
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@st.composite
def labelled_cases(draw: st.DrawFn) -> tuple[Floats, Flags]:
    """Calibration sets from empty to hundreds of cases, from all-different to all-tied confidences."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.sampled_from((0, 1, 2, 10, 59, 60, 200, 600)))
    distinct = draw(st.sampled_from((1, 2, 7, 10**6)))
    confidence = rng.integers(0, distinct + 1, n) / distinct
    return confidence, rng.random(n) < draw(st.sampled_from((0.0, 0.02, 0.2, 1.0))) * (1.0 - 0.9 * confidence)


def tie_ends(confidence: Floats, wrong: Flags) -> list[tuple[float, int, int]]:
    """(threshold, cases at or over it, wrong ones among them) for every distinct confidence, descending."""
    return [
        (float(t), int((confidence >= t).sum()), int(wrong[confidence >= t].sum())) for t in np.unique(confidence)[::-1]
    ]


def walk_probabilities(n: int, budget: float, passing: dict[int, int], delta: float) -> list[int]:
    """For each rank 1 .. n the most errors c with P(walk has <= c there, or passes a later look) <= delta; -1 for none.

    By brute force: the law of the walk's future, one case at a time from the last rank up.
    """
    top = max(passing.values(), default=0) + 1
    passes_later, allowed = np.zeros(top + 1), [-1] * (n + 1)
    for rank in range(n, 0, -1):
        here = binom.pmf(np.arange(rank + 1), rank, budget)
        later = np.concatenate((passes_later, np.zeros(max(0, rank - top))))[: rank + 1]
        total = float((here * later).sum())
        for errors in range(rank + 1):
            total += here[errors] * (1.0 - later[errors])
            if total > delta * (1 + 1e-12):
                break
            allowed[rank] = errors
        if rank in passing:
            passes_later[: passing[rank] + 1] = 1.0
        shifted = np.append(passes_later[1:], 0.0)
        passes_later = (1.0 - budget) * passes_later + budget * shifted
    return allowed


def plain_search(
    confidence: Floats, wrong: Flags, looks: tuple[Look, ...], budget: float, delta: float
) -> tuple[float, int, int] | None:
    """The selective procedure by its definition: the lowest tie such that at each one down to it a test rejects."""
    ends = tie_ends(confidence, wrong)
    at_end = {look: next((i for i, end in enumerate(ends) if end[1] >= look.rank), None) for look in looks}
    passed = [i for look, i in at_end.items() if i is not None and ends[i][2] <= look.errors]
    allowed = walk_probabilities(len(wrong), budget, dict(looks), delta)
    last = None
    for i, end in enumerate(ends):
        if end[2] > allowed[end[1]] and not any(i <= j for j in passed):
            break
        last = end
    return last


def plain_joint(confidence: Floats, wrong: Flags, budget: float, delta: float) -> tuple[float, int, int] | None:
    passing = [end for end in tie_ends(confidence, wrong) if binom.cdf(end[2], len(wrong), budget) <= delta]
    return passing[-1] if passing else None


def chosen(certificate: Certificate) -> tuple[float, int, int] | None:
    if certificate.threshold is None:
        return None
    return certificate.threshold, certificate.n_above, certificate.n_wrong_above


@settings(max_examples=60, deadline=None)
@given(cases=labelled_cases(), budget=st.sampled_from(BUDGETS), delta=st.sampled_from((0.05, 0.3)))
def test_equals_the_procedures_as_defined(cases: tuple[Floats, Flags], budget: float, delta: float) -> None:
    confidence, wrong = cases
    for start, looks in (
        ("adaptive", several_looks(len(wrong), budget, delta)),
        ("single", single_look(len(wrong), budget, delta)),
    ):
        selective = certify(confidence, wrong, budget=budget, delta=delta, start=start)
        assert chosen(selective) == plain_search(confidence, wrong, looks, budget, delta)
    joint = certify(confidence, wrong, budget=budget, delta=delta, promise="joint")
    assert chosen(joint) == plain_joint(confidence, wrong, budget, delta)


@settings(deadline=None)
@given(
    cases=labelled_cases(),
    budget=st.sampled_from(BUDGETS),
    promise=st.sampled_from(Promise),
    candidates=st.none() | st.lists(st.floats(0, 1), min_size=1, max_size=20),
    extras=st.sampled_from(("none", "loss", "group")),
    seed=st.integers(0, 2**32),
)
def test_order_changes_nothing(
    cases: tuple[Floats, Flags],
    budget: float,
    promise: Promise,
    candidates: list[float] | None,
    extras: str,
    seed: int,
) -> None:
    confidence, wrong = cases
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(wrong))
    column = {"none": None, "loss": rng.integers(0, 4, len(wrong)) / 3, "group": rng.integers(0, 3, len(wrong))}[extras]
    straight = certify(
        confidence, wrong, budget=budget, promise=promise, candidates=candidates, **keyword(extras, column)
    )
    shuffled = certify(
        confidence[order],
        wrong[order],
        budget=budget,
        promise=promise,
        candidates=candidates and candidates[::-1],
        **keyword(extras, None if column is None else column[order]),
    )
    assert straight == shuffled


def keyword(name: str, column: Any) -> dict[str, Any]:
    return {} if column is None else {name: column}


@settings(deadline=None)
@given(
    cases=labelled_cases(),
    budget=st.sampled_from(BUDGETS),
    promise=st.sampled_from(Promise),
    extras=st.sampled_from(("none", "loss", "group", "candidates")),
    seed=st.integers(0, 999),
)
def test_more_errors_never_raise_the_certified_share(
    cases: tuple[Floats, Flags], budget: float, promise: Promise, extras: str, seed: int
) -> None:
    confidence, wrong = cases
    rng = np.random.default_rng(seed)
    worse = wrong | (rng.random(len(wrong)) < 0.05)
    column = {
        "none": None,
        "loss": rng.integers(0, 4, len(wrong)) / 3,
        "group": rng.integers(0, 3, len(wrong)),
        "candidates": [0.9, 0.5, 0.2],
    }[extras]
    before = certify(confidence, wrong, budget=budget, promise=promise, **keyword(extras, column))
    after = certify(confidence, worse, budget=budget, promise=promise, **keyword(extras, column))
    assert after.share <= before.share


@settings(deadline=None)
@given(cases=labelled_cases(), budget=st.sampled_from(BUDGETS), promise=st.sampled_from(Promise))
def test_figures_belong_to_the_threshold_and_ties_are_whole(
    cases: tuple[Floats, Flags], budget: float, promise: Promise
) -> None:
    confidence, wrong = cases
    got = certify(confidence, wrong, budget=budget, promise=promise)
    assert got.labels_missing == max(0, labels_needed(budget) - len(wrong))
    if got.threshold is None:
        assert (got.n_above, got.n_wrong_above, got.share, got.bound) == (0, 0, 0.0, None)
        return
    applied = confidence >= got.threshold
    cases_promised = len(wrong) if promise is Promise.JOINT else got.n_above
    assert (got.n_above, got.n_wrong_above) == (applied.sum(), wrong[applied].sum())
    assert got.share == got.n_above / len(wrong)
    assert got.bound is not None
    assert got.bound <= budget
    assert got.bound == pytest.approx(beta.ppf(0.95, got.n_wrong_above + 1, cases_promised - got.n_wrong_above))


ASSUMPTIONS = """\
If labels are a random sample of the traffic that this release will face, one case per customer or thread, and \
reviewers are right, then with at least 95 % confidence at most 5 % of automatically applied actions are wrong.
From the start of the search on, the error rate of what is applied does not fall when the threshold is lowered; \
thresholds fixed beforehand on unlabelled scores need no such assumption.
The certificate ends with any change of model, prompt, policy or queue definition.
If reviewers miss a share m of errors, ask for budget x (1 - m); measure m with seeded known errors, and have every \
reported error looked at a second time.
The 5 % is spent on this certificate alone: the k-th recalibration spends it divided by k(k+1).
The bound is read at this one threshold; what is proved of the search as a whole is the budget.
Not promised: rates per customer or intent, a detection time, anything after the traffic shifts. Random audits must \
go on."""


def test_whole_certificate_without_an_error() -> None:
    got = certify([0.5] * 59, [0] * 59, budget=0.05)
    assert got.bound == pytest.approx(1 - 0.05 ** (1 / 59))
    assert got == Certificate(
        promise=Promise.SELECTIVE,
        budget=0.05,
        delta=0.05,
        threshold=0.5,
        n_labelled=59,
        n_above=59,
        n_wrong_above=0,
        share=1.0,
        bound=got.bound,
        labels_needed=59,
        labels_missing=0,
        method="exact binomial tests down the ranks from rank 59 (room for 0 errors), ties kept whole",
        assumptions=tuple(ASSUMPTIONS.split("\n")),
        delta_spent=0.05,
        n_share=59,
    )


def test_the_joint_promise_and_fixed_candidates_are_named_as_what_they_are() -> None:
    joint = certify([0.5] * 59, [0] * 59, budget=0.05, promise="joint")
    assert joint.method == "exact binomial test of the joint risk, lowest passing threshold, ties kept whole"
    assert joint.assumptions[0].endswith("at most 5 % of all incoming cases are applied automatically and wrong.")
    assert joint.assumptions[1:] == tuple(ASSUMPTIONS.split("\n")[2:])
    fixed = certify([0.5] * 59, [0] * 59, budget=0.05, candidates=[0.5, 0.3, 0.3])
    assert (fixed.threshold, fixed.method) == (
        0.3,
        "fixed-sequence exact binomial tests over 2 thresholds fixed beforehand",
    )
    assert fixed.assumptions[1] == "The candidate thresholds were fixed before the labels were seen, on other cases."


def test_one_label_short_is_none_and_says_how_many_are_missing() -> None:
    got = certify([0.5] * 58, [0] * 58, budget=0.05)
    assert (got.threshold, got.labels_needed, got.labels_missing) == (None, 59, 1)
    assert got.assumptions[0] == "Nothing is certified and nothing is promised: every case goes to a person."


def test_no_cases_is_a_certificate_of_none() -> None:
    for promise in Promise:
        for candidates in (None, [0.5]):
            got = certify([], [], budget=0.02, promise=promise, candidates=candidates)
            assert (got.threshold, got.n_labelled, got.share, got.labels_missing) == (None, 0, 0.0, 149)


def test_a_tie_over_the_start_is_tested_whole() -> None:
    """59 right cases would pass; the wrong ones tied with them must not be cut off."""
    confidence = [0.9] * 59 + [0.9] * 3 + [0.1] * 10
    wrong = [0] * 59 + [1] * 3 + [0] * 10
    assert certify(confidence, wrong, budget=0.05).threshold is None


def test_one_large_tie_is_proved_by_its_own_count() -> None:
    """No look has room for so many errors, and yet 14 of 450 are far too few for a rate over 6 %."""
    got = certify([0.9] * 450, [1] * 14 + [0] * 436, budget=0.06)
    assert binom.cdf(14, 450, 0.06) < 0.01
    assert all(look.errors < 14 for look in several_looks(450, 0.06, 0.05))
    assert chosen(got) == (0.9, 450, 14)


def test_walk_stops_at_the_first_failure_even_where_a_later_tie_would_pass() -> None:
    confidence = [0.9] * 160 + [0.8] * 30 + [0.7] * 2000
    wrong = [0] * 160 + [1] * 30 + [0] * 2000
    assert binom.cdf(30, 2190, 0.05) <= 0.05
    assert chosen(certify(confidence, wrong, budget=0.05)) == (0.9, 160, 0)


@pytest.mark.parametrize("n", [1, 2, 500])
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("promise", list(Promise))
def test_one_class_and_tied_confidences_are_answered(n: int, label: int, promise: Promise) -> None:
    for confidence in (np.zeros(n), np.full(n, -0.0), np.ones(n)):
        got = certify(confidence, np.full(n, label), budget=0.02, promise=promise)
        assert got.share == (1.0 if n == 500 and label == 0 else 0.0)


def test_all_wrong_leaves_the_joint_promise_the_few_errors_it_allows() -> None:
    confidence = np.linspace(0, 1, 500)
    assert chosen(certify(confidence, np.ones(500), budget=0.02)) is None
    assert chosen(certify(confidence, np.ones(500), budget=0.02, promise="joint")) == (confidence[-4], 4, 4)
    assert binom.cdf(4, 500, 0.02) <= 0.05 < binom.cdf(5, 500, 0.02)


def test_any_sequence_of_numbers_is_taken() -> None:
    confidence, wrong = [i / 300 for i in range(300)], [i < 5 for i in range(300)]
    wanted = certify(confidence, wrong, budget=0.02)
    assert wanted.threshold is not None
    columns: tuple[Any, ...] = (
        (tuple(confidence), tuple(wrong)),
        (np.array(confidence), np.array(wrong, dtype=np.int8)),
        (iter(confidence), (float(x) for x in wrong)),
        (np.array(confidence)[::-1], np.array(wrong)[::-1]),
        (np.array(confidence, dtype=object), np.array(wrong, dtype=object)),
    )
    assert [certify(c, w, budget=0.02) for c, w in columns] == [wanted] * len(columns)


@pytest.mark.parametrize(
    ("confidence", "wrong", "keywords", "message"),
    [
        ([0.1, 0.2], [0], {}, "confidence has 2 entries and wrong has 1: confidence[1] has no partner; "),
        ([0.1], [0, 1], {}, "wrong has 2 entries and confidence has 1: wrong[1] has no partner; "),
        ([0.1, float("nan")], [0, 0], {}, "confidence[1] is nan: give a number from 0 to 1, or leave the case out"),
        ([0.1, None], [0, 0], {}, "confidence[1] is nan: give a number from 0 to 1, or leave the case out"),
        ([1.5, 0.1], [0, 0], {}, "confidence[0] is 1.5: give a number from 0 to 1, or leave the case out"),
        ([-1e-9], [0], {}, "confidence[0] is -1e-09: give a number from 0 to 1, or leave the case out"),
        (["high"], [0], {}, "confidence[0] is 'high': give a number, or leave the case out"),
        ([[0.1, 0.2]], [0], {}, "confidence has 2 dimensions: give one flat column, one entry a case"),
        ([0.1, 0.2], [0, 2], {}, "wrong[1] is 2.0: give 1 (wrong) or 0 (right), or leave the case out"),
        ([0.1, 0.2], [None, 1], {}, "wrong[0] is nan: give 1 (wrong) or 0 (right), or leave the case out"),
        ([0.1], [0], {"budget": 0}, "budget is 0: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        ([0.1], [0], {"delta": 1}, "delta is 1: give a share between 0 and 1, both excluded (0.02 for 2 %)"),
        ([0.1], [0], {"promise": "total"}, "promise is 'total': say 'selective' or 'joint'"),
        ([0.1], [0], {"start": "late"}, "start is 'late': say 'adaptive' or 'single'"),
        ([0.1], [0], {"recalibration": 0}, "recalibration is 0: give a whole number, 1 or more"),
        ([0.1], [0], {"loss": [1.5]}, "loss[0] is 1.5: give a number from 0 to 1, or leave the case out"),
        ([0.1], [0], {"loss": [0.5, 0.5]}, "loss has 2 entries for 1 cases: give one a case"),
        ([0.1], [0], {"group": [None]}, "group[0] is None: name the segment of every case, or leave the case out"),
        ([0.1], [0], {"group": ["a", "b"]}, "group has 2 entries and confidence has 1: give one of each a case"),
        ([0.1], [0], {"unlabelled": []}, "unlabelled is empty: give the confidences of past cases"),
        ([0.1], [0], {"labelled_from": 0.5}, "labelled_from needs unlabelled: without it nobody knows"),
        ([0.1], [0], {"labelled_from": 0.5, "unlabelled": [0.9]}, "labelled_from is 0.5, and a labelled case has conf"),
        ([0.1], [0], {"candidates": []}, "candidates is empty: give at least one threshold, or None to walk every "),
        ([0.1], [0], {"candidates": [2.0]}, "candidates[0] is 2.0: give a number from 0 to 1, or leave the case out"),
    ],
)
def test_refusals_name_the_entry_and_the_mend(confidence: Any, wrong: Any, keywords: Any, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        certify(confidence, wrong, **{"budget": 0.02, **keywords})
    assert str(caught.value).startswith(message)
