"""CI must not pass by skipping: the hook and the fixture of tests/conftest.py bite."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[2] / "conftest.py"
SKIPS = """
import pytest

@pytest.fixture
def browser():
    pytest.skip("no browser")

def test_in_the_test(): pytest.skip("no browser")
@pytest.mark.skip(reason="no browser")
def test_by_a_mark(): pass
@pytest.mark.skipif(True, reason="no browser")
def test_by_a_condition(): pass
def test_in_a_fixture(browser): pass
def test_by_a_missing_module(): pytest.importorskip("module_that_is_nowhere")
def test_without_data(): pytest.skip("data not here: set INTERLOCK_DATA")
@pytest.mark.skipif(True, reason="platform: no fork")
def test_on_another_platform(): pass
@pytest.mark.xfail
def test_expected_to_fail(): assert False
def test_that_passes(): pass
"""
WANTED_ALWAYS = {
    "test_without_data": "skipped",
    "test_on_another_platform": "skipped",
    "test_expected_to_fail": "skipped",  # what pytest calls an expected failure in its reports
    "test_that_passes": "passed",
}
SKIPPED_WITHOUT_LEAVE = (
    "test_in_the_test",
    "test_by_a_mark",
    "test_by_a_condition",
    "test_in_a_fixture",
    "test_by_a_missing_module",
)


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST.read_text("utf-8"))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("INTERLOCK_DATA", raising=False)
    return pytester


def outcomes(inner: pytest.Pytester, source: str) -> dict[str, str]:
    """Each test's worst outcome, as the inner run reports it; a file that was not collected goes by its name."""
    inner.makepyfile(test_inner=source)
    off = ("cacheprovider", "xdist", "hypothesispytest", "anyio")
    run = inner.inline_run(*(word for plugin in off for word in ("-p", f"no:{plugin}")))
    found: dict[str, str] = {}
    for report in run.getreports("pytest_runtest_logreport pytest_collectreport"):
        name = report.nodeid.partition("::")[2] or report.nodeid
        if name and (report.outcome != "passed" or getattr(report, "when", "") == "call"):
            found[name] = report.outcome
    return found


def test_outside_ci_a_skip_stays_a_skip(inner: pytest.Pytester) -> None:
    assert outcomes(inner, SKIPS) == {**WANTED_ALWAYS, **dict.fromkeys(SKIPPED_WITHOUT_LEAVE, "skipped")}


def test_in_ci_a_skip_fails_unless_its_reason_is_allowed(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    assert outcomes(inner, SKIPS) == {**WANTED_ALWAYS, **dict.fromkeys(SKIPPED_WITHOUT_LEAVE, "failed")}


@pytest.mark.parametrize(("ci", "wanted"), [("", "skipped"), ("true", "failed")])
def test_a_file_that_is_skipped_whole_fails_in_ci(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, wanted: str
) -> None:
    monkeypatch.setenv("CI", ci)
    source = "import pytest\npytest.importorskip('module_that_is_nowhere')\ndef test_never(): pass"

    assert outcomes(inner, source) == {"test_inner.py": wanted}


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize(("folder", "wanted"), [(None, "skipped"), (".", "passed"), ("gone", "failed")])
def test_data_tests_skip_without_the_variable_and_fail_where_it_names_no_folder(
    inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, folder: str | None, wanted: str
) -> None:
    monkeypatch.setenv("CI", ci)
    if folder is not None:
        monkeypatch.setenv("INTERLOCK_DATA", str(inner.path / folder))

    assert outcomes(inner, "def test_data(data_dir): assert data_dir.is_dir()") == {"test_data": wanted}
