"""A process with its children: what it uses of processor and memory, by /proc."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


def pinned(command: list[str], core: int | None) -> list[str]:
    """The command, on one core only."""
    return command if core is None else ["taskset", "-c", str(core), *command]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Child:
    """A process of ours and those that it started."""

    def __init__(self, process: "subprocess.Popen[Any]") -> None:
        self._process = process

    def __str__(self) -> str:
        return f"process {self._process.pid}, status {self._process.poll()}"

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def cpu_s(self) -> float:
        """Processor time of all that live, and of those children that were waited for."""
        return sum(_cpu_s(pid) for pid in self._tree())

    def resident_mb(self) -> float:
        """Their resident memory, added up; what they share is counted for each."""
        return sum(_resident_mb(pid) for pid in self._tree())

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in self._tree():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _tree(self) -> list[int]:
        return list(_with_children(self._process.pid))


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _with_children(int(child))


def _cpu_s(pid: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(each) for each in fields[11:15]) / TICKS
    return 0.0


def _resident_mb(pid: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_MB
    return 0.0


def answered_after_s(child: Child, port: int, request: bytes, *, within_s: float) -> float:
    """Seconds until a request has its first answer with status 200. Raises RuntimeError where none comes in time."""
    began = time.monotonic()
    said = b""
    while (passed := time.monotonic() - began) < within_s:
        if child.ended:
            raise RuntimeError(f"it ended instead of answering: {child}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as one:
            one.sendall(request)
            said = one.recv(4096) or said
            if said.startswith(b"HTTP/1.1 200"):
                return passed
        time.sleep(0.01)
    raise RuntimeError(f"no answer with status 200 within {within_s:.0f} s; the last one: {said[:300]!r}")
