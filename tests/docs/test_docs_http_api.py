"""The page of the HTTP API is that of the present routes."""

import importlib.util
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.fixture(scope="module")
def page() -> str:
    spec = importlib.util.spec_from_file_location("http_api_page", REFERENCE / "generate_http_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: str = module.page()
    return made


def test_the_page_of_the_http_api_is_that_of_the_present_routes(page: str) -> None:
    written = (REFERENCE / "http-api.md").read_text(encoding="utf-8")
    assert written == page, "run: python docs/reference/generate_http_api.py"


def test_every_route_says_what_it_does_and_for_whom(page: str) -> None:
    sections = page.split("\n### ")[1:]
    assert len(sections) > 25
    for section in sections:
        heading, words, *_ = section.split("\n\n")
        assert words.rstrip("."), heading
        assert not words.startswith("For:"), heading
        assert "\nFor: " in section, heading
