"""`interlock` in a shell, begun from a process that has loaded what commands load.

Most of what a short command takes is loading. Here two processes load it once; a command is then a fork of one of
them: a process of its own with its own folder, environment, streams and exit status. Commands take turns between the
two, whose sets are in another order, so that nothing that depends on it can go unseen between one command and the next.
"""

import gc
import marshal
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

# What commands load late, and what takes long; whatever is missing here is loaded by the command that needs it.
LATE = (
    "alembic.command", "interlock.adapters.definitions.check_file", "interlock.adapters.definitions.drafts",
    "interlock.adapters.definitions.json_schema", "interlock.adapters.definitions.yaml_file",
    "interlock.adapters.evidence.reading", "interlock.adapters.packs.instruments", "interlock.adapters.reports.html",
    "interlock.adapters.signing.ed25519", "interlock.adapters.signing.witness_file", "interlock.adapters.sqlite.store",
    "interlock.adapters.tables", "interlock.flows.reporting.made", "interlock.wiring.candidates",
    "interlock.wiring.toolbox", "interlock.wiring.upkeep", "numpy", "pydantic", "rich.markdown", "rich.traceback",
    "scipy.optimize", "scipy.stats",    "sklearn.feature_extraction.text", "sklearn.linear_model", "typer.rich_utils",
)  # fmt: skip
LENGTH = struct.Struct("!I")
STATUS = struct.Struct("!i")
# The command on the path: it hands on what it was called with, and ends as the fork ends.
CALL = """#!{python} -IS
import _signal, _socket, marshal, os, sys
places = {places!r}
turn = os.open({turn!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(turn, b".")
near = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
near.connect(places[os.fstat(turn).st_size % len(places)])
mask = os.umask(0)
os.umask(mask)
asked = marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ), mask))
streams = b"".join(n.to_bytes(4, sys.byteorder) for n in (0, 1, 2))
near.sendmsg([len(asked).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
near.sendall(asked)
pid = int.from_bytes(near.recv(4), "big")
for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
    _signal.signal(number, lambda number, _: os.kill(pid, number))
status = int.from_bytes(near.recv(4), "big", signed=True)
os._exit(status if status >= 0 else 128 - status)
"""


@contextmanager
def warm_commands(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """A folder for the front of the path, in which `interlock` is such a command."""
    places = [str(folder / f"warm-{number}") for number in range(2)]
    waiting = [
        subprocess.Popen(
            [sys.executable, __file__, place],
            env={**environment, "PYTHONHASHSEED": str(number + 1)},
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        for number, place in enumerate(places)
    ]
    try:
        for process in waiting:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n", "what commands load cannot be loaded"
        commands = folder / "commands"
        commands.mkdir()
        call = commands / "interlock"
        turn = str(folder / "turns")
        call.write_text(CALL.format(python=sys.executable, places=places, turn=turn), encoding="utf-8")
        call.chmod(0o755)
        yield commands
    finally:
        for process in waiting:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and with it every command that still runs
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _forked(place: str) -> list[str]:
    """Wait for calls; returns, in a new process, the words of each."""
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(place)
    door.listen()
    os.write(1, b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for a command
    while True:
        near, _ = door.accept()
        if os.fork():
            near.close()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        door.close()
        length, streams, _, _ = socket.recv_fds(near, LENGTH.size, 3)
        asked = b""
        while len(asked) < LENGTH.unpack(length)[0]:
            asked += near.recv(1 << 20)
        words, cwd, environment, mask = marshal.loads(asked)
        if pid := os.fork():
            near.sendall(LENGTH.pack(pid))
            near.sendall(STATUS.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
            os._exit(0)
        near.close()
        _become(streams, cwd, environment, mask)
        return list(words)


def _become(streams: list[int], cwd: str, environment: Mapping[str, str], mask: int) -> None:
    """Take on what a call was made with, as an interpreter does that begins there."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _load() -> None:
    from typer.main import get_command

    from interlock.surfaces.cli.app import build_app

    for name in LATE:
        import_module(name)
    get_command(build_app())
    gc.freeze()  # what is loaded stays: no fork needs to look through it for what can be freed


if __name__ == "__main__":
    _load()
    sys.argv = ["interlock", *_forked(sys.argv[1])]
    from interlock.wiring.cli import main

    main()
