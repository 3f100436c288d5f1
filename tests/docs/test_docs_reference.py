"""Reference pages are complete: commands, definition fields, ledger entries, figures, laws."""

import importlib.util
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.adapters.sql.projections import CHANGES
from interlock.terms.evaluation import Evaluation
from made_ledger import entries_of

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
EXAMPLE = ROOT / "workflows" / "message-triage.yaml"


def rows(page: Path) -> list[tuple[str, ...]]:
    """The cells of every table row of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split(" |")) for line in lines if line.startswith("|")]


def generator() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("commands_page", REFERENCE / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "commands_page", module)
        spec.loader.exec_module(module)
    return module


def test_the_page_of_commands_is_that_of_the_present_commands() -> None:
    written = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    assert written == generator().page(), "run: python docs/reference/generate.py"


def test_every_command_that_can_answer_no_is_in_the_table_of_exit_status() -> None:
    text = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    sections = re.split(r"^#+ (interlock .+)$", text, flags=re.MULTILINE)[1:]
    says_no = re.compile(r"exit status(?: is)? 1\b|exit status: 0 [^.]*; 1 ", re.IGNORECASE)
    told = {name for name, words in zip(sections[::2], sections[1::2], strict=True) if says_no.search(words)}
    listed = {row[0].strip("`") for row in rows(REFERENCE / "exit-codes.md")}
    assert len(told) > 15
    assert told <= listed, sorted(told - listed)


def definition_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted name, default) of every field that people may write; parts come as themselves, too."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        default = field.default
        for item in typing.get_args(kind):  # a list of parts has its own default, and the parts have their fields
            if isinstance(item, type) and issubclass(item, BaseModel):
                yield from definition_fields(item, f"{prefix}{name}.")
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield prefix + name, PydanticUndefined if default is PydanticUndefined else ...
            yield from definition_fields(kind, f"{prefix}{name}.")
        else:
            yield prefix + name, default


def test_every_field_of_a_definition_is_documented_with_its_default() -> None:
    documented = {row[0].strip("`"): row[2] for row in rows(REFERENCE / "definition-file.md") if row[0].startswith("`")}
    expected = dict(definition_fields(WorkflowFile))
    assert list(documented) == unordered_like(list(documented), expected)
    for name, default in expected.items():
        shown = documented[name]
        if default is PydanticUndefined:
            assert shown == "", f"{name} has no default, the page says {shown}"
        elif isinstance(default, int | float | str) and not isinstance(default, bool):
            assert shown.strip("`") == str(default), name
        else:
            assert shown, f"{name} may be left out, the page shows no default"


def unordered_like(order: list[str], wanted: typing.Collection[str]) -> list[str]:
    """`wanted` in a given order, what is not in it at the end: so that a difference is readable."""
    return [*(name for name in order if name in wanted), *sorted(set(wanted) - set(order))]


def test_the_limits_of_shares_and_names_are_those_of_the_page() -> None:
    source = (REFERENCE / "definition-file.md").read_text(encoding="utf-8")
    rollout = WorkflowFile.model_json_schema()["$defs"]["RolloutPart"]["properties"]
    assert (rollout["grant_days"]["minimum"], rollout["grant_days"]["maximum"]) == (1, 366)
    assert "whole number from 1 to 366" in source
    assert "1 to 2,000 characters" in source
    words = WorkflowFile.model_json_schema()["$defs"]["KpiPart"]["properties"]["name"]
    assert (words["minLength"], words["maxLength"]) == (1, 2_000)


def test_the_example_is_a_definition_and_shows_every_part() -> None:
    definition = read_definition(EXAMPLE)
    assert definition.name == EXAMPLE.stem
    assert definition.owners.named
    assert set(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))) == set(WorkflowFile.model_fields)


def test_every_kind_of_ledger_entry_is_documented() -> None:
    documented = [row[0].strip("`") for row in rows(REFERENCE / "ledger-format.md") if re.match(r"`\w+\.\w+`$", row[0])]
    kinds = [kind for kind in documented if not kind.startswith("entry.")]
    assert sorted(kinds) == sorted(CHANGES)


def test_the_fields_of_ledger_entries_are_those_of_a_real_ledger(demo: Any) -> None:
    documented = {row[0].strip("`"): row[2] for row in rows(REFERENCE / "ledger-format.md") if len(row) == 3}
    lines = (demo.folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    seen: dict[str, set[str]] = {}
    for entry in entries_of(lines):
        seen.setdefault(entry["kind"], set()).update(set(entry["body"]) - {"workflow"})
    assert len(seen) > 15
    for kind, names in seen.items():
        assert names - set(re.findall(r"`(\w+)`", documented[kind])) == set(), kind


def test_every_top_level_field_of_the_figures_is_documented() -> None:
    source = (REFERENCE / "evaluation-json.md").read_text(encoding="utf-8")
    named = {name for row in rows(REFERENCE / "evaluation-json.md") for name in re.findall(r"`(\w+)`", row[0])}
    assert "`schema_version` is 1" in source
    assert named == {field.name for field in fields(Evaluation)}


def test_every_law_names_tests_and_files_that_exist() -> None:
    page = (ROOT / "docs" / "explanation" / "laws.md").read_text(encoding="utf-8")
    known = set(re.findall(r"def (test_law_\w+)\(", (ROOT / "tests" / "laws" / "test_laws.py").read_text("utf-8")))
    laws = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    assert [law.partition(".")[0] for law in laws] == [str(number) for number in range(1, 11)]
    for number, law in enumerate(laws, start=1):
        tests = re.findall(r"`(test_law_\w+)`", law)
        files = re.findall(r"`([\w/]+\.py)`", law)
        assert tests
        assert [name for name in tests if name not in known or not name.startswith(f"test_law_{number:02d}_")] == []
        assert files
        assert [name for name in files if not (ROOT / "src" / "interlock" / name).is_file()] == []
