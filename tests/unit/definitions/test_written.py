"""A written definition holds exactly what was said, whatever was said; drafts are read with what they lack."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.definitions.draft_file import name_like, read_draft
from interlock.adapters.definitions.drafts import YamlDrafts
from interlock.adapters.definitions.initiative_schema import KpiPart
from interlock.adapters.definitions.written import written
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.terms.errors import BadInput

ROOT = Path(__file__).parents[3]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=150)
LINES = st.lists(st.text("abc {}:#-'\"|>&*!%@` ", max_size=30), min_size=1, max_size=4).map("\n".join)
CONTENT = st.fixed_dictionaries(
    {"workflow": st.just("idea")},
    optional={
        "problem": st.dictionaries(st.sampled_from(["who", "cost"]), WORDS, min_size=1),
        "kpis": st.lists(st.fixed_dictionaries({"name": WORDS, "baseline": st.floats(-1e9, 1e9)}), max_size=2),
        "segments": st.lists(WORDS, max_size=3),
        "acts": st.dictionaries(WORDS, WORDS, min_size=1, max_size=2),
        "limits": st.fixed_dictionaries({"policy": st.lists(LINES, min_size=1, max_size=2)}),
    },
)


@given(CONTENT)
@settings(max_examples=40, deadline=None)
def test_what_was_said_is_read_back_as_it_was(content: dict[str, Any]) -> None:
    text = written(content, ["data.purpose", "problem.friction"], opening=["a line"])
    assert yaml.safe_load(text) == content


def test_fields_stand_in_the_order_of_the_schema_with_their_meaning_and_what_is_not_known() -> None:
    content = {
        "kpis": [{"unit": "%", "name": "wait"}],
        "problem": {"cost": "hours", "who": "clerks"},
        "workflow": "idea",
    }
    unknown = ["problem.cause", "kpis.0.baseline", "owners.value", "owners.safety", "data.purpose"]
    assert written(content, unknown).splitlines() == [
        "# yaml-language-server: $schema=workflow.schema.json",
        "workflow: idea",
        "",
        "# why there is a workflow at all",
        "problem:",
        "  # who has the problem",
        "  who: clerks",
        "  # what that costs",
        "  cost: hours",
        "  # not known yet: cause",
        "",
        "# the measures that it is to move",
        "kpis:",
        "  # what is measured",
        "  - name: wait",
        "    # what it is counted in, such as hours or %; what is counted in cases, times or shares cannot be below 0",
        "    unit: '%'",
        "    # not known yet: baseline",
        "",
        "# not known yet: owners, data",
    ]


def test_a_whole_definition_is_the_same_one_after_it_was_written(tmp_path: Path) -> None:
    example = ROOT / "workflows" / "message-triage.yaml"
    (tmp_path / "again.yaml").write_text(written(read_draft(example), []), encoding="utf-8")
    assert read_definition(tmp_path / "again.yaml") == read_definition(example)


def test_a_draft_may_lack_what_a_definition_needs_and_nothing_else(tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text("problem: {who: clerks}\nkpis:\n  - name: wait\n    baseline_at: 2026-03-01\ndata:\n")
    read = read_draft(draft)
    assert read == {"problem": {"who": "clerks"}, "kpis": [{"name": "wait", "baseline_at": "2026-03-01"}]}
    assert YamlDrafts().missing(read) == (("workflow",), ("kpis", 0, "unit"), ("kpis", 0, "direction"))
    assert YamlDrafts().definition(read) is None
    draft.write_text("workflow: idea\nbudgt: {error: 0.1}\nbudget: {error: 4}\n")
    with pytest.raises(BadInput) as told:
        read_draft(draft)
    assert "draft.yaml:2: budgt: is not a field of a definition; did you mean `budget`?" in str(told.value)
    assert "draft.yaml:3: budget.error: Input should be less than 1" in str(told.value)


def test_a_problem_statement_in_a_file_of_its_own_is_the_part_that_it_is(tmp_path: Path) -> None:
    page = tmp_path / "parcels.yaml"
    page.write_text("name: Parcel questions\nowner: Ana Ruiz\nwho: agents of the shop\nkpis: []\n")
    assert read_draft(page) == {
        "workflow": "parcel-questions",
        "problem": {"who": "agents of the shop"},
        "kpis": [],
        "owners": {"value": "Ana Ruiz"},
    }


def test_names() -> None:
    assert [name_like(words) for words in ("Refund triage!", "  ", "Übung 7", "a" * 80)] == [
        "refund-triage", "", "ubung-7", "a" * 63,
    ]  # fmt: skip


def test_a_sign_is_a_unit_and_names_nobody() -> None:
    assert KpiPart.model_validate({"name": "share", "unit": "%", "direction": "up"}).unit == "%"
    assert YamlDrafts().fault({"owners": {"value": "%"}}, ("owners", "value")) is not None
    assert YamlDrafts().fault({"kpis": [{"name": "share", "unit": "?", "direction": "up"}]}, ("kpis", 0, "unit"))
