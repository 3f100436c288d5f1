"""The picture of a certificate: error rate against the share applied, with its interval and the certified point."""

from typing import TYPE_CHECKING

from interlock.engine.evaluation.words import budget_percent
from interlock.terms.certificate import Certificate, Promise
from interlock.terms.story import Chart, Mark, Series

if TYPE_CHECKING:
    from interlock.flows.oversight.certify import Certified

SETTLED_SHARE = 0.1  # further up there are few cases and wide intervals
LIMIT_STEPS = 50


def risk_curve(found: "Certified") -> Chart | None:
    """None where there is no case."""
    curve = [point for point in found.curve if point.error.value is not None]
    if not curve:
        return None
    certificate, budget = found.certificate, found.certificate.budget
    wrong = tuple((point.share, point.error.value or 0.0) for point in curve)
    band = tuple((point.share, point.error.low or 0.0, point.error.high or 1.0) for point in curve)
    spoken = f"budget {budget_percent(budget)}"
    series = [Series("wrong among them", wrong, band)]
    if certificate.promise is Promise.JOINT and not found.with_loss:
        limit = tuple((i / LIMIT_STEPS, min(1.0, budget * LIMIT_STEPS / i)) for i in range(1, LIMIT_STEPS + 1))
        series.append(Series(f"{spoken} of all cases", limit))
    marks = _mark(certificate)
    settled = [high for share, _, high in band if share >= SETTLED_SHARE] or [high for *_, high in band]
    tops = [max(settled), 3 * budget, *(mark.high or 0.0 for mark in marks)]
    return Chart(
        caption="Error rate among the cases applied without a look",
        x_label="share applied without a look, surest cases first",
        y_label="wrong among them",
        series=tuple(series),
        marks=marks,
        levels=() if certificate.promise is Promise.JOINT or found.with_loss else ((budget, spoken),),
        percent_x=True,
        percent_y=True,
        y_high=min(1.0, 1.08 * max(tops)),
        note=f"n {certificate.n_labelled:,}. Band: exact 95 % interval at each share by itself; the certificate is "
        "what is proved of all of them together."
        + (" The budget is one of mean loss and cannot be drawn here." if found.with_loss else ""),
    )


def _mark(certificate: Certificate) -> tuple[Mark, ...]:
    if certificate.threshold is None or not certificate.n_above or certificate.mean_loss_above is not None:
        return ()
    of_above = certificate.share if certificate.promise is Promise.JOINT else 1.0
    wrong = certificate.n_wrong_above / certificate.n_above
    bound = None if certificate.bound is None else certificate.bound / of_above
    return (Mark(certificate.share, wrong, "certified", None if bound is None else wrong, bound),)
