"""One recommendation in words: the simplest candidate that keeps the promise, unless more is gained by another."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.evaluation.candidate_names import called, called_first
from interlock.engine.evaluation.measure import Terms, TopMistakes
from interlock.engine.evaluation.words import (
    budget_percent,
    lines_in_words,
    percent,
    proved_percent,
    usd,
    whole_percents,
)
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import CandidateEvaluation, CertifiedShare, Recommendation

NOTHING = "Nothing may run by itself yet"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate and its certificate on the promise and budget asked for."""

    candidate: CandidateEvaluation
    certified: CertifiedShare

    @property
    def share(self) -> float:
        """Certified share of all cases."""
        return self.certified.certificate.share

    @property
    def contradicted(self) -> bool:
        """Whether something was certified and later cases say otherwise."""
        risk, certificate = self.certified.evaluation_risk, self.certified.certificate
        broken = risk is not None and risk.low is not None and risk.low > certificate.budget
        return certificate.threshold is not None and broken

    @property
    def mostly_wrong(self) -> bool:
        """Whether more than half of what would run by itself is wrong.

        A joint budget of 2 % of all cases also holds where 1 % runs by itself and all of it is wrong.
        """
        certificate = self.certified.certificate
        return certificate.n_wrong_above > max(0.5, certificate.budget) * certificate.n_above

    @property
    def holds(self) -> bool:
        """Whether something worth running was certified and later cases do not contradict it."""
        return self.certified.certificate.threshold is not None and not self.contradicted and not self.mostly_wrong


def recommend(
    candidates: Sequence[CandidateEvaluation],
    terms: Terms,
    *,
    min_gain: float,
    calibration_share: float,
    tops: Mapping[str, TopMistakes],
    grouped: bool = False,
) -> Recommendation:
    """Choose. `tops` holds each measured candidate's overconfident calibration mistakes by name.

    `grouped`: calibration takes one case of each group, so groups are what is missing where labels are.
    A more complex candidate is taken only when it handles at least `min_gain` (a share of all cases) more.
    A certificate that the evaluation cases contradict (their 95 % lower limit is over the budget) recommends nothing,
    nor does one that keeps the budget only because little would run, most of it wrong.
    """
    entries = sorted(
        (
            Chosen(candidate, certified)
            for candidate in candidates
            for certified in candidate.certificates
            if certified.certificate.budget == terms.budget and certified.certificate.promise is terms.promise
        ),
        key=lambda entry: entry.candidate.complexity,
    )
    able = [entry for entry in entries if entry.holds]
    if not able:
        return _none(entries, terms, calibration_share=calibration_share, tops=tops, grouped=grouped)
    best = able[0]
    for entry in able[1:]:
        if entry.share - best.share >= min_gain - 1e-12:
            best = entry
    return _yes(best, able, entries, terms, min_gain=min_gain)


def promise_in_short(promise: Promise, budget: float) -> str:
    """What the budget is a share of."""
    if promise is Promise.JOINT:
        return f"of all incoming cases, at most {budget_percent(budget)} are applied automatically and wrong"
    return f"of what is applied automatically, at most {budget_percent(budget)} is wrong"


def _yes(
    best: Chosen, able: Sequence[Chosen], entries: Sequence[Chosen], terms: Terms, *, min_gain: float
) -> Recommendation:
    handled, rest = whole_percents(best.share)
    ability = f"{called(best.candidate)} may handle {handled} of these cases by itself"
    sentence = f"At an error budget of {budget_percent(terms.budget)}, {ability}; a person decides the other {rest}."
    if handled == "100 %":
        sentence = f"At an error budget of {budget_percent(terms.budget)}, {ability}; random audits go on."
    reasons = (
        *_proof(best, terms),
        *_check(best),
        *_comparison(best, able, min_gain=min_gain),
        *(_broken(entry) for entry in entries if entry.contradicted),
        *_cost(best, terms),
    )
    return Recommendation(best.candidate.name, sentence, reasons, best.certified.certificate)


def _proof(best: Chosen, terms: Terms) -> Iterator[str]:
    certificate = best.certified.certificate
    assert certificate.bound is not None  # noqa: S101 - a threshold has a bound
    yield (
        f"Proved with {budget_percent(terms.confidence)} confidence: {promise_in_short(terms.promise, terms.budget)}. "
        f"On {certificate.n_labelled:,} calibration cases {certificate.n_above:,} were at or over the confidence "
        f"{certificate.threshold:.4g}, {certificate.n_wrong_above:,} of them wrong; upper limit "
        f"{100 * certificate.bound:.2f} %."
    )


def _check(best: Chosen) -> Iterator[str]:
    share, risk = best.certified.evaluation_share, best.certified.evaluation_risk
    if share is None or risk is None or share.value is None:
        return
    if risk.value is None or risk.low is None or risk.high is None:
        yield "Check: no case of the evaluation set reached the threshold."
        return
    joint = best.certified.certificate.promise is Promise.JOINT
    yield (
        f"Check on {share.n:,} cases that had no part in this: {percent(share.value)} would be applied automatically; "
        f"{100 * risk.value:.1f} % of {'all' if joint else 'those'} would be {'so and ' if joint else ''}wrong (95 % "
        f"interval {100 * risk.low:.1f} to {100 * risk.high:.1f} %, n {risk.n:,})."
    )


def _comparison(best: Chosen, able: Sequence[Chosen], *, min_gain: float) -> Iterator[str]:
    for entry in able:
        if entry is best:
            continue
        gain = 100 * (best.share - entry.share)
        other = called_first(entry.candidate)
        if entry.candidate.complexity < best.candidate.complexity:
            yield (
                f"{other} is simpler and would handle {proved_percent(entry.share)}; {proved_percent(best.share)} is "
                f"{gain:.1f} points more, and at least {100 * min_gain:.3g} were asked for."
            )
        elif round(gain, 1) == 0:
            yield f"{other} is more complex and would handle no more."
        else:
            yield (
                f"{other} is more complex and would handle {proved_percent(entry.share)} against "
                f"{proved_percent(best.share)}: {-gain:+.1f} points, less than the "
                f"{100 * min_gain:.3g} that would make it worth its while."
            )


def _broken(entry: Chosen) -> str:
    risk = entry.certified.evaluation_risk
    assert risk is not None  # noqa: S101 - only a measured risk contradicts
    assert risk.value is not None  # noqa: S101
    assert risk.low is not None  # noqa: S101
    return (
        f"Not {called(entry.candidate)}: its threshold was certified on the calibration cases, but on the evaluation "
        f"cases {100 * risk.value:.1f} % were wrong (95 % lower limit {100 * risk.low:.1f} %), over the budget of "
        f"{budget_percent(entry.certified.certificate.budget)}. The cases changed between the two."
    )


def _cost(best: Chosen, terms: Terms) -> Iterator[str]:
    cost = best.candidate.cost_per_success_usd
    if cost is None or cost.value is None:
        return
    pays = cost.value < terms.cost_review_usd
    mend = " or --promise selective" if terms.promise is Promise.JOINT else ""
    yield (
        f"{'A' if pays else 'It would not pay: a'} case that ends right costs {usd(cost.value)} this way (review "
        f"{usd(terms.cost_review_usd)}, a wrong decision {usd(terms.cost_wrong_usd)}); {usd(terms.cost_review_usd)} "
        f"when people decide everything."
        + ("" if pays else f" Name your own --cost-wrong and --cost-review, or ask for a smaller --budget{mend}.")
    )


def _none(
    entries: Sequence[Chosen],
    terms: Terms,
    *,
    calibration_share: float,
    tops: Mapping[str, TopMistakes],
    grouped: bool,
) -> Recommendation:
    broken = [entry for entry in entries if entry.contradicted]
    if broken:
        return _contradicted(broken, terms)
    wrong = [entry for entry in entries if entry.mostly_wrong]
    if wrong:
        return _mostly_wrong(wrong, terms)
    if all(entry.certified.certificate.labels_missing > 0 for entry in entries):
        return _labels_missing(entries, terms, calibration_share=calibration_share, grouped=grouped)
    alone = [entry for entry in entries if (top := tops.get(entry.candidate.name)) and top.alone and top.lines]
    if alone:
        return _overconfident(max(alone, key=lambda entry: entry.candidate.complexity), terms, tops)
    sentence = f"{NOTHING}: even the surest proposals are wrong too often for {_budget(terms)}."
    return Recommendation(None, sentence, tuple(_too_inaccurate(entries, tops)), None)


def _budget(terms: Terms) -> str:
    return f"an error budget of {budget_percent(terms.budget)}"


def _contradicted(broken: Sequence[Chosen], terms: Terms) -> Recommendation:
    sentence = f"{NOTHING}: what older cases would allow, the cases kept for the check contradict at {_budget(terms)}."
    next_step = "Next: find out what changed between the two, and try again with cases from after the change."
    return Recommendation(None, sentence, (*(_broken(entry) for entry in broken), next_step), None)


def _mostly_wrong(wrong: Sequence[Chosen], terms: Terms) -> Recommendation:
    culprit = max(wrong, key=lambda entry: entry.candidate.complexity)
    certificate = culprit.certified.certificate
    sentence = f"{NOTHING}: where {called(culprit.candidate)} is surest, it is wrong more often than right."
    reasons = (
        f"On {certificate.n_labelled:,} calibration cases {certificate.n_above:,} were at or over the confidence "
        f"{certificate.threshold:.4g}, {certificate.n_wrong_above:,} of them wrong. {_budget(terms).capitalize()} "
        "would be kept only because so little would run by itself.",
        *_right_in(wrong),
        "Check that the label column is what people decided, and that the text column is what they looked at.",
    )
    return Recommendation(None, sentence, reasons, None)


def _right_in(entries: Sequence[Chosen]) -> Iterator[str]:
    for entry in entries:
        accuracy = entry.candidate.accuracy
        if accuracy is not None and accuracy.value is not None:
            yield f"{called_first(entry.candidate)} is right in {percent(accuracy.value)} of {accuracy.n:,} cases."


def _labels_missing(
    entries: Sequence[Chosen], terms: Terms, *, calibration_share: float, grouped: bool
) -> Recommendation:
    certificate = min((entry.certified.certificate for entry in entries), key=lambda found: found.labels_missing)
    rows = math.ceil(certificate.labels_missing / calibration_share)
    more = f"{rows:,} more labelled groups (customers or threads)" if grouped else f"{rows:,} more labelled rows"
    sentence = (
        f"{NOTHING}: {_budget(terms)} cannot be proved with {certificate.n_labelled:,} calibration cases; "
        f"about {more} are needed."
    )
    proof = (
        f"The proof needs at least {certificate.labels_needed:,} calibration cases, and that only if none of the "
        "surest ones is wrong."
    )
    units = "groups" if grouped else "rows"
    rest = (
        f"{percent(calibration_share)} of the {units} calibrate: {certificate.labels_missing:,} more calibration cases "
        f"are about {rows:,} more {units}."
    )
    return Recommendation(None, sentence, (proof, rest, *_right_in(entries)), None)


def _overconfident(culprit: Chosen, terms: Terms, tops: Mapping[str, TopMistakes]) -> Recommendation:
    lines = lines_in_words(tops[culprit.candidate.name].lines)
    sentence = f"{NOTHING}: {called(culprit.candidate)} is wrong where it is surest; look at {lines} first."
    reasons = (
        f"Without these cases {_budget(terms)} could be proved. Were people's decisions right there?",
        "If they were, the cases need a rule or better examples; if not, mend the labels and try again.",
    )
    return Recommendation(None, sentence, reasons, None)


def _too_inaccurate(entries: Sequence[Chosen], tops: Mapping[str, TopMistakes]) -> Iterator[str]:
    for entry in entries:
        accuracy = entry.candidate.accuracy
        if accuracy is None or accuracy.value is None:
            continue
        top = tops.get(entry.candidate.name)
        surest = f"; its surest mistakes: {lines_in_words(top.lines)}" if top and top.lines else ""
        yield f"{called_first(entry.candidate)} is right in {percent(accuracy.value)} of {accuracy.n:,} cases{surest}."
    yield (
        "Missing is accuracy where confidence is high: clearer labels, more past cases, a text column that holds what "
        "people looked at, or a stronger candidate (--candidate)."
    )
