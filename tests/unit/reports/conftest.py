"""The authored evaluations and stories as fixtures; tests/browser shares them."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from interlock.adapters.reports.html import HtmlReports
from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Story


def _authored() -> ModuleType:
    spec = importlib.util.spec_from_file_location("authored_reports", Path(__file__).with_name("authored.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AUTHORED = _authored()


@pytest.fixture
def full_evaluation() -> Evaluation:
    evaluation: Evaluation = AUTHORED.full_evaluation()
    return evaluation


@pytest.fixture
def nothing_certified() -> Evaluation:
    evaluation: Evaluation = AUTHORED.nothing_certified()
    return evaluation


@pytest.fixture
def long_story() -> Story:
    story: Story = AUTHORED.long_story()
    return story


@pytest.fixture(params=sorted(AUTHORED.EVALUATIONS))
def any_evaluation(request: pytest.FixtureRequest) -> Evaluation:
    evaluation: Evaluation = AUTHORED.EVALUATIONS[request.param]()
    return evaluation


@pytest.fixture(params=sorted([*AUTHORED.EVALUATIONS, *AUTHORED.STORIES]))
def any_html(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Every authored report as written."""
    path = tmp_path / "report.html"
    if request.param in AUTHORED.EVALUATIONS:
        HtmlReports().evaluation(AUTHORED.EVALUATIONS[request.param](), path)
    else:
        HtmlReports().story(AUTHORED.STORIES[request.param](), path)
    return path.read_text(encoding="utf-8")


@pytest.fixture
def hostile_texts() -> tuple[str, ...]:
    texts: tuple[str, ...] = AUTHORED.HOSTILE
    return texts
