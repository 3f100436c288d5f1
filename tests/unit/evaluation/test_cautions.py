"""What must be told beside a recommendation, and what must not be recommended though its figures hold."""

import numpy as np

from interlock.engine.evaluation.cautions import cautions
from interlock.engine.evaluation.measure import Identity, Observed, Terms, measure, not_measured
from interlock.engine.evaluation.recommend import recommend
from interlock.engine.evaluation.scored import Scored, ScoredCase
from interlock.terms.certificate import Promise
from interlock.terms.evaluation import CandidateEvaluation, CandidateKind, Recommendation

TERMS = Terms(0.02, Promise.JOINT, 0.05, 50.0, 2.0)
BALANCED = (("cards", 500), ("loans", 500))


def scored(n: int, *, sure: int, sure_wrong: int, unsure_right: int = 0) -> Scored:
    """n cases: `sure` of them at confidence .9 and up, `sure_wrong` of those wrong; the others at .1."""
    right = np.array([i >= sure_wrong for i in range(sure)] + [i < unsure_right for i in range(n - sure)])
    confidence = [0.9 + 0.0001 * (i % 7) for i in range(sure)] + [0.1] * (n - sure)
    return Scored.of(
        [
            ScoredCase(line, "x", "a", "a" if good else "b", sureness, None, {})
            for line, (sureness, good) in enumerate(zip(confidence, right, strict=True), 2)
        ]
    )


def measured(
    calibration: Scored, evaluation: Scored | None = None, *, kind: CandidateKind = CandidateKind.SMALL_MODEL
) -> CandidateEvaluation:
    observed = Observed(calibration, evaluation, (), None, None, ())
    return measure(Identity("small model", kind, 1, ""), observed, TERMS)


def chosen(candidate: CandidateEvaluation, *, grouped: bool = False) -> Recommendation:
    return recommend([candidate], TERMS, min_gain=0.05, calibration_share=0.3, tops={}, grouped=grouped)


def told(candidate: CandidateEvaluation, labels: tuple[tuple[str, int], ...] = BALANCED) -> tuple[str, ...]:
    return cautions(chosen(candidate), [candidate], TERMS, labels=labels)


def test_nothing_is_said_where_nothing_misleads() -> None:
    assert told(measured(scored(2000, sure=1400, sure_wrong=10, unsure_right=200))) == ()


def test_a_check_over_the_budget_is_said_though_it_contradicts_nothing() -> None:
    candidate = measured(
        scored(2000, sure=1400, sure_wrong=20, unsure_right=200), scored(200, sure=140, sure_wrong=5, unsure_right=30)
    )
    assert chosen(candidate).candidate == "small model"
    assert told(candidate) == (
        "The check itself came out over the budget (2.5 % against 2 %); 200 cases are too few to contradict the proof, "
        "but look at what was wrong before anything runs.",
    )


def test_one_that_is_no_better_than_the_most_frequent_decision() -> None:
    candidate = measured(scored(2000, sure=2000, sure_wrong=2))
    assert told(candidate, (("no", 1998), ("yes", 2))) == (
        "Always deciding 'no' would be right in 99.90 % of all cases; the small model is right in 99.90 % and so no "
        "better. If the rare decisions matter, let people make them.",
    )


def test_accuracy_too_good_to_be_true_is_doubted_where_something_was_learned() -> None:
    perfect = scored(400, sure=400, sure_wrong=0)
    assert told(measured(perfect)) == (
        "100 % right is rare for decisions that needed people: make sure that what was read was known before the "
        "decision and does not hold it (--text names the columns).",
    )
    assert told(measured(perfect, kind=CandidateKind.RECORDED)) == ()


def test_nothing_to_say_of_what_could_not_be_run() -> None:
    candidate = not_measured(Identity("MiniLM", CandidateKind.EXTERNAL, 1, ""), "not installed")
    assert cautions(Recommendation(None, "Nothing", (), None), [candidate], TERMS, labels=BALANCED) == ()


def test_what_is_mostly_wrong_is_not_recommended_though_the_joint_budget_holds() -> None:
    candidate = measured(scored(1200, sure=12, sure_wrong=12, unsure_right=900))
    certificate = next(
        shown.certificate
        for shown in candidate.certificates
        if (shown.certificate.budget, shown.certificate.promise) == (0.02, Promise.JOINT)
    )
    assert (certificate.n_above, certificate.n_wrong_above) == (12, 12)
    found = chosen(candidate)
    assert (found.candidate, found.certificate) == (None, None)
    assert found.sentence == (
        "Nothing may run by itself yet: where the small model is surest, it is wrong more often than right."
    )
    assert found.reasons[0].endswith("12 of them wrong. An error budget of 2 % would be kept only because so little would run by itself.")  # fmt: skip  # noqa: E501


def test_what_costs_more_than_people_says_so() -> None:
    candidate = measured(scored(2000, sure=500, sure_wrong=28, unsure_right=900))
    assert "It would not pay: a case that ends right costs USD 2." in chosen(candidate).reasons[-1]
    assert chosen(candidate).reasons[-1].endswith("or ask for a smaller --budget or --promise selective.")


def test_groups_are_what_is_missing_where_groups_calibrate() -> None:
    candidate = measured(scored(100, sure=100, sure_wrong=0))
    assert (
        "about 164 more labelled groups (customers or threads) are needed" in chosen(candidate, grouped=True).sentence
    )
    assert "about 164 more labelled rows are needed" in chosen(candidate).sentence
