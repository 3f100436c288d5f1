"""The report of a backtest: when it would have been promoted and demoted, and whether the promise was kept."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from interlock.engine.evaluation.words import budget_percent, percent, usd
from interlock.engine.oversight.estimate import rate
from interlock.surfaces.cli.demo.words import estimate
from interlock.surfaces.cli.oversight.certify_story import certificate_in_words
from interlock.surfaces.cli.oversight.paths import monitor_chart, wealth_chart
from interlock.terms.story import Chart, DataTable, Section, Story, Tone

if TYPE_CHECKING:
    from interlock.engine.oversight.planning.rehearsal import Rehearsed
    from interlock.flows.oversight.backtest import Backtested


def backtest_story(found: "Backtested", *, source: str, created_at: str) -> Story:
    """The whole report."""
    sections = [_compared(found), _certificate(found)]
    if found.rehearsed is not None:
        sections += [_promotion(found, found.rehearsed), _live(found, found.rehearsed)]
    sections.append(_rests_on(found))
    return Story(
        title=_title(found),
        summary=tuple(_summary(found)),
        source=source,
        authored_sample=False,
        created_at=created_at,
        sections=tuple(sections),
        next_steps=tuple(_next_steps(found)),
    )


def _title(found: "Backtested") -> str:
    rehearsed, budget = found.rehearsed, budget_percent(found.terms.budget)
    if rehearsed is None:
        return "Nothing would have been certified, so people would have decided every case"
    if rehearsed.promoted_at is None:
        return f"It would not have been promoted: {rehearsed.shadow.n:,} shadow cases do not prove {budget}"
    applied = rehearsed.applied
    ending = "and kept its authority" if rehearsed.demoted_at is None else "then been demoted"
    share = percent(applied.n / found.n_rest)
    return (
        f"It would have been promoted, applied {share} of the cases with {applied.n_wrong:,} of {applied.n:,} wrong, "
        f"{ending}"
    )


def _summary(found: "Backtested") -> Iterator[str]:
    rehearsed = found.rehearsed
    if rehearsed is None:
        yield certificate_in_words(found.certificate) + "."
        return
    yield (
        f"Certified on the first {found.n_certify:,} cases; promoted: {found.promoted_when or 'never'}; demoted: "
        f"{found.demoted_when or 'never'}."
    )
    realised = rate(rehearsed.applied.n_wrong, rehearsed.applied.n)
    yield f"Really wrong among what was automatic: {estimate(realised)}; budget {budget_percent(found.terms.budget)}."
    own, review, automatic = found.policies
    yield (
        f"Cost {usd(own.cost_usd)}; always review {usd(review.cost_usd)}; always automatic {usd(automatic.cost_usd)}."
    )


def _compared(found: "Backtested") -> Section:
    rows = tuple(
        (
            policy.name,
            f"{policy.looks:,}",
            f"{policy.automatic:,} of {found.n_rest:,}",
            "-" if policy.wrong.value is None else f"{round(policy.wrong.value * policy.wrong.n):,}",
            "-" if policy.wrong.value is None else estimate(policy.wrong),
            usd(policy.cost_usd),
        )
        for policy in found.policies
    )
    header = ("Policy", "Looks by people", "Automatic", "Wrong", "Share wrong of automatic", "Cost")
    cheapest = min(found.policies, key=lambda policy: policy.cost_usd)
    charts = () if found.rehearsed is None else _first_chart(found, found.rehearsed)
    return Section(
        step="Compared",
        title=f"Cheapest at these costs: {cheapest.name}, {usd(cheapest.cost_usd)}",
        tone=Tone.NEUTRAL,
        lines=(
            f"{found.n_rest:,} cases after those used to certify; a wrong automatic case costs "
            f"{usd(found.terms.cost_wrong_usd)}, a look {usd(found.terms.cost_review_usd)}. People's decisions are "
            "taken as right. What was wrong among automatic cases is counted over all of them, not only the audited "
            "ones.",
        ),
        tables=(DataTable("The same cases under three policies", header, rows, (1, 2, 3, 4, 5)),),
        charts=charts,
    )


def _first_chart(found: "Backtested", rehearsed: "Rehearsed") -> tuple[Chart, ...]:
    if rehearsed.promoted_at is None:
        return (_wealth(found, rehearsed),)
    return (monitor_chart([("this rehearsal", rehearsed.monitor)], cases="audits since promotion"),)


def _wealth(found: "Backtested", rehearsed: "Rehearsed") -> Chart:
    path = [("this rehearsal", rehearsed.wealth)]
    return wealth_chart(path, delta=found.terms.certify.delta, cases="shadow cases over the threshold, as they came")


def _certificate(found: "Backtested") -> Section:
    certificate = found.certificate
    tone = Tone.PASSED if certificate.threshold is not None else Tone.FAILED
    if certificate.threshold is None and certificate.labels_missing:
        tone = Tone.INCONCLUSIVE
    return Section(
        step="Certificate",
        title=certificate_in_words(certificate),
        tone=tone,
        lines=(
            f"On the first {found.n_certify:,} cases, at the stricter budget of {budget_percent(certificate.budget)}.",
            certificate.assumptions[0],
        ),
    )


def _promotion(found: "Backtested", rehearsed: "Rehearsed") -> Section:
    shadow = rehearsed.shadow
    seen = estimate(rate(shadow.n_wrong, shadow.n))
    if rehearsed.promoted_at is None:
        title, tone = "The promotion test did not decide", Tone.INCONCLUSIVE
    else:
        title, tone = f"Promoted after {shadow.n:,} shadow cases over the threshold", Tone.PASSED
    return Section(
        step="Promotion",
        title=title,
        tone=tone,
        lines=(f"{shadow.n_wrong:,} of {shadow.n:,} shadow cases over the threshold were wrong: {seen}.",),
        charts=() if rehearsed.promoted_at is None else (_wealth(found, rehearsed),),
    )


def _live(found: "Backtested", rehearsed: "Rehearsed") -> Section:
    applied, audited, after = rehearsed.applied, rehearsed.audited, rehearsed.after_demotion
    realised = rate(applied.n_wrong, applied.n)
    budget = found.terms.budget
    lines = [
        f"Really wrong among what was automatic: {estimate(realised)}; the audits saw {audited.n_wrong:,} of "
        f"{audited.n:,} wrong.",
    ]
    if rehearsed.demoted_at is not None:
        lines.append(
            f"After the demotion {after.n_wrong:,} of {after.n:,} cases over the threshold were wrong "
            f"({estimate(rate(after.n_wrong, after.n))}); people decided them."
        )
    if rehearsed.promoted_at is None:
        title, tone = "Nothing was automatic", Tone.NEUTRAL
    elif rehearsed.demoted_at is not None:
        title, tone = f"Demoted at {found.demoted_when}, after {audited.n:,} audits", Tone.NEUTRAL
    else:
        title, tone = _kept(realised.low, realised.value, budget)
    return Section(step="Automatic", title=title, tone=tone, lines=tuple(lines))


def _kept(low: float | None, value: float | None, budget: float) -> tuple[str, Tone]:
    spoken = budget_percent(budget)
    if low is not None and low > budget:
        return f"The error rate was over the budget of {spoken}, and the audits did not show it in time", Tone.FAILED
    if value is not None and value > budget:
        return f"The error rate may have been over the budget of {spoken}: too few cases to tell", Tone.INCONCLUSIVE
    return f"The error rate stayed within the budget of {spoken}; no demotion", Tone.PASSED


def _rests_on(found: "Backtested") -> Section:
    return Section(
        step="What it rests on",
        title="One past is one sample: another order of cases or draw of audits comes out differently",
        tone=Tone.NEUTRAL,
        lines=(
            f"Audits: {percent(found.terms.audit_share)} of automatic cases, drawn by the salt '{found.salt}', so that "
            "anybody can draw them again.",
            "One promotion and one demotion: a demoted release needs new evidence. Audits are judged at once here.",
            *found.notes,
        ),
    )


def _next_steps(found: "Backtested") -> Iterator[str]:
    if found.rehearsed is None:
        yield "See what stands in the way: `interlock oversight certify` on the same file."
    elif found.rehearsed.promoted_at is None:
        yield "Take a longer file, or a greater distance between --certify-at and --budget."
    else:
        yield "Rehearse with other seeds and audit shares: --seed, --audit-share."
    yield "Size the audits to their cost: `interlock oversight plan`."
