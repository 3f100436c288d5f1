"""What does a governed model request cost, beside a bare pass-through and beside other gateways?

    python benchmarks/gateway                     # about 25 minutes; two windows of 12 s for each cell
    python benchmarks/gateway --scenes bars       # four scenes instead of twelve
    python benchmarks/gateway --quick             # these, and short windows: for development only
    python benchmarks/gateway --only ours,floor   # without installing anybody else
    python benchmarks/gateway --peers FOLDER      # where others are installed, and found again next time
    python benchmarks/gateway --parts cores       # compare (the above), cores (a second one), streams (10,000 open)
    python benchmarks/gateway --json FILE

The gateway has one core, upstream and load generator have another. Ends with status 1 where a bar is missed.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from gateway.built import Missing, Upstream, build, upstream
from gateway.contender import Alone, Contender, Floor, Running
from gateway.judged import FIRST_CHUNKS, WAITING, judge
from gateway.measured import FULL, GATEWAY_CORE, LOAD_CORE, SCENES, Bench, Measured
from gateway.open_streams import open_streams
from gateway.ours import Ours, OursWhole
from gateway.peers import LiteLLM, LiteLLMMasking, Portkey, PortkeyMasking
from gateway.second_core import second_core
from gateway.told import tell
from runtime.bars import Bars

EVERYBODY = ("floor", "ours", "ours-whole", "portkey", "litellm", "portkey-masking", "litellm-masking")
WITH_BARS = (FULL, WAITING, *FIRST_CHUNKS)


def main() -> int:
    asked = _asked()
    bars = Bars()
    with tempfile.TemporaryDirectory(prefix="interlock-gateway-") as name:
        folder = Path(name)
        try:
            build(folder)
        except Missing as exc:
            print(f"not measured: {exc}", file=sys.stderr)
            return 1
        measured = _compared(folder, asked, bars) if "compare" in asked.parts else []
        if "cores" in asked.parts:
            second_core(bars, folder, seconds=asked.seconds, turns=asked.turns)
        if "streams" in asked.parts:
            open_streams(bars, folder)
    if asked.json:
        _keep(asked.json, measured, bars)
    print(f"\n{bars.held} bars held, {bars.missed} missed")
    return 1 if bars.missed else 0


def _compared(folder: Path, asked: argparse.Namespace, bars: Bars) -> list[Measured]:
    """All contenders in all scenes, told and judged."""
    scenes = WITH_BARS if asked.scenes == "bars" else SCENES
    with ExitStack() as stack:
        upstreams = _upstreams(stack, folder)
        running = _running(stack, folder, asked, {name: one.port for name, one in upstreams.items()})
        measured = Bench(folder, upstreams, asked.seconds).all_of(running, scenes, asked.turns, _told)
    tell(measured, scenes)
    by_name = {row.contender: row for row in measured}
    if Ours.name in by_name:
        judge(bars, by_name[Ours.name], by_name)
    else:
        bars.at_least("contenders of ours that were measured", 0, 1)
    return measured


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seconds", type=float, default=12.0, help="the length of a window")
    parser.add_argument("--turns", type=int, default=2, help="windows of each cell")
    parser.add_argument("--only", default=",".join(EVERYBODY), help="who is measured beside the upstream")
    parser.add_argument("--peers", type=Path, help="a folder that keeps the others' installations")
    parser.add_argument("--json", type=Path, help="all windows as JSON")
    parser.add_argument("--scenes", choices=("all", "bars"), default="all", help="all, or only those with bars")
    parser.add_argument("--parts", default="compare,cores,streams")
    asked = parser.parse_args()
    if asked.quick:
        asked.seconds, asked.turns, asked.scenes = 2.0, 1, "bars"
    return asked


def _upstreams(stack: ExitStack, folder: Path) -> dict[str, Upstream]:
    waits_ms = {"fast": 0, "slow": 50}
    return {
        name: stack.enter_context(upstream(folder, core=LOAD_CORE, delay_ms=delay_ms))
        for name, delay_ms in waits_ms.items()
    }


def _running(stack: ExitStack, folder: Path, asked: argparse.Namespace, ports: Mapping[str, int]) -> list[Running]:
    """All that can be had and answer, on the gateways' core; who cannot is named."""
    peers = asked.peers or folder
    peers.mkdir(parents=True, exist_ok=True)
    wanted: dict[str, Callable[[], Contender]] = {
        "floor": lambda: Floor(ports),
        "ours": lambda: Ours(ports, folder),
        "ours-whole": lambda: OursWhole(ports, folder),
        "portkey": lambda: Portkey(ports, peers.resolve()),
        "litellm": lambda: LiteLLM(ports, peers.resolve()),
        "portkey-masking": lambda: PortkeyMasking(ports, peers.resolve()),
        "litellm-masking": lambda: LiteLLMMasking(ports, peers.resolve()),
    }
    running = [stack.enter_context(Alone(ports).running(folder, core=None))]
    for name in (name for name in wanted if name in asked.only.split(",")):
        try:
            running.append(stack.enter_context(wanted[name]().running(folder, core=GATEWAY_CORE)))
            _told(f"{running[-1].contender.name} answers")
        except (Missing, RuntimeError) as exc:
            _told(f"not measured: {name}: {exc}")
    return running


def _keep(path: Path, measured: list[Measured], bars: Bars) -> None:
    said = {"bars": {"held": bars.held, "missed": bars.missed}, "measured": [row.as_json() for row in measured]}
    path.write_text(json.dumps(said, indent=1) + "\n")


def _told(words: str) -> None:
    print(f"    {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
