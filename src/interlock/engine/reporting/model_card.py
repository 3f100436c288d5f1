"""The model card of a workflow's release: what acts, what it is for and not for, how it was measured, its limits."""

from interlock.engine.reporting.figures import NOBODY, counted, figure, sentence
from interlock.engine.reporting.measures import Window, error_rate, is_live, safety_asked, window
from interlock.engine.reporting.one_workflow import facts, framed, guardrails, high_harm, listed
from interlock.terms.briefing import Briefing, Grid, Passage
from interlock.terms.evidence import Verdict
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

DAYS = 91


def model_card(portfolio: Portfolio, standing: Standing) -> Briefing:
    """For those who use it, watch it or are affected by it."""
    measured = _measured(standing, window(portfolio.as_of, DAYS))
    passages = (_use(standing), _acts(standing), measured, _authority(standing), _limits(standing), _people(standing))
    name = standing.definition.name
    return framed(
        "model card", f"{name}: {measured.title}", portfolio, standing, passages,
        f"{passages[0].title}.", f"{passages[3].title}.",
    )  # fmt: skip


def _use(standing: Standing) -> Passage:
    definition, owner = standing.definition, standing.definition.owners.value
    rows = (
        ("for whom", definition.problem.who or None, owner),
        ("what it is for", definition.problem.outcome or None, owner),
        ("what people do otherwise", definition.initiative.behaviour, owner),
        ("not for", listed(definition.limits.forbidden) or "no kind of case is excluded", owner),
        ("always to a person", listed(definition.limits.always_review) or "no kind of case by its label alone", owner),
        ("segments", listed(definition.initiative.segments) or "all", owner),
    )
    title = f"Made for {definition.problem.who}" if definition.problem.who else "Nobody has said whom it is made for"
    return Passage(title, grids=(facts("Intended use", rows),), part="Intended use")


def _acts(standing: Standing) -> Passage:
    """What acts, by digest: a change of any of it is another release."""
    acts, release = standing.definition.acts, standing.release
    rows = tuple((name, digest) for name, digest in sorted(acts.items()))
    vendors = listed([f"{v.name} ({v.service})" for v in standing.definition.initiative.vendors]) or "none is named"
    title = f"{counted(len(acts), 'part acts', 'parts act')}; a change of any part voids evidence and authority"
    title = title if acts else "Nothing that acts is named yet"
    grid = Grid("What acts", ("Part", "Digest"), rows, "`acts` in the definition fills this table")
    return Passage(title, (f"Release {release}.", f"Vendors: {vendors}."), grids=(grid,), part="What acts")


def _measured(standing: Standing, within: Window) -> Passage:
    errors, budget = error_rate(standing, within), standing.definition.budget.error
    owner, seen = safety_asked(standing), (standing.release,)
    planned = budget if standing.definition.budget_planned else None
    certified = () if standing.grant is None else standing.grant.evidence
    threshold = None if standing.grant is None else standing.grant.threshold
    figures = (
        errors,
        figure("error budget", planned, "share", evidence=seen, owner=owner),
        figure("threshold of confidence", threshold, evidence=certified, owner=owner),
    )
    rows = tuple(
        (f"{v.gate}: {f.check}", str(f.verdict), f.reason, figure("pieces of evidence", len(f.evidence),
                                                                   evidence=f.evidence))
        for v in (standing.gates or {}).values() if v.release == standing.release for f in v.findings
    )  # fmt: skip
    grid = Grid("Checks", ("Check", "Verdict", "Why", "Evidence"), rows, "`interlock gates` fills this table")
    tone = errors.tone if errors.value is not None else Tone.INCONCLUSIVE
    known = f"{errors.shown} wrong {errors.interval} of labelled cases in {DAYS} days"
    title = known if errors.value is not None else "how often it is wrong is not known"
    return Passage(title, figures=figures, grids=(grid,), tone=tone, part="Measured")


def _authority(standing: Standing) -> Passage:
    grant = standing.grant
    if grant is None or not is_live(standing):
        return Passage("It has no authority: people apply everything", part="Authority", tone=Tone.NEUTRAL)
    title = f"It may act as {grant.level} until {grant.expires_at[:10]}, given by {grant.granted_by}"
    figures = (
        figure("share of traffic", grant.traffic_share, "share", evidence=grant.evidence),
        figure("audited at random", grant.audit_share, "share", evidence=grant.evidence),
    )
    return Passage(title, figures=figures, part="Authority")


def _limits(standing: Standing) -> Passage:
    open_ = [
        f"{v.gate}: {f.check}: {f.reason}"
        for v in (standing.gates or {}).values()
        for f in v.findings
        if f.verdict not in {Verdict.PASSED, Verdict.NOT_APPLICABLE}
    ]
    harm = listed(high_harm(standing)) or "none is marked"
    checks = (
        f"{counted(len(open_), 'check is', 'checks are')} not passed" if standing.gates else "No check was judged yet"
    )
    title = f"{checks}; steps of high harm: {harm}"
    tone = Tone.INCONCLUSIVE if open_ else Tone.NEUTRAL
    return Passage(title, tuple(open_), grids=(guardrails(standing),), tone=tone, part="Limits")


def _people(standing: Standing) -> Passage:
    owners = standing.definition.owners
    rows = (
        ("value owner", owners.value, owners.value),
        ("safety owner", owners.safety, owners.value),
        ("delivery owner", owners.delivery, owners.value),
        ("to turn to", listed(owners.escalation), owners.value),
    )
    who = f"{owners.safety} answers" if owners.safety else f"{sentence(NOBODY)} who answers"
    return Passage(f"{who} for its safety", grids=(facts("People", rows),), part="People")
