"""The rules on authored descriptions of other fields (README.md beside this file says how they came about)."""

from pathlib import Path

import yaml

from interlock.adapters.inventory import read_interfaces
from interlock.adapters.packs.inventory_rules import inventory_pack
from interlock.engine.inventory.audit import audit
from interlock.terms.initiative import Risk

HERE = Path(__file__).with_name("other_fields")
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "know-your-interfaces.md"
ORDER = tuple(Risk)
SOURCES = ("bank.yaml", "hospital.json", "files.json")


def test_the_page_says_how_many_are_right_and_which_way_the_others_are_wrong() -> None:
    labels = yaml.safe_load((HERE / "labels.yaml").read_text("utf-8"))
    pairs: dict[str, tuple[Risk, Risk]] = {}
    for source in SOURCES:
        labelled = labels[Path(source).stem]
        found = {
            one.operation.name: one.tier for one in audit(read_interfaces([HERE / source]).operations, inventory_pack())
        }
        assert found.keys() == labelled.keys()
        pairs |= {name: (tier, Risk(labelled[name])) for name, tier in found.items()}
    right = sum(tier == label for tier, label in pairs.values())
    low = sum(ORDER.index(tier) < ORDER.index(label) for tier, label in pairs.values())
    worst = [name for name, (tier, label) in pairs.items() if (tier, label) == (Risk.LOW, Risk.HIGH)]
    said = " ".join(PAGE.read_text("utf-8").split())
    assert f"{len(pairs)} operations" in said
    assert f"{right} ({right / len(pairs):.0%}".replace("%", " %") in said
    assert f"{low} ({low / len(pairs):.0%}".replace("%", " %") in said
    assert worst == []
