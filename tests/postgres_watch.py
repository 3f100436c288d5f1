"""Stops a server whose owner was killed: postgres_watch.py OWNER FOLDER... (the first folder holds the data).

Runs beside the owner as its child. An owner that ends in an orderly way removes all by itself, and then this process.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

POLL_S = 0.2
PATIENCE_S = 10.0
ENDED = ("Z", "gone")


def main(owner: int, folders: list[str]) -> None:
    while os.getppid() == owner:
        time.sleep(POLL_S)
    with suppress(OSError):  # it had not been started, or is gone
        _stop(int(Path(folders[0], "data", "postmaster.pid").read_text("ascii").splitlines()[0]))
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _stop(postmaster: int) -> None:
    os.kill(postmaster, signal.SIGQUIT)
    for pid in (postmaster, *children(postmaster)):  # they may have been suspended
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    give_up = time.monotonic() + PATIENCE_S
    while state(postmaster) not in ENDED and time.monotonic() < give_up:
        time.sleep(POLL_S)


def children(parent: int) -> list[int]:
    """The processes that this one started."""
    pids = (each.name for each in Path("/proc").iterdir() if each.name.isdigit())
    return [int(pid) for pid in pids if _stat(pid, 1) == str(parent)]


def state(pid: int) -> str:
    """ "R", "S", "T" (stopped), "Z" (ended, nobody asked how) ..., or "gone"."""
    return _stat(str(pid), 0)


def _stat(pid: str, field: int) -> str:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return "gone"
    return text.rpartition(")")[2].split()[field]  # behind the name, which may hold anything


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
