"""A portfolio of twelve initiatives of an invented company, made by hand: what reports are tested on.

Trouble is in it on purpose: a pilot that nobody decides, a KPI without a baseline, money that rises while the KPI does
not, a redline incident, a waiver about to end, a vendor without an agreement, cases handled without a grant.
"""

import hashlib
from dataclasses import replace

from interlock.terms.certificate import Promise
from interlock.terms.council import AgendaItem, CouncilDecision, Option, Organisation, Responsibility
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.grant import AutonomyLevel, Grant
from interlock.terms.initiative import (
    DataPolicy,
    Direction,
    Guardrails,
    Initiative,
    KnownRisk,
    Kpi,
    Lane,
    Risk,
    ServiceLevels,
    Spending,
    Vendor,
    WithoutAi,
)
from interlock.terms.instrument import Answer, Sheet
from interlock.terms.measured import Bucket, Expense, Incident, Measurement, PeriodRun, Severity
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage, StageMove, Waiver
from interlock.terms.workflow import (
    NO_BUDGET,
    NO_EFFECT,
    Budget,
    DecisionRights,
    EffectPlan,
    Limits,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
    WorkflowStep,
)

AS_OF = "2026-10-31T18:00:00.000000Z"
MONTHS = (("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31"))


def digest(*parts: object) -> str:
    """A digest that stays the same from run to run."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def definition(name: str, function: str = "Customer service", **changes: object) -> WorkflowDefinition:
    """A full definition; `changes` replace its fields."""
    whole = WorkflowDefinition(
        name=name,
        problem=Problem(
            who=f"the desk that works on {name}",
            friction="people sort every message by hand",
            cause="three queues with rules of their own",
            cost="4.1 hours until a first answer",
            outcome="a first answer within the hour",
            metric="hours to first answer",
            constraints="nothing leaves the EU; refunds stay with people",
        ),
        owners=Owners(value="Vera Holt", safety="Sami Noor", delivery="Dana Wirth", escalation=("Chris Ode",)),
        rights=DecisionRights(("Chris Ode",), ("Sami Noor",), ("Sami Noor",), ("Chris Ode",)),
        budget=Budget(0.04, Promise.SELECTIVE, 0.05, 0.02),
        limits=Limits(always_review=("complaint",), forbidden=("close account",), applied_per_day=500),
        effect=EffectPlan("route message", TargetKind.IDEMPOTENT, "route back", action_class="routing"),
        rollout=Rollout(0.5, 0.15, 90, 90, drill_every_days=90),
        cost_wrong_usd=25.0,
        cost_review_usd=1.5,
        acts={"model": digest("model"), "prompt": digest("prompt", name)},
        steps=(
            WorkflowStep("read the message", lane=Lane.AGENT, system="mailbox", without=Lane.PERSON, harm=Risk.LOW),
            WorkflowStep(
                "sort it into a queue", lane=Lane.AGENT, system="desk", without=Lane.PERSON, undo="sort it back"
            ),
            WorkflowStep("promise a refund", lane=Lane.PERSON, system="billing", harm=Risk.HIGH, undo="none: signed"),
        ),
        retention_days=365,
        initiative=Initiative(
            function=function,
            behaviour="people answer instead of sorting",
            kpis=(Kpi("first answer", "hours", Direction.DOWN, 4.1, "2026-07-31", 1.0, "2026-12-31", "desk"),),
            service_levels=ServiceLevels(latency_p95_ms=1500.0, cost_per_success_max_usd=0.8),
            spending=Spending(3000.0, 8000.0, 1000.0, 2000.0, "routed message"),
            data=DataPolicy(
                "sort messages", "contract", ("mailbox",), ("name", "order"), ("card number",), "masked", "Pia Lund"
            ),
            guardrails=Guardrails("10,000 characters", "one of 12 queues", "unknown goes to people", "the old desk"),
            segments=("Nordics", "Benelux"),
            vendors=(
                Vendor("Modelhaus", "language model", ("message text",), "EU", "DPA-2026-014", "own model", "Iva Kos"),
            ),
            without_ai=WithoutAi("keyword rules", 3.0, "reach half of the target"),
            risks=(KnownRisk("urgent messages wait", "Sami Noor", "15 % are audited", "one urgent over 4 hours"),),
            oversight="15 % of what is automatic is audited",
        ),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def grant(name: str, release: str, level: AutonomyLevel = AutonomyLevel.AGENT) -> Grant:
    """Authority that is live."""
    return Grant(
        name, release, level, 0.87, Promise.SELECTIVE, 0.04, 0.5, 0.15, "Chris Ode",
        "2026-09-02T09:00:00.000000Z", "2026-12-01T09:00:00.000000Z", (digest("certificate", name),), ("a", "b"),
    )  # fmt: skip


def measured(
    name: str, kpi: str, values: tuple[float, ...], *, half: float | None = 0.2, control: bool = False
) -> tuple[Measurement, ...]:
    """One value a month, the last of them in October."""
    months = MONTHS[-len(values) :]
    return tuple(
        Measurement(
            name, kpi, value, start, end, "desk", digest("kpi", name, kpi, end, control), 400 + i,
            None if half is None else value - half, None if half is None else value + half, control=control,
        )
        for i, (value, (start, end)) in enumerate(zip(values, months, strict=True))
    )  # fmt: skip


def spent(name: str, *, compute: tuple[float, ...] = (900.0, 950.0, 1000.0), last_mile: float = 4000.0,
          wrong: float = 120.0, learning: float = 300.0) -> tuple[Expense, ...]:  # fmt: skip
    """Money in all four buckets, month by month."""
    return tuple(
        Expense(name, bucket, amount, start, end, "finance", digest("expense", name, bucket, end))
        for month, (start, end) in zip(compute, MONTHS, strict=True)
        for bucket, amount in (
            (Bucket.COMPUTE, month),
            (Bucket.LAST_MILE, last_mile),
            (Bucket.BEING_WRONG, wrong),
            (Bucket.LEARNING, learning),
        )
    )


def ran(name: str, release: str, *, wrong: tuple[int, ...] = (4, 3, 2), cases: int = 9000) -> tuple[PeriodRun, ...]:
    """What the run time did, month by month."""
    return tuple(
        PeriodRun(name, release, start, end, cases, cases // 2, cases // 4, 40, 300, w, cases - 700,
                  digest("period", name, end))
        for w, (start, end) in zip(wrong, MONTHS, strict=True)
    )  # fmt: skip


def verdict(name: str, release: str, gate: str, passed: bool = True, check: str = "enough labels") -> GateVerdict:
    """A gate's newest verdict, with one finding that stands in the way where it did not pass."""
    good = Finding("owners named", Verdict.PASSED, "both owners are named", evidence=(release,))
    bad = Finding(check, Verdict.INCONCLUSIVE, "118 labels, 299 are needed", "collect 181 more labels", (digest(name),))
    findings = (good,) if passed else (good, bad)
    return GateVerdict(
        gate, release, Verdict.PASSED if passed else Verdict.INCONCLUSIVE, findings, "2026-10-12T08:00:00.000000Z"
    )


def moved(name: str, release: str, left: RolloutStage, entered: RolloutStage, at: str, entry: int) -> StageMove:
    """A move on record."""
    return StageMove(name, release, left, entered, "Chris Ode", "the gate passed", at, entry)


def idea(name: str, function: str, **changes: object) -> Standing:
    """An initiative in exploration, of which little is known."""
    early = definition(
        name, function, budget=NO_BUDGET, effect=NO_EFFECT, acts={}, owners=Owners("Vera Holt", None), steps=(),
        initiative=Initiative(function=function, kpis=(Kpi("handling time", "minutes", Direction.DOWN),)),
    )  # fmt: skip
    return Standing(
        early, digest("release", name), "Ben Ruiz", "2026-09-20T10:00:00.000000Z", RolloutStage.EXPLORATION,
        AutonomyLevel.SHADOW, None, **changes,  # type: ignore[arg-type]
    )  # fmt: skip


def live(
    name: str,
    stage: RolloutStage = RolloutStage.CONTROLLED_ROLLOUT,
    *,
    function: str = "Customer service",
    entry: int = 100,
    **changes: object,
) -> Standing:
    """An initiative that has authority, with three months of history; `changes` replace fields of its standing."""
    release = digest("release", name)
    standing = Standing(
        definition(name, function),
        release,
        "Ben Ruiz",
        "2026-06-01T08:00:00.000000Z",
        stage,
        AutonomyLevel.AGENT,
        grant(name, release),
        moves=(
            moved(name, release, RolloutStage.EXPLORATION, RolloutStage.PILOT, "2026-07-20T08:00:00.000000Z", entry),
            moved(name, release, RolloutStage.PILOT, stage, "2026-10-05T08:00:00.000000Z", entry + 1),
        ),
        gates={"limited live": verdict(name, release, "limited live")},
        measurements=measured(name, "first answer", (3.4, 2.6, 1.9)),
        expenses=spent(name),
        runs=ran(name, release),
        sheets={
            "readiness-scorecard": Sheet(
                "readiness-scorecard",
                "1",
                name,
                (Answer("ownership", 4, evidence=(release,)),),
                "Dana Wirth",
                "2026-10-01T08:00:00.000000Z",
                entry + 2,
            )
        },
        open_reviews=7,
        drilled_at="2026-10-10T08:00:00.000000Z",
    )
    return replace(standing, **changes)  # type: ignore[arg-type]


def _with(standing: Standing, **changes: object) -> Standing:
    initiative = replace(standing.definition.initiative, **changes)  # type: ignore[arg-type]
    return replace(standing, definition=replace(standing.definition, initiative=initiative))


def standings() -> tuple[Standing, ...]:
    """Twelve, by name."""
    ended = "2026-11-08T00:00:00.000000Z"
    collections = live("collections", RolloutStage.SCALE, function="Finance", entry=110, late_reviews=3)
    dunning = Incident(
        "collections", "reminders went to paid accounts", Severity.HIGH, "2026-10-22T07:30:00.000000Z", "Sami Noor",
        141, redline=True, mitigation="halted in Benelux; 212 reminders taken back", cost_usd=1850.0,
    )  # fmt: skip
    closed = Incident(
        "message-triage", "an outage sent cases to people", Severity.LOW, "2026-10-03T07:30:00.000000Z", "Dana Wirth",
        131, closed_at="2026-10-04T09:00:00.000000Z", closed_by="Sami Noor", lesson="alert after two minutes",
    )  # fmt: skip
    release = digest("release", "knowledge-base")
    waived = Waiver(
        "knowledge-base", release, "scale", "bias suite", "Sami Noor", "suite arrives in November",
        "2026-10-09T08:00:00.000000Z", ended, 133,
    )  # fmt: skip
    rising = live("insight-brief", RolloutStage.PILOT, function="Product", entry=150)
    pilot = live("contract-intake", RolloutStage.PILOT, function="Legal", entry=160)
    made = (
        live("message-triage", RolloutStage.OPERATION, incidents=(closed,)),
        replace(collections, incidents=(dunning,), halted=True),
        live("knowledge-base", entry=120, waivers=(waived,), gates={
            "scale": verdict("knowledge-base", release, "scale", passed=False, check="bias suite")}),
        replace(rising, measurements=measured("insight-brief", "first answer", (4.1, 4.2, 4.1)),
                expenses=spent("insight-brief", compute=(800.0, 1900.0, 3600.0))),
        replace(pilot, grant=None, level=AutonomyLevel.SHADOW, moves=pilot.moves[:1], measurements=(),
                gates={"pilot": verdict("contract-intake", pilot.release, "pilot", passed=False)}),
        _with(live("invoice-match", function="Finance", entry=170), vendors=(
            Vendor("Scanwerk", "text recognition", ("invoices",), None, None, None, None),)),
        replace(live("claims-notes", RolloutStage.PILOT, function="Claims", entry=180), grant=None, live_by_drift=True),
        live("order-status", RolloutStage.SCALE, entry=190),
        live("returns", function="Logistics", entry=200, expenses=()),
        idea("sales-drafts", "Sales"),
        idea("shift-planning", "Logistics"),
        idea("code-review", "Engineering"),
    )  # fmt: skip
    return tuple(sorted(made, key=lambda each: each.definition.name))


def organisation() -> Organisation:
    """Eleven responsibilities; one has no owner and one has two."""
    names = (
        "technology-strategy", "architecture", "engineering-capability", "product-and-platform", "ai-adoption",
        "data-and-infrastructure", "security-and-resilience", "vendors", "executive-communication", "innovation",
        "technology-risk",
    )  # fmt: skip
    owners = {"vendors": (), "ai-adoption": ("Vera Holt", "Ben Ruiz")}
    return Organisation(
        "Nordlicht Retail",
        tuple(Responsibility(name, owners.get(name, ("Chris Ode",)), ("Sami Noor",)) for name in names),
        ("Chris Ode", "Sami Noor", "Vera Holt"),
        7,
        (("who-approves", "decision rights"),),
        12,
    )


def agenda() -> tuple[AgendaItem, ...]:
    """What needs deciding, most pressing first."""
    return (
        AgendaItem(
            "collections/redline", "collections", "Does collections stay halted?",
            "A redline incident is open since 22 October.",
            (Option("stay", "Keep it halted", "People send reminders: 3 more hours a day"),
             Option("resume", "Resume in the Nordics", "Reminders go out again with the old rule")),
            "resume", ("Sami Noor",), ("entry 141",),
        ),
        AgendaItem(
            "claims-notes/drift", "claims-notes", "Does claims-notes get a grant or stop?",
            "Cases are handled although no grant allows it.",
            (Option("stop", "Stop it", "The desk writes notes by hand again"),
             Option("grant", "Judge the gate now", "Needs 181 more labels")),
            "promote", ("Chris Ode",), (digest("period", "claims-notes", "2026-10-31"),),
        ),
        AgendaItem(
            "insight-brief/spend", "insight-brief", "Does the scope of insight-brief pause?",
            "Spending rose and its KPI did not move.",
            (Option("pause", "Pause new segments", "Saves about USD 2,600 a month"),
             Option("go-on", "Go on for one sprint", "Costs about USD 3,600 more")),
            "move", ("Chris Ode",), (digest("expense", "insight-brief", Bucket.COMPUTE, "2026-10-31"),),
        ),
    )  # fmt: skip


def decisions() -> tuple[CouncilDecision, ...]:
    """What the council decided in October."""
    return (
        CouncilDecision(
            "message-triage/operation", "message-triage", "Does message-triage go into operation?", "yes",
            "KPI moved, budget kept", "Chris Ode", "2026-10-05T08:00:00.000000Z", 101, ("Chris Ode", "Vera Holt"),
            "2026-11-15T00:00:00.000000Z",
        ),
    )  # fmt: skip


def portfolio(**changes: object) -> Portfolio:
    """The whole; `changes` replace its fields."""
    whole = Portfolio(AS_OF, organisation(), standings(), decisions(), authored_sample=True)
    return replace(whole, **changes)  # type: ignore[arg-type]
