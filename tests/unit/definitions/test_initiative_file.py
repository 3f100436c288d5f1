"""What leaders decide on, in definition files: read, refused where it cannot be, and read back from a record."""

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import definition_of
from interlock.terms.errors import BadInput
from interlock.terms.initiative import Initiative, Kpi, Lane, Risk
from interlock.terms.workflow import WorkflowDefinition

EXAMPLE = Path(__file__).parents[3] / "workflows" / "message-triage.yaml"
KPI = "workflow: idea\nkpis:\n  - name: waiting\n    unit: hours\n    direction: down\n"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], WorkflowDefinition]:
    def from_text(text: str) -> WorkflowDefinition:
        path = tmp_path / "w.yaml"
        path.write_text(text, encoding="utf-8")
        return read_definition(path)

    return from_text


Read = Callable[[str], WorkflowDefinition]


def test_a_name_alone_is_an_early_idea_that_can_never_act(read: Read) -> None:
    idea = read("workflow: idea\n")
    assert not idea.budget_planned
    assert not idea.effect_planned
    assert idea.effect.undo is None
    assert dict(idea.acts) == {}
    assert idea.initiative == Initiative()
    assert definition_of(plain(idea)) == idea


def test_every_part_of_the_example_comes_back_from_its_record() -> None:
    definition = read_definition(EXAMPLE)
    assert definition_of(plain(definition)) == definition
    initiative = definition.initiative
    assert [name for name in plain(initiative) if not getattr(initiative, name)] == []
    first, second = definition.steps
    assert (first.lane, first.without, first.harm) == (Lane.AGENT, Lane.PERSON, Risk.LOW)
    assert (second.lane, second.harm) == (Lane.PERSON, Risk.HIGH)


def test_a_kpi_with_dates_as_yaml_reads_them(read: Read) -> None:
    text = KPI + "    baseline: 30\n    baseline_at: 2026-01-31\n    target: 4\n    target_date: 2026-12-31\n"
    (kpi,) = read(text).initiative.kpis
    assert kpi == Kpi("waiting", "hours", "down", 30, "2026-01-31", 4, "2026-12-31")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (KPI + "    baseline: .nan\n", "w.yaml:6: kpis.0.baseline: "),
        (KPI + "    baseline: -1\n", "baseline (-1 hours) is below 0"),
        (KPI + "    baseline: 4\n    target: 30\n", "lies the other way from baseline (4)"),
        (
            KPI + "    baseline_at: 2026-05-01\n    target_date: 2026-05-01\n",
            "target_date (2026-05-01) is not after baseline_at",
        ),
        (KPI + "    target_date: 2206-05-01\n", "is not between 2000 and 2100"),
        (KPI + "    target_date: soon\n", "w.yaml:6: kpis.0.target_date: "),
        (KPI + "  - name: Waiting\n    unit: days\n    direction: down\n", "two KPIs are named"),
        ("workflow: idea\nspending:\n  compute_usd: -5\n", "w.yaml:3: spending.compute_usd: "),
        ("workflow: idea\nspending:\n  compute_usd: .inf\n", "w.yaml:3: spending.compute_usd: "),
        ("workflow: idea\nservice_levels:\n  success_min_share: 96\n", "w.yaml:3: service_levels.success_min_share: "),
        ("workflow: idea\nsegments: [EU, eu]\n", "is there twice; keep one"),
        ("workflow: idea\nowners:\n  escalation: [Ana, Ana]\n", "'Ana' is there twice"),
        (
            "workflow: idea\nvendors:\n  - name: A\n    service: s\n  - name: a\n    service: t\n",
            "two vendors are named",
        ),
        ("workflow: idea\nrisks:\n  - risk: R\n  - risk: r\n", "is there twice; keep one"),
        ("workflow: idea\nsteps:\n  - name: a\n    lane: robot\n", "w.yaml:4: steps.0.lane: "),
        ("workflow: idea\nguardrails:\n  falback: people\n", "did you mean `fallback`?"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(read: Read, text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    assert said in str(refused.value)
