"""The published schema: the committed copy is the one that is printed, and it says what the reader of files says."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from interlock.adapters.definitions.json_schema import definition_schema
from interlock.adapters.definitions.meanings import meanings
from interlock.engine.ledger.canonical import plain

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "definition-file.md"
EXAMPLE = yaml.safe_load((ROOT / "workflows" / "message-triage.yaml").read_text("utf-8").replace("2026-", "x2026-"))


def example() -> dict[str, Any]:
    """As an editor sees it: dates are texts."""
    unmarked = json.dumps(EXAMPLE).replace("x2026-", "2026-")
    return dict(json.loads(unmarked))


def validator() -> Any:
    schema = definition_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schema_is_the_present_one() -> None:
    written = json.loads((ROOT / "docs" / "reference" / "workflow.schema.json").read_text(encoding="utf-8"))
    assert written == plain(definition_schema()), "run: interlock schema > docs/reference/workflow.schema.json"


def test_the_example_and_a_bare_idea_fit() -> None:
    assert list(validator().iter_errors(example())) == []
    assert list(validator().iter_errors({"workflow": "idea"})) == []
    hours = {"workflow": "idea", "limits": {"hours": {"begin": "08:00", "end": "24:00"}}}
    assert list(validator().iter_errors(hours)) == []


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"budget": {"error": 2}}, ["budget"]),
        ({"ownrs": {}}, []),
        ({"kpis": [{"name": "a", "unit": "h", "direction": "sideways"}]}, ["kpis", 0, "direction"]),
        ({"kpis": [{"name": "a"}]}, ["kpis", 0]),
        ({"spending": {"compute_usd": -1}}, ["spending", "compute_usd"]),
        ({"workflow": "With Blanks"}, ["workflow"]),
    ],
)
def test_what_the_reader_refuses_an_editor_marks(change: dict[str, Any], path: list[str | int]) -> None:
    errors = list(validator().iter_errors({**example(), **change}))
    assert [list(place) for place in {tuple(error.absolute_path): None for error in errors}] == [path]


def test_every_field_is_explained_with_the_words_of_the_page() -> None:
    rows = [line.strip("|").split(" |") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    said = {row[0].strip(" `"): re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", row[3]).replace("`", "") for row in rows}
    assert {name: one.meaning for name, one in meanings().items()} == {
        name: words.replace("\\|", "|").strip() for name, words in said.items()
    }
    lost = [where for where, shown in described(definition_schema()) if "description" not in shown]
    assert lost == []


def described(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    parts = {"": schema, **schema["$defs"]}
    return [(f"{p}.{n}", shown) for p, part in parts.items() for n, shown in part.get("properties", {}).items()]
