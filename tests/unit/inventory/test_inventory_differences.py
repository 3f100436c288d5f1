"""Two versions of a description: what is new, gone and changed, and what may do more harm."""

from pathlib import Path
from typing import Any

import pytest

from described_interfaces import answer, audited, document, tool
from interlock.engine.inventory.differences import compare, rises
from interlock.terms.inventory import Differences

READ: dict[str, Any] = {"get": {"responses": answer({"properties": {"name": {}}})}}


def between(folder: Path, old: Any, new: Any) -> Differences:
    sides = [tuple(audited(folder, side, f"{number}.json").values()) for number, side in enumerate((old, new))]
    return compare(*sides)


def test_nothing_changed(tmp_path: Path) -> None:
    found = between(tmp_path, document({"/orders": READ}), document({"/orders": READ}))
    assert (found, rises(found)) == (Differences(same=1), False)


def test_another_title_is_the_same_service_where_there_is_one(tmp_path: Path) -> None:
    new = {**document({"/orders": READ}), "info": {"title": "Shop, version 2"}}
    assert between(tmp_path, document({"/orders": READ}), new) == Differences(same=1)


def test_new_and_gone(tmp_path: Path) -> None:
    found = between(tmp_path, document({"/a": READ, "/b": READ}), document({"/b": READ, "/c": READ}))
    assert [one.operation.name for one in (*found.added, *found.removed)] == ["GET /c", "GET /a"]
    assert (found.same, rises(found)) == (1, False)


def test_a_new_operation_of_high_risk_rises(tmp_path: Path) -> None:
    assert rises(between(tmp_path, document({"/a": READ}), document({"/a": {**READ, "delete": {}}})))


@pytest.mark.parametrize(
    ("change", "words", "more_harm"),
    [
        ({"responses": answer({"properties": {"name": {}, "email": {}}})}, "tier low to medium", True),
        ({"security": []}, "credentials required to none", True),
        ({"deprecated": True}, "new finding: deprecated", False),
        ({"parameters": [{"in": "query", "name": "page", "schema": {"type": "integer"}}]}, "new input: page", False),
        ({"description": "Other words."}, "its description or schema", False),
    ],
)
def test_a_change_says_what_it_is(tmp_path: Path, change: dict[str, Any], words: str, *, more_harm: bool) -> None:
    new = {"get": {**READ["get"], **change}}
    found = between(tmp_path, document({"/orders": READ}), document({"/orders": new}))
    assert words in found.changed[0].what
    assert (found.changed[0].rises, rises(found)) == (more_harm, more_harm)
    back = between(tmp_path, document({"/orders": new}), document({"/orders": READ}))
    assert not rises(back)


def test_a_tool_whose_author_claims_something_else_changed(tmp_path: Path) -> None:
    old, new = ([tool("update_order", hints={"destructiveHint": hint})] for hint in (False, True))
    found = between(tmp_path, old, new)
    assert found.changed[0].what == ("tier medium to high", "authority act to review", "its author's hints")
    assert rises(found)
