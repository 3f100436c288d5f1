"""What a definition that can be applied still lacks, and what follows from that. One function a rule."""

from collections.abc import Callable, Iterator

from interlock.engine.rollout.gaps_of_money import spending_gaps, vendor_gaps
from interlock.engine.rollout.gaps_of_steps import STEP_RULES
from interlock.terms.flaw import Gap
from interlock.terms.workflow import TargetKind, WorkflowDefinition

Rule = Callable[[WorkflowDefinition], Iterator[Gap]]


def gaps(definition: WorkflowDefinition) -> tuple[Gap, ...]:
    """Every gap, in the order of the rules. None of them keeps the definition from being applied."""
    return tuple(gap for rule in RULES for gap in rule(definition))


def owner_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Without both owners it is only simulated."""
    for role, what in (("value", "what it is worth"), ("safety", "what it may harm")):
        if not getattr(definition.owners, role):
            yield Gap(
                f"no-{role}-owner",
                ("owners", role),
                f"nobody answers for {what}",
                "without both owners every case is only compared, whatever the evidence says",
                f"name one person: `owners: {{{role}: NAME}}`",
            )


def right_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Without these rights nobody can give authority, or give it back after a stop."""
    for right, what in (("promote", "promote it"), ("resume", "resume it after a kill")):
        if not getattr(definition.rights, right):
            yield Gap(
                f"nobody-may-{right}",
                ("rights", right),
                f"nobody may {what}",
                "authority is given by named people only",
                f"name them: `rights: {{{right}: [NAME]}}`; whoever applies the file cannot promote it",
            )


def budget_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Nothing is certified without an error budget."""
    if not definition.budget_planned:
        yield Gap(
            "no-budget",
            ("budget",),
            "no error budget is set",
            "nothing can be certified against nothing, so it stays an idea",
            "say how much of what is applied may be wrong: `budget: {error: 0.05}`",
        )


def effect_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """What has no undo, or cannot be read back, waits for a signature."""
    effect = definition.effect
    if not definition.effect_planned:
        yield Gap(
            "no-effect",
            ("effect",),
            "nobody said what is done when a proposal is applied",
            "nothing is applied until it is known, and how it is taken back",
            "add `effect` with `action`, `target` and `undo`",
        )
        return
    if effect.undo is None and effect.no_undo_signed_by is None:
        yield Gap(
            "no-undo",
            ("effect",),
            "the effect has no undo, and nobody signed that there is none",
            "nothing is applied that cannot be taken back, unless a person answers for it",
            "add `effect.undo`, or `effect.no_undo_signed_by` with the name of who signs",
        )
    if effect.target is TargetKind.BLIND and effect.blind_signed_by is None:
        yield Gap(
            "blind-target",
            ("effect", "target"),
            "the target neither drops a repeated call nor can be read back",
            "after a lost call nobody knows whether it happened, so nothing is applied without the safety owner",
            "find a target that is `idempotent` or `probe`, or have the safety owner sign `effect.blind_signed_by`",
        )


def acts_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Evidence is bound to what acts."""
    if not definition.acts:
        yield Gap(
            "nothing-acts",
            ("acts",),
            "nothing is named that acts",
            "evidence is bound to model, prompt and code; without them a change of one goes unseen",
            "name them by digest or version: `acts: {model: NAME}`",
        )


def kpi_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """A measure without a baseline, a target, a date or a source cannot show that anything moved."""
    kpis = definition.initiative.kpis
    if not kpis:
        yield Gap(
            "no-kpi",
            ("kpis",),
            "no measure says what it is to move",
            "nobody can later say whether it was worth it",
            "add one to `kpis`: name, unit, direction, baseline, target, target_date, source",
        )
    wanted = (
        ("baseline", "without it nobody can say that it moved", "measure it before anything is changed"),
        ("target", "without it nothing is ever reached or missed", "say where it is to get"),
        ("target_date", "a target without a day cannot be missed", "say by when, such as 2026-12-18"),
        ("source", "a figure that nobody can look up is an opinion", "name the system of record"),
    )
    for place, kpi in enumerate(kpis):
        for field, why, mend in wanted:
            if getattr(kpi, field) is None:
                rule = f"kpi-without-{field.replace('_', '-')}"
                yield Gap(rule, ("kpis", place, field), f"the KPI '{kpi.name}' has no {field}", why, mend)


def alternative_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """AI is compared with what would be done without it."""
    if definition.initiative.without_ai is None:
        yield Gap(
            "no-way-without-ai",
            ("without_ai",),
            "it is not compared with a way without AI",
            "a rule, a form or a report may do the same for less, and cannot be wrong in new ways",
            "say what you would ship otherwise: `without_ai: {alternative: ..., expected: ...}`",
        )


def data_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """Personal data needs a basis, all data an owner."""
    data = definition.initiative.data
    if data is None:
        yield Gap(
            "no-data-policy",
            ("data",),
            "nobody said which data it may use",
            "what is not named is not looked after",
            "add `data` with purpose, sources, personal data and an owner",
        )
        return
    if data.personal and data.legal_basis is None:
        yield Gap(
            "no-legal-basis",
            ("data", "legal_basis"),
            f"it uses personal data ({', '.join(data.personal)}) and names no legal basis",
            "without one the data may not be used at all",
            "ask whoever answers for data protection, and write it down",
        )
    if data.owner is None:
        yield Gap(
            "no-data-owner",
            ("data", "owner"),
            "nobody answers for its data",
            "a question about the data has no addressee",
            "name one person",
        )


def risk_gaps(definition: WorkflowDefinition) -> Iterator[Gap]:
    """A risk without an owner is nobody's."""
    for place, risk in enumerate(definition.initiative.risks):
        if risk.owner is None:
            yield Gap(
                "risk-without-owner",
                ("risks", place, "owner"),
                f"nobody answers for the risk '{risk.risk}'",
                "a risk that is nobody's is not watched",
                "name one person",
            )


RULES: tuple[Rule, ...] = (
    owner_gaps,
    right_gaps,
    budget_gaps,
    effect_gaps,
    acts_gaps,
    kpi_gaps,
    alternative_gaps,
    *STEP_RULES,
    data_gaps,
    vendor_gaps,
    spending_gaps,
    risk_gaps,
)
