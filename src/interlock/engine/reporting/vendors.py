"""The dossier of every vendor: who depends on it, what it gets, what was signed, how it was scored, how to leave it."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from interlock.engine.economics.spending import by_bucket
from interlock.engine.economics.spending import cost_per_success as success_cost
from interlock.engine.instruments.evaluated import Evaluated
from interlock.engine.reporting.figures import counted, figure
from interlock.engine.reporting.one_workflow import listed
from interlock.engine.reporting.unknowns import told, unknown_in
from interlock.engine.reporting.vendor_scores import evaluation
from interlock.terms.briefing import Briefing, Cell, Grid, Passage
from interlock.terms.evidence import Finding, Verdict
from interlock.terms.initiative import Vendor
from interlock.terms.measured import Bucket
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.story import Tone

PRICE_RISES = (0.25, 0.5, 1.0)  # what-if shares by which compute and vendors get dearer
BAKE_OFF = "bake-off"

NO_SCORES: Mapping[str, Sequence[Evaluated]] = {}

Use = tuple[Standing, Vendor]


def vendor_dossier(portfolio: Portfolio, scores: Mapping[str, Sequence[Evaluated]] = NO_SCORES) -> Briefing:
    """Every vendor that a definition names, by name: what it does, what people found, the exit plan; then those that
    were only evaluated. `scores` are by the name that the sheets say.
    """
    on_file = {_alike(name): found for name, found in scores.items()}
    uses = sorted(
        ((s, v) for s in portfolio.standings for v in s.definition.initiative.vendors),
        key=lambda use: (use[1].name, use[0].definition.name),
    )
    grouped = [(name, list(group)) for name, group in groupby(uses, key=lambda use: use[1].name)]
    named = {_alike(name) for name, _ in grouped}
    others = sorted(name for name in scores if _alike(name) not in named)
    passages = (
        *(passage for name, of in grouped for passage in (
            _vendor(name, of), _found(name, of, on_file.get(_alike(name), ())), _exit(name, of)
        )),
        *(evaluation(name, scores[name], (), _of_vendors(portfolio)) for name in others),
    )  # fmt: skip
    stuck = [name for name, of in grouped if any(v.exit_to is None for _, v in of)]
    unsigned = [name for name, of in grouped if any(v.processing_agreement is None for _, v in of)]
    unseen = [name for name, _ in grouped if _alike(name) not in on_file]
    title = (
        f"{counted(len(grouped), 'vendor', 'vendors')}: {len(stuck)} without an exit, {len(unsigned)} without a signed "
        f"agreement, {len(unseen)} that nobody evaluated"
    )
    subject = portfolio.organisation.name if portfolio.organisation else "all workflows"
    return Briefing(
        kind="vendor dossier",
        title=title if grouped else "No definition names a vendor",
        subject=subject,
        as_of=portfolio.as_of,
        summary=()
        if not passages
        else (
            f"Without an exit: {', '.join(stuck) or 'none'}.",
            f"Without a signed agreement: {', '.join(unsigned) or 'none'}.",
            f"Nobody evaluated: {', '.join(unseen) or 'none'}.",
            *((f"Evaluated, and in no definition: {', '.join(others)}.",) if others else ()),
        ),
        passages=passages or (Passage("`vendors` in a definition fill this dossier"),),
        unknown=tuple(unknown_in(passages)),
        authored_sample=portfolio.authored_sample,
    )


def _alike(name: str) -> str:
    """People write a name in more than one way."""
    return " ".join(name.split()).casefold()


def _of_vendors(portfolio: Portfolio) -> str | None:
    """Who answers for vendors as such."""
    held = portfolio.organisation.responsibilities if portfolio.organisation else ()
    return next((owner for one in held if one.id == "vendors" for owner in one.owners), None)


def _found(name: str, uses: Sequence[Use], found: Sequence[Evaluated]) -> Passage:
    owner = next((who for standing, vendor in uses if (who := _owner(standing, vendor))), None)
    return evaluation(name, found, tuple({s.definition.name: s for s, _ in uses}.values()), owner)


def _owner(standing: Standing, vendor: Vendor) -> str | None:
    return vendor.owner or standing.definition.owners.delivery or standing.definition.owners.value


def _vendor(name: str, uses: Sequence[Use]) -> Passage:
    rows = tuple(
        (
            standing.definition.name,
            vendor.service,
            told("data shared", listed(vendor.data_shared), _owner(standing, vendor)),
            told("region", vendor.region, _owner(standing, vendor)),
            told("signed agreement", vendor.processing_agreement, _owner(standing, vendor)),
            told("owner of the vendor", vendor.owner, standing.definition.owners.value),
        )
        for standing, vendor in uses
    )
    lacking = sum(vendor.processing_agreement is None for _, vendor in uses)
    users = counted(len(uses), "workflow depends", "workflows depend")
    signed = f"{lacking} without an agreement" if lacking else "every agreement is signed"
    title = f"{users} on {name}; {signed}"
    header = ("Workflow", "Service", "Data shared", "Region", "Agreement", "Owner")
    return Passage(
        title, grids=(Grid(name, header, rows),), tone=_tone(holds=not lacking), part=f"{name}: what it does"
    )


def _exit(name: str, uses: Sequence[Use]) -> Passage:
    """What replaces it, what has to be carried over, whether that was tried, and what a dearer vendor would cost."""
    rows = tuple(_way_out(standing, vendor) for standing, vendor in uses)
    ready = all(vendor.exit_to is not None and _tried(standing) is not None for standing, vendor in uses)
    named = listed(sorted({vendor.exit_to for _, vendor in uses if vendor.exit_to}))
    title = f"{name} can be left for {named}" if ready else f"Leaving {name} for {named} was not tried everywhere"
    header = ("Workflow", "Replaced by", "To export", "Interface that stays", "Tried on the evaluation set")
    budget = ("Workflow", "A success now", *(f"+{rise:.0%}" for rise in PRICE_RISES), "Ceiling")
    grids = (
        Grid("Exit plan", header, rows),
        Grid("A success, if compute and vendors get dearer", budget, tuple(_dearer(s) for s, _ in uses)),
    )
    if named is None:
        title = f"Nobody has said what would replace {name}"
    return Passage(title, grids=grids, tone=_tone(holds=ready), part=f"{name}: exit plan")


def _way_out(standing: Standing, vendor: Vendor) -> tuple[Cell, ...]:
    owner, effect = _owner(standing, vendor), standing.definition.effect
    tried = _tried(standing)
    return (
        standing.definition.name,
        told("what would replace it", vendor.exit_to, owner),
        told("what to export", listed(vendor.data_shared), owner),
        told("interface that stays", effect.action if standing.definition.effect_planned else None, owner),
        told("trial of an alternative", None if tried is None else tried.reason, owner)
        if tried is None or not tried.evidence
        else figure("trial of an alternative", len(tried.evidence), evidence=tried.evidence),
    )


def _tried(standing: Standing) -> Finding | None:
    """The passed finding of a bake-off: candidates were compared on the workflow's own cases."""
    verdicts = (v for v in (standing.gates or {}).values() if v.release == standing.release)
    findings = (f for v in verdicts for f in v.findings)
    return next((f for f in findings if f.check == BAKE_OFF and f.verdict is Verdict.PASSED), None)


def _dearer(standing: Standing) -> tuple[Cell, ...]:
    """The cost of a success now, and where the share of compute in it gets dearer."""
    owner, levels = standing.definition.owners.value, standing.definition.initiative.service_levels
    cost = success_cost(standing.expenses, standing.runs)
    used = [one for one in standing.expenses if one.evidence in cost.evidence]
    spending = standing.definition.initiative.spending
    compute = next(one for one in by_bucket(spending, used) if one.bucket is Bucket.COMPUTE).spent_usd
    each = None if cost.value_usd is None else compute / cost.successes
    cells = tuple(
        figure(f"a success at +{rise:.0%}", None if each is None or cost.value_usd is None else
               cost.value_usd + rise * each, "USD", evidence=cost.evidence, owner=owner)
        for rise in (0.0, *PRICE_RISES)
    )  # fmt: skip
    ceiling = figure("ceiling", levels.cost_per_success_max_usd, "USD", evidence=(standing.release,), owner=owner)
    return (standing.definition.name, *cells, ceiling)


def _tone(*, holds: bool) -> Tone:
    return Tone.PASSED if holds else Tone.INCONCLUSIVE
