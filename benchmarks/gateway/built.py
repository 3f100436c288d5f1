"""The upstream and the load generator, which are written in C so that they are not what is measured."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.processes import Child, pinned

NATIVE = Path(__file__).resolve().parent / "native"


class Missing(Exception):
    """Something that a measurement needs is not on this machine; the message says what to do."""


def build(folder: Path) -> None:
    """Compile both into a folder. Raises Missing where there is no C compiler."""
    for name in ("upstream", "load"):
        command = ["cc", "-O2", "-o", str(folder / name), str(NATIVE / f"{name}.c")]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError:
            raise Missing("no C compiler is here: upstream and load are C (on Debian: apt-get install gcc)") from None
        except subprocess.CalledProcessError as exc:
            raise Missing(f"the C compiler refused {name}.c: {exc.stderr.strip()}") from exc


@dataclass(frozen=True, slots=True)
class Upstream:
    """A running upstream: it waits before each answer, and streams so many events so far apart."""

    port: int
    child: Child


@contextmanager
def upstream(
    folder: Path, *, core: int | None, delay_ms: int = 0, events: int = 24, gap_ms: int = 0
) -> Iterator[Upstream]:
    command = [str(folder / "upstream"), str(delay_ms), str(events), str(gap_ms)]
    process = subprocess.Popen(pinned(command, core), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = Child(process)
    try:
        yield Upstream(int(process.stdout.readline()), child)
    finally:
        child.stop()


@dataclass(frozen=True, slots=True)
class Load:
    """What a window measured. Times in microseconds: quantiles until the first byte of a body, and until its last."""

    seconds: float
    ok: int
    other: int
    lost: int
    cpu_s: float
    first_us: dict[str, float]
    last_us: dict[str, float]
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def per_s(self) -> float:
        return self.ok / self.seconds


def window(folder: Path, port: int, request: bytes, *, connections: int, seconds: float, core: int | None) -> Load:
    """One window: all connections ask again as soon as they are answered."""
    command = _command(folder, port, request, connections, seconds, f"{min(1.0, seconds / 4)}")
    said = subprocess.run(pinned(command, core), check=True, capture_output=True, text=True).stdout
    return _read(json.loads(said))


@contextmanager
def opening(folder: Path, port: int, request: bytes, *, connections: int, seconds: float) -> Iterator[Any]:
    """All connections open one stream and keep it: the process; it prints when all are open, and again at the end."""
    command = _command(folder, port, request, connections, seconds, "open")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.wait()


def _command(folder: Path, port: int, request: bytes, connections: int, seconds: float, how: str) -> list[str]:
    file = folder / f"request-{port}"
    file.write_bytes(request)
    return [str(folder / "load"), str(port), str(connections), str(seconds), how, str(file)]


def _read(said: dict[str, Any]) -> Load:
    nothing: dict[str, float] = {}
    return Load(
        said["seconds"], said["ok"], said["other"], said["lost"], said["cpu_s"],
        said["first_us"] or nothing, said["last_us"] or nothing, said["statuses"],
    )  # fmt: skip
