"""The page of pages and roles is that of the present application."""

import importlib.util
import types
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture
def generator() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("pages_page", REFERENCE / "generate_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_pages_is_that_of_the_present_routes(generator: types.ModuleType) -> None:
    written = (REFERENCE / "pages.md").read_text(encoding="utf-8")
    assert written == generator.page(), "run: python docs/reference/generate_pages.py"


def test_every_address_says_what_it_is(generator: types.ModuleType) -> None:
    rows = [line for line in generator.page().splitlines() if line.startswith("| `/")]
    assert len(rows) > 100
    assert [row for row in rows if row.endswith("|  |")] == []
