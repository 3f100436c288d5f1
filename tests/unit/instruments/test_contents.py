"""What each instrument of the product asks: its areas by name and in order, and the words of its scale."""

import pytest

from interlock.adapters.packs.instruments import read_instruments
from interlock.terms.instrument import Instrument

PACKS = {one.id: one for one in read_instruments()}

TWELVE_AREAS_OF_A_VENDOR = (
    "use-case-fit", "workflow-integration", "data-handling", "security-posture", "privacy-and-compliance",
    "model-reliability", "human-oversight", "implementation-effort", "vendor-maturity", "commercial-model",
    "interoperability-and-lock-in", "monitoring-and-support",
)  # fmt: skip
EIGHT_QUESTIONS_TO_A_VENDOR = (
    "data-kept", "training", "subprocessors", "model-changes", "failure", "incidents", "costs", "leaving",
)  # fmt: skip
NINE_DIFFERENCES_OF_PILOT_AND_PRODUCTION = (
    "goal", "ownership", "success-criteria", "decisions", "risk-review", "security", "workflow-integration", "adoption",
    "operation",
)  # fmt: skip
THREE_SIGNS_OF_PILOT_THEATRE = ("pilots-in-parallel", "nobody-deciding", "confidence-falling")
TEN_FAILURE_PATTERNS = (
    "vague-framing", "unusable-data", "compliance-last", "model-against-reality", "no-guardrails",
    "people-as-an-afterthought", "uptime-only", "unclear-owners", "vendor-lock-in", "incentives",
)  # fmt: skip
EIGHT_READINESS_GATES = (
    "problem-framing", "data-fitness", "privacy-and-legal", "model-selection", "user-facing-guardrails",
    "human-in-the-loop", "observability", "decide",
)  # fmt: skip
NINE_AREAS_OF_LEADERSHIP = (
    "strategic-thinking", "business-and-finance", "ai-and-technology-fluency", "executive-communication",
    "decision-making-under-uncertainty", "stakeholder-management", "team-leadership", "governance-and-risk",
    "personal-maturity",
)  # fmt: skip
THIRTEEN_SKILLS = (
    "technical-judgment", "systems-thinking", "strategic-thinking", "product-and-customer-awareness", "ai-fluency",
    "commercial-awareness", "security-and-risk-awareness", "communication", "executive-influence", "team-leadership",
    "change-leadership", "strategic-prioritization", "governance",
)  # fmt: skip
SEVEN_PARTS_OF_THE_FIRST_90_DAYS = (
    "understand", "assess", "build-relationships", "find-constraints", "clarify-expectations", "early-wins", "agenda",
)  # fmt: skip
FIVE_CRITERIA_OF_SELECTION = ("impact", "complexity", "alignment", "data", "resources")
TEN_CHECKS_OF_OVERSIGHT = (
    "steps-tagged", "cost-of-wrong-and-slow", "shadow-first", "limits-where-harm-occurs", "reversible",
    "sample-reviews", "queue-in-time", "kill-switch", "drift-and-novelty", "monthly-look",
)  # fmt: skip
NINE_STEPS_OF_TWO_WEEKS = (
    "one-page", "data-and-samples", "assessment-and-agreements", "bake-off", "guardrails", "review-queue",
    "observability", "limited-alpha", "decision",
)  # fmt: skip
FOUR_LITERACY_MODULES = ("how-agents-work", "data-and-privacy", "prompts-and-redlines", "quality-and-feedback")


# What records fill or contradict, item by item; all else only people can say.
MEASURED: dict[str, dict[str, str]] = {
    "oversight-checklist": {
        "steps-tagged": "steps-mapped",
        "shadow-first": "passed-limited-live",
        "reversible": "undo-planned",
        "queue-in-time": "queue-kept",
        "kill-switch": "kill-drilled",
        "drift-and-novelty": "period-measured",
    },
    "pilot-or-production": {
        "goal": "problem-stated",
        "ownership": "owners-named",
        "success-criteria": "kpi-with-baseline-and-target",
        "decisions": "rights-named",
        "risk-review": "risks-owned",
        "security": "scan-clean",
        "workflow-integration": "steps-mapped",
        "operation": "kill-drilled",
    },
    "ai-leadership": {
        "strategy": "kpis-led",
        "integration": "flows-mapped",
        "governance": "nothing-unauthorised",
        "risk": "safety-owned",
        "adoption": "use-measured",
    },
    "pilot-theatre": {
        "pilots-in-parallel": "pilots-in-parallel",
        "nobody-deciding": "pilots-undecided",
        "confidence-falling": "confidence-falling",
    },
    "readiness-scorecard": {
        "problem-clarity": "problem-stated",
        "value-case": "alternative-stated",
        "success-criteria": "kpi-with-baseline-and-target",
        "ownership": "owners-named",
        "decision-rights": "rights-named",
        "workflow-fit": "steps-mapped",
        "data-readiness": "data-owned",
        "technical-feasibility": "certified",
        "security": "scan-clean",
        "privacy-and-legal": "data-policy-stated",
        "model-risk": "risks-owned",
        "operational-controls": "kill-drilled",
        "vendor-readiness": "vendors-covered",
        "production-readiness": "undo-planned",
        "executive-visibility": "stage-decided",
    },
    "rollout-checklist": {
        "problem": "problem-stated",
        "ownership": "owners-named",
        "success-criteria": "kpi-with-baseline-and-target",
        "workflow-fit": "steps-mapped",
        "security-review": "scan-clean",
        "privacy-and-legal": "data-policy-stated",
        "data-readiness": "data-owned",
        "reliability-threshold": "certified",
        "human-oversight": "queue-kept",
        "monitoring": "period-measured",
        "incident-response": "incidents-handled",
        "rollback": "undo-planned",
        "executive-visibility": "stage-decided",
    },
}


@pytest.mark.parametrize(
    ("name", "items"),
    [
        ("vendor-evaluation", TWELVE_AREAS_OF_A_VENDOR),
        ("vendor-questions", EIGHT_QUESTIONS_TO_A_VENDOR),
        ("pilot-or-production", NINE_DIFFERENCES_OF_PILOT_AND_PRODUCTION),
        ("ai-leadership", ("strategy", "integration", "governance", "risk", "adoption")),
        ("pilot-theatre", THREE_SIGNS_OF_PILOT_THEATRE),
        ("failure-patterns", TEN_FAILURE_PATTERNS),
        ("readiness-gates", EIGHT_READINESS_GATES),
        ("leadership-readiness", NINE_AREAS_OF_LEADERSHIP),
        ("skill-stack", THIRTEEN_SKILLS),
        ("first-90-days", SEVEN_PARTS_OF_THE_FIRST_90_DAYS),
        ("selection-matrix", FIVE_CRITERIA_OF_SELECTION),
        ("oversight-checklist", TEN_CHECKS_OF_OVERSIGHT),
        ("first-two-weeks", NINE_STEPS_OF_TWO_WEEKS),
        ("literacy-modules", FOUR_LITERACY_MODULES),
    ],
)
def test_each_instrument_asks_for_its_areas_by_name(name: str, items: tuple[str, ...]) -> None:
    assert tuple(item.id for item in PACKS[name].items) == items


@pytest.mark.parametrize(("name", "measured"), MEASURED.items(), ids=list(MEASURED))
def test_what_can_be_measured_is_filled_by_measurement(name: str, measured: dict[str, str]) -> None:
    assert {item.id: item.measured_by for item in PACKS[name].items if item.measured_by} == measured


def test_the_five_levels_of_readiness_are_not_in_place_to_with_confidence() -> None:
    assert PACKS["readiness-scorecard"].levels == (
        "not in place", "major gaps", "partly in place", "mostly in place", "in place, with confidence",
    )  # fmt: skip


@pytest.mark.parametrize("one", PACKS.values(), ids=list(PACKS))
def test_every_item_has_a_check_and_a_key_question(one: Instrument) -> None:
    assert [item.id for item in one.items if not item.check or "?" not in item.question] == []


@pytest.mark.parametrize("name", ["readiness-scorecard", "vendor-evaluation", "leadership-readiness", "skill-stack"])
def test_every_scored_area_has_its_red_flags(name: str) -> None:
    assert [item.id for item in PACKS[name].items if not item.red_flags] == []


def test_ten_to_twenty_percent_are_reviewed_in_turn_and_oversight_is_looked_at_every_month() -> None:
    pack = PACKS["oversight-checklist"]
    sample = next(item for item in pack.items if item.id == "sample-reviews")
    assert ("10 to 20 %" in sample.check, pack.revisit) == (True, "every month")


def test_fifty_to_five_hundred_real_samples_are_asked_for() -> None:
    assert "50 to 500 real samples" in {item.id: item for item in PACKS["readiness-gates"].items}["data-fitness"].check


def test_two_weeks_are_days_1_2_3_4_5_and_the_last_one_and_are_filled_from_records() -> None:
    items = {item.id: item for item in PACKS["first-two-weeks"].items}
    days = {name: item.title.partition(":")[0] for name, item in items.items()}
    assert days == {
        "one-page": "Days 1 and 2", "data-and-samples": "Days 3 and 4", "assessment-and-agreements": "Day 5",
        "bake-off": "Days 6 and 7", "guardrails": "Week 2", "review-queue": "Week 2", "observability": "Week 2",
        "limited-alpha": "Week 2", "decision": "Last day",
    }  # fmt: skip
    assert [name for name, item in items.items() if item.measured_by is None] == []


def test_no_literacy_module_is_longer_than_60_minutes() -> None:
    pack = PACKS["literacy-modules"]
    assert "60 minutes at most" in pack.purpose
    assert (len(pack.items), pack.about) == (4, "person")


def test_the_capability_matrix_weighs_by_five_roles() -> None:
    roles = {"value owner", "safety owner", "AI product owner", "workflow engineer", "reviewer"}
    pack = PACKS["capability-matrix"]
    assert all(set(item.weights) == {role.lower().replace(" ", "-") for role in roles} for item in pack.items)
    assert all(any(item.weights[role] == 2.0 for item in pack.items) for role in pack.items[0].weights)
