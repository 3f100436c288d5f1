"""The strip of key figures: what the recommended candidate would do, each with its interval and denominator."""

from dataclasses import dataclass

from interlock.adapters.reports.promises import none_certified
from interlock.terms import words
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.evaluation import CandidateEvaluation, Evaluation
from interlock.terms.words import Shown

WRONG_OF = {Promise.SELECTIVE: "of them wrong", Promise.JOINT: "of all cases applied and wrong"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: `label` says what it is, `note` what it rests on."""

    label: str
    shown: Shown
    note: str


def figures(evaluation: Evaluation, subject: CandidateEvaluation | None) -> tuple[Figure, ...]:
    """Five figures; what was not measured says so."""
    certificate = asked_certificate(evaluation, subject)
    return (
        _automation(certificate, evaluation.delta),
        Figure(
            "Right, if it decided all cases",
            words.share_shown(subject.accuracy if subject else None),
            f"accuracy on the evaluation set, {'' if evaluation.recommendation.candidate else 'best candidate: '}"
            f"{words.shorten(subject.name, 60)}"
            if subject
            else "no candidate could be measured",
        ),
        Figure(
            "Time to answer, slowest 5 %",
            words.latency_shown(subject.latency_p95_ms if subject else None),
            "95th percentile a case",
        ),
        Figure(
            "Cost per successful outcome",
            words.money_shown(subject.cost_per_success_usd if subject else None),
            f"a wrong decision {words.money(evaluation.cost_wrong_usd)}, a review"
            f" {words.money(evaluation.cost_review_usd)}, {'both assumed' if evaluation.costs_assumed else 'as given'}",
        ),
        Figure(
            "Labels used to certify",
            Shown(words.count(certificate.n_labelled if certificate else evaluation.split.n_calibration)),
            f"of {words.plural(evaluation.source.rows_used, 'decided case')}",
        ),
    )


def asked_certificate(evaluation: Evaluation, subject: CandidateEvaluation | None) -> Certificate | None:
    """What was asked for: the recommended certificate, else the subject's at the requested budget and promise."""
    if evaluation.recommendation.certificate is not None:
        return evaluation.recommendation.certificate
    mine = (c.certificate for c in (subject.certificates if subject else ()))
    asked = (c for c in mine if c.promise is evaluation.promise and c.budget == evaluation.budget)
    return next(asked, None)


def _automation(certificate: Certificate | None, delta: float) -> Figure:
    label = "May be applied automatically"
    if certificate is None:
        return Figure(label, Shown("none"), "nothing was certified")
    if certificate.threshold is None:
        reason = none_certified(certificate).removeprefix("none: ")
        return Figure(label, Shown("none", f"n{words.NBSP}{words.count(certificate.n_labelled)}"), reason)
    return Figure(
        label,
        Shown(words.percent(certificate.share), f"n{words.NBSP}{words.count(certificate.n_labelled)}"),
        f"at most {words.percent_exact(certificate.budget)} {WRONG_OF[certificate.promise]},"
        f" {words.percent_exact(1 - delta)}{words.NBSP}certain",
    )
