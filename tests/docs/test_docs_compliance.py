"""The page of the compliance crosswalk is that of the present packs and controls."""

import importlib.util
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_page_of_the_crosswalk_is_that_of_the_present_packs() -> None:
    spec = importlib.util.spec_from_file_location("compliance_page", REFERENCE / "generate_compliance.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (REFERENCE / "compliance-crosswalk.md").read_text(encoding="utf-8")
    assert written == module.page(), "run: python docs/reference/generate_compliance.py"
