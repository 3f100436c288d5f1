"""Windows of every contender in every scene, in turns, and the medians of them."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gateway.built import Load, Upstream, window
from gateway.contender import Alone, Running

GATEWAY_CORE, LOAD_CORE = 0, 1
WARMING_S = 3.0


@dataclass(frozen=True, slots=True, order=True)
class Scene:
    """`model` names the upstream: "fast" answers at once, "slow" after 50 ms."""

    model: str
    streams: bool
    connections: int

    def __str__(self) -> str:
        return f"{self.model} upstream, {'streams' if self.streams else 'plain'}, {self.connections} connections"


FULL = Scene("fast", streams=False, connections=64)
SCENES = tuple(Scene(model, streams, n) for model in ("fast", "slow") for streams in (False, True) for n in (1, 16, 64))


@dataclass(frozen=True, slots=True)
class Window:
    """One window. Processor time is that of the gateway's whole tree, over all answers, warming ones too.

    `load_share` is how much of one core generator and upstream took together: near 1 they were the bottleneck.
    """

    per_s: float
    first_us: dict[str, float]
    last_us: dict[str, float]
    cpu_us: float | None
    load_share: float
    other: int
    lost: int
    resident_mb: float | None


@dataclass(slots=True)
class Measured:
    """All windows of one contender by scene."""

    contender: str
    version: str
    unlike: str
    started_s: float | None
    idle_mb: float | None
    windows: dict[Scene, list[Window]] = field(default_factory=dict)

    def per_s(self, scene: Scene) -> float:
        return statistics.median(each.per_s for each in self.windows[scene])

    def cpu_us(self, scene: Scene) -> float | None:
        known = [each.cpu_us for each in self.windows[scene] if each.cpu_us is not None]
        return statistics.median(known) if known else None

    def last_ms(self, scene: Scene, quantile: str) -> float:
        return statistics.median(each.last_us.get(quantile, float("inf")) for each in self.windows[scene]) / 1e3

    def first_ms(self, scene: Scene, quantile: str) -> float:
        return statistics.median(each.first_us.get(quantile, float("inf")) for each in self.windows[scene]) / 1e3

    def failures(self) -> int:
        return sum(each.other + each.lost for windows in self.windows.values() for each in windows)

    def after_mb(self) -> float | None:
        seen = [each.resident_mb for windows in self.windows.values() for each in windows if each.resident_mb]
        return max(seen, default=None)

    def as_json(self) -> dict[str, Any]:
        said = {key: getattr(self, key) for key in ("contender", "version", "unlike", "started_s", "idle_mb")}
        rows = [{**asdict(scene), "windows": [asdict(one) for one in all_]} for scene, all_ in self.windows.items()]
        return {**said, "scenes": rows}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is: compiled programs, upstreams by model, the length of a window."""

    folder: Path
    upstreams: dict[str, Upstream]
    seconds: float

    def window(self, running: Running, scene: Scene, *, core: int | None = LOAD_CORE) -> tuple[Window, Load]:
        contender, upstream = running.contender, self.upstreams[scene.model]
        port = contender.port_of(scene.model) if isinstance(contender, Alone) else running.port
        asked = contender.request(scene.model, streams=scene.streams)
        before, before_upstream = _cpu_s(running), upstream.child.cpu_s()
        load = window(self.folder, port, asked, connections=scene.connections, seconds=self.seconds, core=core)
        used, beside = _cpu_s(running) - before, upstream.child.cpu_s() - before_upstream
        answers = sum(load.statuses.values())
        cpu_us = used / answers * 1e6 if running.child and answers else None
        warm_s = min(1.0, self.seconds / 4)
        resident = running.child.resident_mb() if running.child else None
        share = (load.cpu_s + beside) / (load.seconds + warm_s)
        found = Window(load.per_s, load.first_us, load.last_us, cpu_us, share, load.other, load.lost, resident)
        return found, load

    def all_of(
        self, running: Sequence[Running], scenes: Sequence[Scene], turns: int, told: Callable[[str], None]
    ) -> list[Measured]:
        """Everybody in every scene, again and again: what disturbs the machine for a while disturbs all of them."""
        measured = [
            Measured(one.contender.name, one.contender.version, one.contender.unlike, one.started_s, one.idle_mb)
            for one in running
        ]
        warming = Bench(self.folder, self.upstreams, WARMING_S)
        for one in running:  # caches and compilers warm up outside of every window
            warming.window(one, Scene("fast", streams=False, connections=16))
        for turn in range(turns):
            for scene in scenes:
                for one, row in zip(running, measured, strict=True):
                    if scene != FULL and not one.contender.in_all_scenes:
                        continue
                    row.windows.setdefault(scene, []).append(self.window(one, scene)[0])
                told(f"turn {turn + 1} of {turns}: {scene}")
        return measured


def _cpu_s(running: Running) -> float:
    return running.child.cpu_s() if running.child else 0.0
