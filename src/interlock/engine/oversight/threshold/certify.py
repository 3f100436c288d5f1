"""Certify a confidence threshold: what may be applied automatically under a proved error bound."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from interlock.engine.oversight.binomial import share_in_open_unit, whole_count
from interlock.engine.oversight.threshold.labelled import RankedCases, confidence_column, rank_cases, rank_losses
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.engine.oversight.threshold.looks import Look, several_looks, single_look
from interlock.engine.oversight.threshold.losses import upper_limit
from interlock.engine.oversight.threshold.next_step import labels_for_next_step
from interlock.engine.oversight.threshold.search import (
    Chosen,
    at_thresholds,
    lowest_by_loss,
    lowest_from_looks,
    lowest_joint,
    walk_down,
)
from interlock.engine.oversight.threshold.segments import by_segment, together
from interlock.engine.oversight.threshold.traffic import read_traffic
from interlock.engine.oversight.wording import assumptions_in_words
from interlock.terms.certificate import Certificate, Promise

if TYPE_CHECKING:
    import numpy.typing as npt

    from interlock.engine.oversight.threshold.labelled import Floats
    from interlock.engine.oversight.threshold.traffic import Traffic

_STARTS = ("adaptive", "single")


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is asked for; `delta` is the level of one certificate after recalibrations and segments took their part."""

    budget: float
    asked_delta: float
    delta: float
    promise: Promise
    start: str
    candidates: "Floats | None"
    traffic: "Traffic"


def certify(
    confidence: "npt.ArrayLike",
    wrong: "npt.ArrayLike",
    *,
    budget: float,
    delta: float = 0.05,
    promise: Promise | str = Promise.SELECTIVE,
    loss: "npt.ArrayLike | None" = None,
    group: "npt.ArrayLike | None" = None,
    candidates: "npt.ArrayLike | None" = None,
    start: str = "adaptive",
    recalibration: int | None = None,
    unlabelled: "npt.ArrayLike | None" = None,
    labelled_from: float | None = None,
) -> Certificate:
    """The lowest confidence threshold whose promise holds with probability 1 - delta, or a certificate of none.

    `confidence`: one number in [0, 1] a labelled case; `wrong`: 1 or True where the proposal was wrong, else 0; any
    flat sequences of one length, in any order. `budget`: the greatest error share allowed; `delta`: the probability
    with which the promise may fail; both in (0, 1). Ties are never cut.

    Selective promise: exact binomial tests of nested hypotheses down the ranks (`search.lowest_from_looks`), from one
    of several starts that share delta exactly (`start="adaptive"`) or from one (`"single"`: fixed-sequence testing,
    Maurer et al. 1995; Angelopoulos et al. 2021, "Learn then Test"). Exact when the error rate above a threshold does
    not fall as the threshold is lowered. Joint promise: the wrong cases at or over a threshold can only grow as it is
    lowered, so the lowest one that the exact binomial test passes holds without any such assumption.

    `candidates`: thresholds fixed beforehand on other, unlabelled cases (`candidate_thresholds`); then these are walked
    from the highest down, and the selective promise too is exact whatever the curve.
    `loss`: what each case costs if it is wrong, as a share in [0, 1] of the worst; the budget is then one of mean loss
    (`losses.log_wealth_down`).
    `group`: the segment (market, channel, ...) of each case: each gets a threshold of its own, and delta is spent
    across them in equal parts, so that all promises hold together.
    `recalibration`: this is the k-th certificate (1, 2, ...) for the same workflow: it spends delta / (k (k + 1)), so
    that all of them hold together.
    `unlabelled`: confidences of unlabelled traffic: `share` is then measured there. `labelled_from`: the labels are a
    random sample of the cases of at least this confidence only (`labelling_design`); needs `unlabelled`, and the
    selective promise.

    Raises ValueError, naming the entry and the mend, on lengths that differ, confidences, losses or labels that are
    missing or out of range, shares outside (0, 1), an unknown promise or start, and on what cannot be combined.
    """
    asked_delta = share_in_open_unit("delta", delta)
    traffic = read_traffic(
        unlabelled, labelled_from, joint=_read_promise(promise) is Promise.JOINT, grouped=group is not None
    )
    terms = _Terms(
        budget=share_in_open_unit("budget", budget),
        asked_delta=asked_delta,
        delta=_after_recalibration(asked_delta, recalibration),
        promise=_read_promise(promise),
        start=_read_start(start),
        candidates=None if candidates is None else _read_candidates(candidates),
        traffic=traffic,
    )
    if group is None:
        return _one(_rank(confidence, wrong, loss), terms)
    parts = by_segment(confidence, wrong, loss, group)
    shared = replace(terms, delta=terms.delta / max(1, len(parts)))
    return together(
        _one(_rank(confidence, wrong, loss), terms, search=False),
        tuple((name, _one(_rank(*columns), shared)) for name, *columns in parts),
    )


def _one(cases: RankedCases, terms: _Terms, *, search: bool = True) -> Certificate:
    """One certificate; without `search` only the figures of all cases together are wanted, and no threshold."""
    terms.traffic.check(cases)
    looks = _looks(cases.n, terms)
    chosen, method = _search(cases, looks, terms) if search else (None, "")
    needed = labels_needed(terms.budget, 0, terms.delta)
    share, n_share = terms.traffic.share(cases, chosen)
    return Certificate(
        promise=terms.promise,
        budget=terms.budget,
        delta=terms.asked_delta,
        threshold=None if chosen is None else chosen.threshold,
        n_labelled=cases.n,
        n_above=0 if chosen is None else chosen.n_above,
        n_wrong_above=0 if chosen is None else chosen.n_wrong_above,
        share=share,
        bound=None if chosen is None else _bound(cases, chosen, terms),
        labels_needed=needed,
        labels_missing=max(0, needed - cases.n),
        method=method,
        assumptions=assumptions_in_words(
            terms.promise,
            budget=terms.budget,
            delta=terms.delta,
            certified=chosen is not None,
            fixed_candidates=terms.candidates is not None,
            with_loss=cases.losses is not None,
            labelled_from=terms.traffic.labelled_from,
        ),
        delta_spent=terms.delta,
        n_share=n_share,
        mean_loss_above=_mean_loss(cases, chosen),
        labels_for_next_step=labels_for_next_step(cases, chosen, looks, terms.budget, terms.delta, terms.promise),
    )


def _rank(confidence: "npt.ArrayLike", wrong: "npt.ArrayLike", loss: "npt.ArrayLike | None") -> RankedCases:
    return rank_cases(confidence, wrong) if loss is None else rank_losses(confidence, wrong, loss)


def _looks(n: int, terms: _Terms) -> tuple[Look, ...]:
    if terms.start == "single":
        return single_look(n, terms.budget, terms.delta)
    return several_looks(n, terms.budget, terms.delta, terms.traffic.sampled_share)


def _search(cases: RankedCases, looks: tuple[Look, ...], terms: _Terms) -> tuple[Chosen | None, str]:
    """The threshold, and how it was found in words."""
    fixed = None if terms.candidates is None else at_thresholds(cases, terms.candidates)
    entries, budget, delta = fixed or cases, terms.budget, terms.delta
    if cases.losses is not None:
        joint = terms.promise is Promise.JOINT
        chosen = lowest_by_loss(entries, cases.losses, budget, delta, joint=joint, in_order=fixed is not None)
        return chosen, "bets against a mean loss over budget down the ranks, decided at 1/delta, ties kept whole"
    if terms.promise is Promise.JOINT:
        method = "exact binomial test of the joint risk, lowest passing threshold, ties kept whole"
        return lowest_joint(entries, budget, delta), method
    if fixed is not None:
        method = f"fixed-sequence exact binomial tests over {len(fixed.scores)} thresholds fixed beforehand"
        return walk_down(fixed, budget, delta), method
    return lowest_from_looks(cases, looks, budget, delta), _searched_in_words(looks, terms)


def _searched_in_words(looks: tuple[Look, ...], terms: _Terms) -> str:
    if not looks:
        return (
            f"no search: {labels_needed(terms.budget, 0, terms.delta):,} labelled cases are needed for the first test"
        )
    if len(looks) == 1:
        rank, errors = looks[0]
        return f"exact binomial tests down the ranks from rank {rank} (room for {errors} errors), ties kept whole"
    return (
        f"exact binomial tests down the ranks from {len(looks)} starts that share delta, rank {looks[0].rank} (room "
        f"for {looks[0].errors} errors) to rank {looks[-1].rank} (room for {looks[-1].errors}), ties kept whole"
    )


def _mean_loss(cases: RankedCases, chosen: Chosen | None) -> float | None:
    return None if chosen is None or cases.losses is None else float(cases.losses[: chosen.n_above].mean())


def _bound(cases: RankedCases, chosen: Chosen, terms: _Terms) -> float:
    """Upper (1 - delta) limit of the promised risk: exact (Clopper and Pearson 1934), or by bets for a mean loss."""
    from scipy.special import betaincinv

    counted = cases.n if terms.promise is Promise.JOINT else chosen.n_above
    if cases.losses is not None:
        limit = upper_limit(cases.losses[: chosen.n_above], terms.delta, n_without_loss=counted - chosen.n_above)
    else:
        limit = float(betaincinv(chosen.n_wrong_above + 1, counted - chosen.n_wrong_above, 1.0 - terms.delta))
    return min(limit, terms.budget)  # the test passed, so anything above the budget is rounding


def _after_recalibration(delta: float, recalibration: int | None) -> float:
    if recalibration is None:
        return delta
    k = whole_count("recalibration", recalibration, least=1)
    return delta / (k * (k + 1))


def _read_promise(promise: Promise | str) -> Promise:
    try:
        return Promise(promise)
    except ValueError:
        known = " or ".join(repr(str(each)) for each in Promise)
        raise ValueError(f"promise is {promise!r}: say {known}") from None


def _read_start(start: str) -> str:
    if start not in _STARTS:
        raise ValueError(f"start is {start!r}: say {' or '.join(map(repr, _STARTS))}")
    return start


def _read_candidates(candidates: "npt.ArrayLike") -> "Floats":
    import numpy as np

    thresholds: Floats = np.unique(confidence_column("candidates", candidates))[::-1]
    if not len(thresholds):
        raise ValueError("candidates is empty: give at least one threshold, or None to walk every confidence seen")
    return thresholds
