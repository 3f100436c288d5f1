"""A headless Chromium and the authored reports as files; the reports themselves are built by tests/unit/reports."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Browser, sync_playwright

import portfolio_made
from interlock.adapters.reports.html import HtmlReports
from interlock.engine.reporting.monthly import monthly_update
from oversight_pages import oversight_stories

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _authored() -> ModuleType:
    path = Path(__file__).parents[1] / "unit" / "reports" / "authored.py"
    spec = importlib.util.spec_from_file_location("authored_reports_for_browsers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")  # not longer: while it lives an event loop runs, and nobody else could run one
def chromium() -> Iterator[Browser]:
    """Skips where there is no Chromium, except in continuous integration, where that is a failure."""
    path = os.environ.get("INTERLOCK_CHROMIUM") or shutil.which("chromium")
    if path is None:
        reason = "no chromium on the PATH and INTERLOCK_CHROMIUM is not set"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every authored report, by name, written once."""
    folder = tmp_path_factory.mktemp("reports")
    authored, writer = _authored(), HtmlReports()
    files = {}
    for name, build in authored.EVALUATIONS.items():
        files[name] = folder / f"{name}.html"
        writer.evaluation(build(), files[name])
    for name, build in authored.STORIES.items():
        files[name] = folder / f"{name}.html"
        writer.story(build(), files[name])
    for name, story in oversight_stories(folder).items():
        files[name] = folder / f"{name}.html"
        writer.story(story, files[name])
    files["update"] = folder / "update.html"
    writer.briefing(monthly_update(portfolio_made.portfolio(), portfolio_made.agenda()), files["update"])
    return files
