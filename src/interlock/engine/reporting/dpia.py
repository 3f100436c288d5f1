"""The draft of a data protection impact assessment: what records answer, and what people still have to."""

from interlock.engine.reporting.figures import NOBODY, counted
from interlock.engine.reporting.measures import safety_asked
from interlock.engine.reporting.one_workflow import facts, framed, guardrails, high_harm, listed
from interlock.engine.reporting.unknowns import told, unknown_in
from interlock.terms.briefing import Briefing, Grid, Passage
from interlock.terms.initiative import DataPolicy
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

DRAFT = "A draft from what is on record. Whether it suffices, people decide who have that duty; this does not."


def dpia_draft(portfolio: Portfolio, standing: Standing) -> Briefing:
    """Processing, necessity, risks to people, measures, and who has to be asked."""
    passages = (_processing(standing), _need(standing), _risks(standing), _measures(standing), _asked(standing))
    lacking = len(list(unknown_in(passages)))
    state = f"{counted(lacking, 'answer is', 'answers are')} missing" if lacking else "every question has an answer"
    return framed(
        "DPIA draft", f"{standing.definition.name}, draft: {state}", portfolio, standing, passages, DRAFT,
        f"{passages[0].title}.",
    )  # fmt: skip


def _policy(standing: Standing) -> tuple[DataPolicy, str | None]:
    """What was said of data, and who is to find out the rest."""
    data = standing.definition.initiative.data
    owner = data.owner if data else None
    return data or DataPolicy(""), owner or standing.definition.owners.safety or standing.definition.owners.value


def _processing(standing: Standing) -> Passage:
    data, owner = _policy(standing)
    days = standing.definition.retention_days
    rows = (
        ("purpose", data.purpose or None, owner),
        ("sources", listed(data.sources), owner),
        ("kinds of personal data", listed(data.personal), owner),
        ("kept for", None if days is None else f"{days} days from the decision of a case", owner),
        ("what AI does", listed([s.name for s in standing.definition.steps if s.lane == "agent"]), owner),
    )
    vendors = tuple(
        (
            v.name,
            v.service,
            told("data", listed(v.data_shared), v.owner or owner),
            told("region", v.region, v.owner or owner),
            told("processing agreement", v.processing_agreement, v.owner or owner),
        )
        for v in standing.definition.initiative.vendors
    )
    header = ("Recipient", "Service", "Data", "Region", "Agreement")
    grids = (facts("Processing", rows), Grid("Recipients outside", header, vendors, "no vendor is named"))
    kinds = listed(data.personal)
    title = f"It uses {kinds}" if kinds else "Nobody has said which personal data it uses"
    return Passage(title, grids=grids, part="Processing")


def _need(standing: Standing) -> Passage:
    data, owner = _policy(standing)
    plain = standing.definition.initiative.without_ai
    rows = (
        ("legal basis", data.legal_basis, owner),
        ("minimised by", data.minimised_by, owner),
        ("what never leaves", listed(data.may_not_leave), owner),
        ("way without AI", plain.alternative if plain else None, standing.definition.owners.value),
        ("why that is not enough", plain.why_not if plain else None, standing.definition.owners.value),
    )
    basis = data.legal_basis
    title = f"It rests on: {basis}" if basis else "Nobody has said on which legal basis"
    return Passage(title, grids=(facts("Necessity", rows),), part="Necessity and proportion")


def _risks(standing: Standing) -> Passage:
    safety = safety_asked(standing)
    rows = tuple(
        (
            risk.risk,
            told("owner", risk.owner, safety),
            told("mitigation", risk.mitigation, risk.owner or safety),
            told("threshold", risk.threshold, risk.owner or safety),
        )
        for risk in standing.definition.initiative.risks
    )
    harm = listed(high_harm(standing)) or "none is marked"
    crossed = sum(each.redline for each in standing.incidents)
    lines = (
        f"Steps of high harm: {harm}.",
        f"Incidents on record: {len(standing.incidents)}; redlines crossed: {crossed}.",
    )
    grid = Grid("Risks", ("Risk", "Owner", "Mitigation", "It has come true when"), rows, "`risks` fill this table")
    title = f"{counted(len(rows), 'risk is', 'risks are')} named" if rows else "Nobody has named a risk to people"
    return Passage(title, lines, grids=(grid,), tone=_tone(holds=bool(rows)), part="Risks to people")


def _measures(standing: Standing) -> Passage:
    definition = standing.definition
    effect, safety, drilled = definition.effect, safety_asked(standing), standing.drilled_at
    unsaid = f"not at all, signed by {effect.no_undo_signed_by}" if effect.no_undo_signed_by else None
    rows = (
        ("taken back by", effect.undo or unsaid, safety),
        ("stop last drilled", drilled[:10] if drilled else None, safety),
    )
    title = "People can stop it and take it back" if all(told_ for _, told_, _ in rows) else (
        "That it can be stopped and taken back is not shown"
    )  # fmt: skip
    return Passage(title, grids=(facts("Measures", rows), guardrails(standing)), part="Measures")


def _asked(standing: Standing) -> Passage:
    data, owner = _policy(standing)
    owners = standing.definition.owners
    rows = (
        ("data owner", data.owner, owner),
        ("value owner", owners.value, owners.value),
        ("safety owner", owners.safety, owners.value),
        ("opinion of those affected", None, owner),
        ("advice of the data protection officer", None, owner),
    )
    return Passage(f"{owner or NOBODY} brings the missing answers", grids=(facts("Asked", rows),), part="Asked")


def _tone(*, holds: bool) -> Tone:
    return Tone.NEUTRAL if holds else Tone.INCONCLUSIVE
