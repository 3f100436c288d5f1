"""The page of pages and roles is that of the present application."""

import importlib.util
import types
from pathlib import Path

import pytest

from interlock.surfaces.api.app import AREAS

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
    assert [row for row in rows if "|  |" in row] == []


def test_what_pages_do_is_done_by_operations_that_there_are(generator: types.ModuleType) -> None:
    told, page = generator.told, generator.page()
    operations = {route.name for area in AREAS for route in area.routes.routes}
    entries = {**told.PAGES, **told.FORMS, **told.ACTS}
    named = {name for by in (told.PAGES, told.FORMS, told.ACTS) for one in by.values() for name in _names(one)}
    assert sorted(named - operations) == []
    assert [path for path in entries if f"| `{path}` |" not in page] == []


def _names(one: tuple[str, ...] | str) -> tuple[str, ...]:
    return () if isinstance(one, str) else one
