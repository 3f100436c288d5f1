"""The compliance crosswalk: 72 subcategories, dated sayings, live controls, and nothing that claims compliance."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import portfolio_made
from interlock.adapters.packs.frameworks import framework_in, read_frameworks
from interlock.engine.compliance.controls import CONTROLS, look, look_at_all
from interlock.engine.compliance.lines import judge_line
from interlock.engine.reporting.crosswalk import compliance_crosswalk
from interlock.engine.reporting.dates_of_law import binding, pending
from interlock.terms.briefing import Figure
from interlock.terms.compliance import ControlFound, Framework, FrameworkLine, InForce
from interlock.terms.council import CouncilDecision, Organisation, Responsibility
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Finding, GateVerdict, Verdict
from interlock.terms.instrument import Answer, Sheet
from interlock.terms.measured import Incident, Severity
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage, Waiver
from interlock.terms.workflow import NO_BUDGET, WorkflowStep

FRAMEWORKS = {one.id: one for one in read_frameworks()}
NIST, ACT, ISO = FRAMEWORKS["nist-ai-rmf"], FRAMEWORKS["eu-ai-act"], FRAMEWORKS["iso-42001"]
GATES = (
    "limited live",
    "data fitness",
    "privacy and legal",
    "model selection",
    "guardrails",
    "human in the loop",
    "observability",
)


def sheet(instrument: str) -> Sheet:
    return Sheet(instrument, "1", "w", (Answer("a", 4),), "Dana Wirth", "2026-10-01T08:00:00.000000Z", 7)


def sound() -> Standing:
    """A workflow in which every control is in force."""
    made = portfolio_made.live("w", entry=100)
    gates = {name: portfolio_made.verdict("w", made.release, name) for name in GATES}
    secure = Finding("security", Verdict.PASSED, "Sami Noor signed", evidence=("d" * 64,))
    gates["leave pilot"] = GateVerdict("leave pilot", made.release, Verdict.PASSED, (secure,), made.defined_at)
    step = WorkflowStep("sort", harm=made.definition.steps[0].harm, lane=made.definition.steps[0].lane)
    waiver = Waiver("w", made.release, "scale", "x", "Sami Noor", "soon", made.defined_at, "2027-01-01T00:00:00Z", 5)
    closed = Incident(
        "w", "late", Severity.LOW, made.defined_at, "Sami Noor", 6, closed_at=made.defined_at, lesson="alert"
    )
    return replace(
        made,
        definition=replace(made.definition, steps=(step,)),
        gates=gates,
        waivers=(waiver,),
        incidents=(closed,),
        sheets={name: sheet(name) for name in ("readiness-scorecard", "oversight-checklist")},
    )


def whole(standing: Standing | None = None, **changes: Any) -> Portfolio:
    organisation = Organisation("N", (Responsibility("technology-risk", ("Chris Ode",)),), ("Chris Ode",), entry=3)
    decided = CouncilDecision("i", None, "q", "yes", "r", "Chris Ode", "2026-10-20T08:00:00.000000Z", 101)
    made = Portfolio(
        portfolio_made.AS_OF, organisation, (standing or sound(),), (decided,), ledger_holds=True, ledger_root="e" * 64
    )
    return replace(made, **changes)


def redefined(**changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: replace(one, definition=replace(one.definition, **changes))


def early(**changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: replace(
        one, definition=replace(one.definition, initiative=replace(one.definition.initiative, **changes))
    )


def within(part: str, **changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: replace(
        one, definition=replace(one.definition, **{part: replace(getattr(one.definition, part), **changes)})
    )


def inside(part: str, **changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: early(**{part: replace(getattr(one.definition.initiative, part), **changes)})(one)


def standing_with(**changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: replace(one, **changes)


def without_gate(name: str) -> Callable[[Standing], Standing]:
    return lambda one: replace(one, gates={key: held for key, held in (one.gates or {}).items() if key != name})


def granted(**changes: Any) -> Callable[[Standing], Standing]:
    def planted(one: Standing) -> Standing:
        assert one.grant is not None
        return replace(one, grant=replace(one.grant, **changes))

    return planted


def first_of(part: str, **changes: Any) -> Callable[[Standing], Standing]:
    return lambda one: early(**{part: (replace(getattr(one.definition.initiative, part)[0], **changes),)})(one)


NO_LIMITS = {"always_review": (), "forbidden": (), "applied_per_day": None}
# Each control switched off in a workflow that is otherwise sound.
FAULTS: dict[str, Callable[[Standing], Standing]] = {
    "problem-stated": within("problem", friction=""),
    "alternative-stated": early(without_ai=None),
    "kpi-set": first_of("kpis", baseline=None),
    "steps-mapped": redefined(steps=(WorkflowStep("sort"),)),
    "harm-named": redefined(steps=(WorkflowStep("sort"),)),
    "data-owned": inside("data", owner=None),
    "data-policy-stated": inside("data", legal_basis=None),
    "data-minimised": inside("data", minimised_by=None),
    "retention-set": redefined(retention_days=None),
    "logs-six-months": redefined(retention_days=183),
    "risks-owned": first_of("risks", owner=None),
    "risk-thresholds-set": first_of("risks", threshold=None),
    "vendors-covered": first_of("vendors", exit_to=None),
    "guardrails-stated": inside("guardrails", fallback=None),
    "oversight-stated": early(oversight=None),
    "spending-planned": inside("spending", last_mile_usd=None),
    "service-levels-set": inside("service_levels", latency_p95_ms=None, cost_per_success_max_usd=None),
    "owners-named": within("owners", safety=None),
    "rights-named": within("rights", resume=()),
    "escalation-named": within("owners", escalation=()),
    "budget-set": redefined(budget=NO_BUDGET),
    "parts-named": redefined(acts={}),
    "undo-planned": within("effect", undo=None),
    "limits-set": within("limits", **NO_LIMITS),
    "no-drift": standing_with(live_by_drift=True),
    "authority-granted": granted(release="another"),
    "duties-apart": granted(granted_by="Ben Ruiz"),
    "promotion-gate": without_gate("limited live"),
    "data-gate": without_gate("data fitness"),
    "privacy-gate": without_gate("privacy and legal"),
    "model-gate": without_gate("model selection"),
    "guardrails-gate": without_gate("guardrails"),
    "people-gate": without_gate("human in the loop"),
    "observability-gate": without_gate("observability"),
    "security-attested": without_gate("leave pilot"),
    "audited": granted(audit_share=0.0),
    "reviews-in-time": standing_with(late_reviews=1),
    "kill-drilled": standing_with(drilled_at="2026-07-01T08:00:00.000000Z"),
    "stage-decided": standing_with(moves=(), stage=RolloutStage.EXPLORATION),
    "period-measured": standing_with(runs=()),
    "errors-within-budget": lambda one: replace(one, runs=tuple(replace(run, wrong=30) for run in one.runs)),
    "kpi-measured": standing_with(measurements=()),
    "money-recorded": standing_with(expenses=()),
    "incidents-handled": standing_with(
        incidents=(Incident("w", "late", Severity.LOW, "2026-10-20T08:00:00.000000Z", "Sami Noor", 6),)
    ),
    "lessons-kept": lambda one: replace(one, incidents=tuple(replace(each, lesson=None) for each in one.incidents)),
    "waivers-in-date": lambda one: replace(
        one, waivers=tuple(replace(each, expires_at="2026-10-31T00:00:00Z") for each in one.waivers)
    ),
    "scorecard-answered": standing_with(sheets={}),
    "oversight-checked": standing_with(sheets={}),
}
ALTERED: dict[str, dict[str, Any]] = {
    "council-named": {"organisation": None},
    "responsibilities-owned": {"organisation": Organisation("N", (Responsibility("vendors", ("A", "B")),), ("A",))},
    "council-decides": {"decisions": ()},
    "ledger-verified": {"ledger_holds": None},
    "inventory-kept": {"standings": ()},
}


def test_the_risk_framework_has_72_subcategories_in_four_functions() -> None:
    assert len(NIST.lines) == 72
    assert Counter(line.id.split()[0] for line in NIST.lines) == {
        "GOVERN": 19,
        "MAP": 18,
        "MEASURE": 22,
        "MANAGE": 13,
    }
    per_category = Counter(re.sub(r"\.\d+$", "", line.id) for line in NIST.lines)
    assert list(per_category.values()) == [7, 3, 2, 3, 2, 2, 6, 3, 5, 2, 2, 3, 13, 3, 3, 4, 4, 2, 3]


def test_the_management_standard_has_its_clauses_and_38_controls_of_annex_a() -> None:
    assert sum(line.id.startswith("A.") for line in ISO.lines) == 38
    clauses = {line.id.partition(".")[0] for line in ISO.lines if not line.id.startswith("A.")}
    assert clauses == {"4", "5", "6", "7", "8", "9", "10"}


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=list(FRAMEWORKS))
def test_every_mapped_control_exists_and_a_line_without_one_says_why(framework: Framework) -> None:
    assert [(line.id, name) for line in framework.lines for name in line.controls if name not in CONTROLS] == []
    assert [line.id for line in framework.lines if not line.controls and not line.left] == []


def test_no_control_is_looked_at_for_nothing() -> None:
    named = {name for one in FRAMEWORKS.values() for line in one.lines for name in line.controls}
    assert set(CONTROLS) - named == set()


def test_every_control_is_in_force_where_nothing_is_wrong() -> None:
    found = look_at_all(CONTROLS, whole())
    assert {name: one.lacking for name, one in found.items() if one.state is not InForce.IN_FORCE} == {}
    assert [name for name, one in found.items() if not one.evidence] == []


def test_every_control_has_a_planted_fault() -> None:
    assert {*FAULTS, *ALTERED} == set(CONTROLS)


@pytest.mark.parametrize("control", FAULTS)
def test_a_control_that_is_switched_off_is_not_in_force(control: str) -> None:
    found = look(control, whole(FAULTS[control](sound())))
    assert (found.state, found.held, found.of) == (InForce.NOT_IN_FORCE, 0, 1)
    assert found.lacking[0].workflow == "w"
    assert found.lacking[0].says
    assert found.lacking[0].owner in {"Vera Holt", "Sami Noor", "Dana Wirth"}


@pytest.mark.parametrize("control", ALTERED)
def test_a_control_of_the_organisation_that_is_missing_is_not_in_force(control: str) -> None:
    found = look(control, whole(**ALTERED[control]))
    assert (found.state, found.held, found.of) == (InForce.NOT_IN_FORCE, 0, 1)
    assert found.lacking[0].owner


def test_a_ledger_that_was_altered_is_not_in_force() -> None:
    assert look("ledger-verified", whole(ledger_holds=False)).state is InForce.NOT_IN_FORCE


def test_a_gate_of_another_release_or_an_exception_stands_for_no_control() -> None:
    stale = replace(sound(), release="another")
    assert look("privacy-gate", whole(stale)).state is InForce.NOT_IN_FORCE
    waived = Finding("security", Verdict.PASSED, "signed", waived="Sami Noor until 2027-01-01")
    gates = {"leave pilot": GateVerdict("leave pilot", sound().release, Verdict.PASSED, (waived,), "")}
    assert look("security-attested", whole(replace(sound(), gates=gates))).state is InForce.NOT_IN_FORCE


def test_a_control_in_some_workflows_is_partly_in_force_and_names_the_others() -> None:
    off = replace(FAULTS["kill-drilled"](sound()), definition=replace(sound().definition, name="other"))
    found = look("kill-drilled", whole(standings=(sound(), off)))
    assert (found.state, found.held, found.of) == (InForce.PARTLY, 1, 2)
    assert [lack.workflow for lack in found.lacking] == ["other"]


def test_an_idea_owes_no_drill_and_an_empty_portfolio_is_in_force_nowhere() -> None:
    idea = portfolio_made.idea("early", "Sales")
    assert look("kill-drilled", whole(idea)).state is InForce.NOTHING_TO_LOOK_AT
    found = look_at_all(CONTROLS, Portfolio(portfolio_made.AS_OF, None, ()))
    assert InForce.IN_FORCE not in {one.state for one in found.values()}


@pytest.mark.parametrize(
    ("states", "together"),
    [
        ((), InForce.NOT_COVERED),
        ((InForce.IN_FORCE, InForce.IN_FORCE), InForce.IN_FORCE),
        ((InForce.IN_FORCE, InForce.NOT_IN_FORCE), InForce.PARTLY),
        ((InForce.IN_FORCE, InForce.NOTHING_TO_LOOK_AT), InForce.PARTLY),
        ((InForce.NOT_IN_FORCE, InForce.NOTHING_TO_LOOK_AT), InForce.NOT_IN_FORCE),
        ((InForce.NOTHING_TO_LOOK_AT,), InForce.NOTHING_TO_LOOK_AT),
    ],
)
def test_a_line_is_in_force_only_where_all_of_its_controls_are(states: tuple[InForce, ...], together: InForce) -> None:
    found = {str(i): ControlFound(str(i), "t", state, 0, 0) for i, state in enumerate(states)}
    assert judge_line(FrameworkLine("1", "asks", tuple(found)), found).state is together


def test_dates_of_the_law_carry_versions_sources_and_days() -> None:
    facts = [fact for timeline in ACT.timelines for fact in timeline.facts]
    assert all(fact.version and fact.source and re.fullmatch(r"\d{4}-\d\d-\d\d", fact.known_as_on) for fact in facts)
    for timeline in ACT.timelines:
        assert [fact.version for fact in timeline.facts] == [str(i + 1) for i in range(len(timeline.facts))]
        assert [fact.known_as_on for fact in timeline.facts] == sorted(fact.known_as_on for fact in timeline.facts)
    assert all(line.timelines for line in ACT.lines)


def test_the_moved_dates_are_told_and_not_taken_for_law() -> None:
    told = {one.id: (binding(one), pending(one)) for one in ACT.timelines}
    days = {name: (law and law.applies_from, new and new.applies_from) for name, (law, new) in told.items()}
    assert days["annex-iii"] == ("2026-08-02", "2027-12-02")
    assert days["annex-i"] == ("2027-08-02", "2028-08-02")
    annex_iii = next(one for one in ACT.timelines if one.id == "annex-iii")
    seen = [fact.known_as_on for fact in annex_iii.facts if not fact.binding]
    assert seen == ["2025-11-19", "2026-05-07", "2026-06-16", "2026-06-29"]
    page = compliance_crosswalk(portfolio_made.portfolio(), [ACT])
    said = next(passage for passage in page.passages if passage.part == "EU AI Act: dates")
    assert any("not confirmed as law" in line and "2027-12-02" in line for line in said.lines)
    assert any("Official Journal" in each.what for each in page.unknown)


def test_the_document_claims_no_compliance_and_names_evidence_and_owners() -> None:
    page = compliance_crosswalk(portfolio_made.portfolio(), list(FRAMEWORKS.values()))
    assert page.title.startswith("171 lines: controls are in force behind ")
    assert page.title.endswith("no finding of compliance")
    words = repr(page).lower()
    assert [
        claim for claim in ("is compliant", "complies", "conforms", "is met.", "certified as") if claim in words
    ] == []
    cells = [c for p in page.passages for g in p.grids for row in g.rows for c in row if isinstance(c, Figure)]
    assert len(cells) > 150
    assert [c.label for c in cells if c.value and not c.evidence] == []
    assert all(each.owner for each in page.unknown)
    rows = {str(row[0]): row for passage in page.passages for grid in passage.grids for row in grid.rows}
    assert "not covered by the product" in rows["GOVERN 3.1"]


def test_a_pack_with_a_fault_is_refused_with_its_field() -> None:
    with pytest.raises(BadInput, match=r"x\.yaml is no framework yet:\n  id: Field required"):
        framework_in("x.yaml", "version: '1'")
    with pytest.raises(BadInput, match=r"x\.yaml:1: this is not YAML"):
        framework_in("x.yaml", "a: [")
