"""The rules against authored labels of real operations (README.md beside this file says how they came about)."""

import os
import tarfile
from pathlib import Path

import pytest
import yaml

from interlock.adapters.inventory import read_interfaces
from interlock.adapters.packs.inventory_rules import inventory_pack
from interlock.engine.inventory.audit import audit
from interlock.engine.inventory.counting import Wanted, wanted_of
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, Function

LABELS = Path(__file__).with_name("labels.yaml")
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "know-your-interfaces.md"
DATA = Path(os.environ.get("INTERLOCK_DATA", "")) / "api_specs"
ORDER = tuple(Risk)
# Lower ends of what was seen the first time (README.md), so that a rule that breaks is seen and chance is not.
FUNCTION_MIN, TIER_MIN, HIGH_RECALL_MIN = 0.80, 0.65, 0.80

pytestmark = pytest.mark.skipif(
    not os.environ.get("INTERLOCK_DATA") or not DATA.is_dir(), reason="data not here: set INTERLOCK_DATA"
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], Audited]:
    """All operations of the three sources, by source, file and name."""
    folder, pack = tmp_path_factory.mktemp("specs"), inventory_pack()
    with tarfile.open(DATA / "adyen_openapi.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    places = [("openai", "", DATA / "openai_openapi.json.gz"), ("github", "", DATA / "github_mcp_tools.json")]
    places += [("adyen", path.stem, path) for path in sorted(folder.rglob("*.json"))]
    return {
        (source, file, one.operation.name): one
        for source, file, path in places
        for one in audit(read_interfaces([path]).operations, pack)
    }


def labelled(half: str) -> list[list[str]]:
    return [row for row in yaml.safe_load(LABELS.read_text("utf-8")) if row[5] == half]


def test_every_operation_of_the_sources_is_read(found: dict[tuple[str, str, str], Audited]) -> None:
    counts = [sum(key[0] == source for key in found) for source in ("openai", "adyen", "github")]
    assert counts == [288, 444, 117]
    assert not any(one.operation.unread for one in found.values())


def test_operations_that_tuned_no_rule_are_judged_as_a_person_did(found: dict[tuple[str, str, str], Audited]) -> None:
    rows = labelled("held-out")
    pairs = [(found[source, file, name], function, tier) for source, file, name, function, tier, _ in rows]
    assert len(pairs) == 90
    assert sum(one.function == function for one, function, _ in pairs) / len(pairs) >= FUNCTION_MIN
    assert sum(one.tier == tier for one, _, tier in pairs) / len(pairs) >= TIER_MIN
    high = [one.tier for one, _, tier in pairs if tier == "high"]
    assert high.count(Risk.HIGH) / len(high) >= HIGH_RECALL_MIN
    assert not [one.operation.name for one, _, tier in pairs if tier == "high" and one.tier is Risk.LOW]
    right = (
        sum(one.function == function for one, function, _ in pairs),
        sum(one.tier == tier for one, _, tier in pairs),
    )
    assert "{} and {} are right now".format(*right) in " ".join(PAGE.read_text("utf-8").split())


def test_what_a_person_calls_high_is_never_called_low(found: dict[tuple[str, str, str], Audited]) -> None:
    rows = labelled("tuning") + labelled("held-out")
    worse = [
        name for source, file, name, _, tier, _ in rows if tier == "high" and found[source, file, name].tier is Risk.LOW
    ]
    assert (len(rows), worse) == (270, [])


def test_hints_of_the_tools_are_counted_as_their_source_says(found: dict[tuple[str, str, str], Audited]) -> None:
    tools = [one for key, one in found.items() if key[0] == "github"]
    hints = [one.operation.hints for one in tools]
    assert sum(hint is not None and hint.read_only is True for hint in hints) == 58
    assert sum(hint is not None and hint.destructive is True for hint in hints) == 10
    assert len(wanted_of(tools, Wanted(findings=("hint-missing",)))) == 25
    assert {one.authority for one in wanted_of(tools, Wanted(findings=("hint-missing",)))} <= {"review", "deny"}
    assert not [one.operation.name for one in tools if one.authority == "read" and one.function is Function.UNKNOWN]
