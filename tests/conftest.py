"""What all tests share: real data, PostgreSQL, and that nothing is skipped in CI for a reason that is not allowed."""

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from postgres_server import Databases, Server

pytest_plugins = ["pytester"]

# What is compiled is kept beside its source, whatever the environment says: else each of the hundreds of processes that
# tests start compiles Interlock anew, and pytest every test.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long a machine that others use takes to think of an example says nothing of what is tested.
settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")

# Under CI a skip with any other reason is a failure: something that the tests need is missing and nobody would see it.
ALLOWED_IN_CI = ("data not here:", "platform:")
IN_CI = os.environ.get("CI") == "true"


@pytest.fixture(scope="session", autouse=True)
def _state_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What waits for a store while it cannot be reached must not outlive the tests, nor meet what waits for another."""
    os.environ["INTERLOCK_STATE"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data that INTERLOCK_DATA names; skips where it is not set, fails where the folder is gone."""
    named = os.environ.get("INTERLOCK_DATA")
    if not named:
        pytest.skip("data not here: set INTERLOCK_DATA to the folder that holds the public data sets")
    if not Path(named).is_dir():
        pytest.fail(f"INTERLOCK_DATA names {named}, and no such folder is there: mend it or unset it", pytrace=False)
    return Path(named)


@pytest.fixture(scope="session")
def postgres() -> Generator["Databases"]:
    """A PostgreSQL in which databases can be made: the one INTERLOCK_TEST_POSTGRES names, else one of this process."""
    from postgres_server import PostgresMissing, for_tests

    try:
        server = for_tests()
    except PostgresMissing as exc:
        pytest.skip(str(exc))
    with server:
        yield server


@pytest.fixture(scope="session")
def _postgres_of_our_own(postgres: "Databases") -> Generator["Server"]:
    from postgres_server import PostgresMissing, Server

    if isinstance(postgres, Server):
        yield postgres
        return
    try:
        server = Server()
    except PostgresMissing as exc:
        pytest.skip(str(exc))
    with server:
        yield server


@pytest.fixture
def postgres_to_stop(_postgres_of_our_own: "Server") -> Generator["Server"]:
    """A PostgreSQL that may be stopped, suspended and crashed; it runs again after the test."""
    yield _postgres_of_our_own
    _postgres_of_our_own.start()
    _postgres_of_our_own.resume()


def _refused(report: pytest.TestReport | pytest.CollectReport) -> str | None:
    """What to say where a skip is not allowed; None where the report may stand."""
    if not IN_CI or not report.skipped or hasattr(report, "wasxfail"):
        return None
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if reason.startswith(ALLOWED_IN_CI):
        return None
    return (
        f"skipped in CI: {reason}\nInstall what is missing, or give a reason that starts with one of {ALLOWED_IN_CI}."
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails under CI."""
    report = yield
    if (words := _refused(report)) is not None:
        report.outcome = "failed"
        report.longrepr = words
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: Any) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped file fails under CI."""
    report = yield
    if (words := _refused(report)) is not None:
        report.outcome = "failed"
        report.longrepr = words
    return report
