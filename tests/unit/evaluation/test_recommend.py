"""One recommendation in words."""

import numpy as np
import pytest

from interlock.engine.evaluation.measure import Identity, Observed, Terms, TopMistakes, measure, not_measured
from interlock.engine.evaluation.recommend import recommend
from interlock.engine.evaluation.scored import Scored, ScoredCase
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import CandidateEvaluation, CandidateKind, Recommendation

TERMS = Terms(0.02, Promise.JOINT, 0.05, 50.0, 2.0)
KINDS = (CandidateKind.HEURISTIC, CandidateKind.SMALL_MODEL, CandidateKind.EXTERNAL)


def scored(n: int, share: float, *, wrong_above: int = 0) -> Scored:
    """n cases, of which `share` are sure (and right but for `wrong_above`), the others unsure and wrong."""
    sure = round(n * share)
    confidence = [0.9] * sure + [0.1] * (n - sure)
    right = np.array([number >= wrong_above for number in range(sure)] + [False] * (n - sure))
    return Scored.of(
        [
            ScoredCase(line, "", "a", "a" if good else "b", sureness, None, {})
            for line, (sureness, good) in enumerate(zip(confidence, right, strict=True), 2)
        ]
    )


def candidate(number: int, share: float, *, n: int = 1000, later: Scored | None = None) -> CandidateEvaluation:
    identity = Identity(("simple", "middle", "outside-model")[number - 1], KINDS[number - 1], number, "")
    sides = scored(n, share)
    return measure(identity, Observed(sides, later or sides, (), None, None, ()), TERMS)


def choose(*candidates: CandidateEvaluation, **tops: TopMistakes) -> Recommendation:
    return recommend(candidates, TERMS, min_gain=0.05, calibration_share=0.3, tops=tops)


def test_the_simplest_that_keeps_the_promise() -> None:
    found = choose(candidate(1, 0.70), candidate(2, 0.74))
    assert found.candidate == "simple"
    assert found.sentence == (
        "At an error budget of 2 %, the simple may handle 70 % of these cases by itself; "
        "a person decides the other 30 %."
    )
    assert (
        "The middle is more complex and would handle 74 % against 70 %: +4.0 points, less than the 5 that would make "
        "it worth its while."
    ) in found.reasons


@pytest.mark.parametrize(("share", "name"), [(0.749, "simple"), (0.75, "outside-model"), (0.9, "outside-model")])
def test_more_complexity_must_gain_enough(share: float, name: str) -> None:
    assert choose(candidate(1, 0.70), candidate(2, 0.72), candidate(3, share)).candidate == name


def test_the_gain_is_said_with_both_numbers() -> None:
    found = choose(candidate(1, 0.40), candidate(2, 0.70))
    assert "The simple is simpler and would handle 40 %; 70 % is 30.0 points more, and at least 5 were asked for." in (
        found.reasons
    )
    assert found.certificate is not None
    assert found.certificate.share == 0.7


def test_the_order_given_does_not_matter_and_the_unavailable_do_not_count() -> None:
    gone = not_measured(Identity("gone", CandidateKind.EXTERNAL, 4, ""), "unreachable")
    assert choose(gone, candidate(2, 0.72), candidate(1, 0.70)) == choose(candidate(1, 0.70), candidate(2, 0.72))


def test_missing_labels_are_counted() -> None:
    found = choose(candidate(1, 0.9, n=100))
    assert (found.candidate, found.certificate) == (None, None)
    assert found.sentence == (
        "Nothing may run by itself yet: an error budget of 2 % cannot be proved with 100 calibration cases; about 164 "
        "more labelled rows are needed."
    )


def always_wrong(n: int) -> CandidateEvaluation:
    identity = Identity("simple", CandidateKind.HEURISTIC, 1, "")
    return measure(identity, Observed(scored(n, 1.0, wrong_above=n), None, (), None, None, ()), TERMS)


def test_overconfident_mistakes_are_cited() -> None:
    found = choose(always_wrong(1000), simple=TopMistakes(lines=(12, 88), alone=True))
    assert found.sentence == (
        "Nothing may run by itself yet: the simple is wrong where it is surest; look at lines 12 and 88 first."
    )


def test_too_little_accuracy_is_said() -> None:
    found = choose(always_wrong(1000), simple=TopMistakes(lines=(12,), alone=False))
    assert found.sentence == (
        "Nothing may run by itself yet: even the surest proposals are wrong too often for an error budget of 2 %."
    )
    assert found.reasons[0] == "The simple is right in 0 % of 1,000 cases; its surest mistakes: line 12."


def test_what_later_cases_contradict_is_not_recommended() -> None:
    drifted = candidate(1, 0.70, later=scored(1000, 0.70, wrong_above=100))
    found = choose(drifted)
    assert found.candidate is None
    assert found.sentence == (
        "Nothing may run by itself yet: what older cases would allow, the cases kept for the check contradict at an "
        "error budget of 2 %."
    )
    assert choose(drifted, candidate(2, 0.5)).candidate == "middle"


def test_everything_by_itself_keeps_its_audits() -> None:
    assert choose(candidate(1, 1.0)).sentence == (
        "At an error budget of 2 %, the simple may handle 100 % of these cases by itself; random audits go on."
    )
