"""The page of instruments is that of the present packs."""

import importlib.util
from pathlib import Path

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_page_of_instruments_is_that_of_the_present_packs() -> None:
    spec = importlib.util.spec_from_file_location("instruments_page", REFERENCE / "generate_instruments.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (REFERENCE / "instruments.md").read_text(encoding="utf-8")
    assert written == module.page(), "run: python docs/reference/generate_instruments.py"
