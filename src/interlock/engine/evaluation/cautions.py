"""What a careful reader must be told beside a recommendation: figures that are right and still mislead."""

from collections.abc import Iterator, Sequence

from interlock.engine.evaluation.candidate_names import called
from interlock.engine.evaluation.measure import Terms
from interlock.engine.evaluation.words import budget_percent, percent
from interlock.terms.evaluation import CandidateEvaluation, CandidateKind, CertifiedShare, Recommendation

TOO_GOOD = 0.995
TOO_GOOD_CASES = 100
NEARLY_ALL = 0.9


def cautions(
    recommendation: Recommendation,
    candidates: Sequence[CandidateEvaluation],
    terms: Terms,
    *,
    labels: Sequence[tuple[str, int]],
) -> tuple[str, ...]:
    """Sentences to add to the reasons, most important first.

    `labels` are decisions and their counts, most frequent first. Told are: a check whose own figure is over the
    budget, an accuracy that the most frequent decision alone reaches, and one that is too good to be true.
    """
    measured = [one for one in candidates if one.accuracy is not None and one.accuracy.value is not None]
    if not measured:
        return ()
    looked_at = next((one for one in measured if one.name == recommendation.candidate), None)
    best = looked_at or max(measured, key=_accuracy)
    found: list[str] = []
    if looked_at is not None:
        found.extend(_over_in_check(looked_at, terms))
    found.extend(_always_the_same(best, labels))
    found.extend(_too_good(best, labels))
    return tuple(found)


def _accuracy(candidate: CandidateEvaluation) -> float:
    return 0.0 if candidate.accuracy is None or candidate.accuracy.value is None else candidate.accuracy.value


def _over_in_check(candidate: CandidateEvaluation, terms: Terms) -> Iterator[str]:
    risk = _asked(candidate, terms).evaluation_risk
    if risk is None or risk.value is None or risk.value <= terms.budget:
        return
    yield (
        f"The check itself came out over the budget ({100 * risk.value:.1f} % against {budget_percent(terms.budget)}); "
        f"{risk.n:,} cases are too few to contradict the proof, but look at what was wrong before anything runs."
    )


def _asked(candidate: CandidateEvaluation, terms: Terms) -> CertifiedShare:
    return next(
        shown
        for shown in candidate.certificates
        if shown.certificate.budget == terms.budget and shown.certificate.promise is terms.promise
    )


def _always_the_same(candidate: CandidateEvaluation, labels: Sequence[tuple[str, int]]) -> Iterator[str]:
    label, count = labels[0]
    share = count / sum(count for _, count in labels)
    accuracy = candidate.accuracy
    if accuracy is None or accuracy.value is None or accuracy.low is None or accuracy.low > share:
        return
    better = "no better" if accuracy.value <= share else "not clearly better"
    mend = "If the rare decisions matter, let people make them." if share >= NEARLY_ALL else "It has learned little."
    yield (
        f"Always deciding '{label}' would be right in {_nearly(share)} of all cases; {called(candidate)} is right in "
        f"{_nearly(accuracy.value)} and so {better}. {mend}"
    )


def _too_good(candidate: CandidateEvaluation, labels: Sequence[tuple[str, int]]) -> Iterator[str]:
    accuracy = candidate.accuracy
    if accuracy is None or accuracy.value is None or candidate.kind is CandidateKind.RECORDED:
        return
    nearly_all = labels[0][1] > NEARLY_ALL * sum(count for _, count in labels)
    if accuracy.value >= TOO_GOOD and accuracy.n >= TOO_GOOD_CASES and not nearly_all:
        yield (
            f"{_nearly(accuracy.value)} right is rare for decisions that needed people: make sure that what was read "
            "was known before the decision and does not hold it (--text names the columns)."
        )


def _nearly(share: float) -> str:
    """A share that is not rounded up to all."""
    return percent(share) if share == 1 or share < 0.995 else f"{min(99.99, 100 * share):.2f} %"
