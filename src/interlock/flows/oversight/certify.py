"""Certify a threshold on past cases, and say what stands in the way where none can be."""

from dataclasses import dataclass, replace

import numpy as np

from interlock.engine.evaluation.scored import mistakes, wrong_at_the_top
from interlock.engine.evaluation.split import Keys, divide
from interlock.engine.oversight.threshold.candidates import LabellingDesign, labelling_design
from interlock.engine.oversight.threshold.certify import certify
from interlock.engine.oversight.threshold.curve import risk_coverage
from interlock.engine.oversight.threshold.labels import labels_needed
from interlock.flows.oversight.past_cases import PastCases
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import CurvePoint, Mistake

_TOP = 5  # most confident mistakes that are left out to see whether they alone stand in the way
_ERRORS_TOLD = 3
_WORTH_SAYING = 0.9  # a design that leaves out less than a tenth of the cases saves too little


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be promised; `recalibration` counts this workflow's certificates from 1, None for the only one.

    `unlabelled`: confidences of the traffic, in which the share is then measured. `labelled_from`: only cases of at
    least this confidence were labelled.
    """

    budget: float
    promise: Promise
    delta: float
    recalibration: int | None = None
    seed: int = 0
    unlabelled: tuple[float, ...] | None = None
    labelled_from: float | None = None


@dataclass(frozen=True, slots=True)
class Certified:
    """The certificate asked for and, beside it, the other promise at the same budget (None where it cannot be had).

    `n_read` cases were read and `certificate.n_labelled` used, one a customer or thread. `curve` is the risk-coverage
    curve of those. `offending`: the most confident wrong cases; `alone`: without the first five there would be a
    threshold. `with_loss`: the budget is one of mean loss, not of errors. `labels_needed`: (errors, labels) for 0 to 3
    errors.
    `design`: from which cases further labels would prove the most, None where that does not apply. The share was
    measured on `n_unlabelled` cases, where there are any.
    """

    certificate: Certificate
    other: Certificate | None
    n_read: int
    n_wrong: int
    curve: tuple[CurvePoint, ...]
    offending: tuple[Mistake, ...]
    alone: bool
    with_loss: bool
    labels_needed: tuple[tuple[int, int], ...]
    numbered: str
    notes: tuple[str, ...]
    design: LabellingDesign | None = None
    n_unlabelled: int = 0


def certify_past(past: PastCases, asked: Asked) -> Certified:
    """Certify on one case a group. Raises BadInput for what cannot be combined."""
    used, notes = one_per_group(past, seed=asked.seed)
    certificate = _certify(used, asked, asked.promise)
    other_promise = Promise.JOINT if asked.promise is Promise.SELECTIVE else Promise.SELECTIVE
    spent = certificate.delta_spent or certificate.delta
    return Certified(
        certificate=certificate,
        other=None if asked.unlabelled else _certify(used, asked, other_promise),
        n_read=past.n,
        n_wrong=used.n_wrong,
        curve=risk_coverage(used.scored.confidence, used.scored.wrong),
        offending=_mistakes(used),
        alone=_none_but_for_the_top(used, asked, certificate),
        with_loss=bool(past.losses),
        labels_needed=tuple((r, labels_needed(asked.budget, r, spent)) for r in range(_ERRORS_TOLD + 1)),
        numbered=past.numbered,
        notes=(*past.notes, *notes),
        design=_design(used, asked, certificate),
        n_unlabelled=len(asked.unlabelled or ()),
    )


def _design(past: PastCases, asked: Asked, certificate: Certificate) -> LabellingDesign | None:
    """For as many labels as there are, or as the first test needs; the labelled cases stand for the traffic."""
    if asked.promise is Promise.JOINT or past.segments or asked.unlabelled or not past.n:
        return None
    n_labels = max(past.n, certificate.labels_needed)
    found = labelling_design(past.scored.confidence, budget=asked.budget, n_labels=n_labels)
    return found if found.share < _WORTH_SAYING else None


def _mistakes(past: PastCases) -> tuple[Mistake, ...]:
    found = mistakes(past.scored)
    return found if past.compared else tuple(replace(each, proposed="", decided="") for each in found)


def one_per_group(past: PastCases, *, seed: int) -> tuple[PastCases, tuple[str, ...]]:
    """One case a customer or thread, drawn by the seed, because the promise counts those; everything without groups."""
    if not any(past.groups):
        note = "No column says which cases belong to one customer or thread (--group): if some fill many rows, the "
        return past, (note + "proof is weaker than it says.",) if past.numbered == "line" else ()
    keys = Keys([""] * past.n, past.groups, [None] * past.n, has_groups=True, has_times=False)
    kept = divide(keys, fits=False, seed=seed).calibration
    notes: tuple[str, ...] = ()
    if len(kept) < past.n:
        notes = (
            f"One case a customer or thread is used: {past.n - len(kept):,} further ones of the same were left out.",
        )
    return past.chosen(sorted(kept)), notes


def _certify(past: PastCases, asked: Asked, promise: Promise) -> Certificate:
    try:
        return certify(
            past.scored.confidence,
            past.scored.wrong,
            budget=asked.budget,
            delta=asked.delta,
            promise=promise,
            loss=past.losses or None,
            group=past.segments or None,
            recalibration=asked.recalibration,
            unlabelled=asked.unlabelled,
            labelled_from=asked.labelled_from,
        )
    except ValueError as exc:
        raise BadInput(str(exc)) from exc


def is_certified(certificate: Certificate) -> bool:
    """Whether there is a threshold, for all cases or for a segment."""
    return certificate.threshold is not None or any(is_certified(one) for _, one in certificate.segments)


def _none_but_for_the_top(past: PastCases, asked: Asked, certificate: Certificate) -> bool:
    if is_certified(certificate) or certificate.labels_missing:
        return False
    kept = np.ones(past.n, dtype=np.bool_)
    kept[wrong_at_the_top(past.scored, _TOP)] = False
    return is_certified(_certify(past.chosen([int(i) for i in np.flatnonzero(kept)]), asked, asked.promise))
