"""How much more does a second worker on a second core answer?

With two cores, generator and upstream have to run on the cores of the workers. What they took of the processor is
measured and taken off: the rate of two workers is that of a core of their own each, had they had both cores alone. Time
that workers only wait, for each other or for the store, counts against them.
"""

import statistics
from contextlib import ExitStack
from pathlib import Path

from gateway.built import upstream
from gateway.measured import FULL, GATEWAY_CORE, LOAD_CORE, Bench
from gateway.ours import Ours
from runtime.bars import Bars

CORES = 2
GAIN_MIN = 1.8


def second_core(bars: Bars, folder: Path, *, seconds: float, turns: int) -> None:
    """One worker on one core, with the generator on the other, and two workers on both, in turns."""
    single: list[float] = []
    both: list[float] = []
    raw: list[float] = []
    with ExitStack() as stack:
        beside = stack.enter_context(upstream(folder, core=LOAD_CORE))
        anywhere = stack.enter_context(upstream(folder, core=None))
        ports = {"fast": beside.port}, {"fast": anywhere.port}
        one = stack.enter_context(Ours(ports[0], folder).running(folder, core=GATEWAY_CORE))
        two = stack.enter_context(Ours(ports[1], folder, workers=CORES).running(folder, core=None))
        for _ in range(turns):
            window, _load = Bench(folder, {"fast": beside}, seconds).window(one, FULL)
            single.append(window.per_s)
            window, _load = Bench(folder, {"fast": anywhere}, seconds).window(two, FULL, core=None)
            raw.append(window.per_s)
            both.append(window.per_s * CORES / (CORES - window.load_share))
    gain, raw_gain = (statistics.median(rates) / statistics.median(single) for rates in (both, raw))
    print(f"\nOne worker answers {statistics.median(single):,.0f} requests a second, two {statistics.median(raw):,.0f} "
          f"({raw_gain:.2f} x) beside generator and upstream on the same {CORES} cores")  # fmt: skip
    bars.at_least("two workers beside one, had they had both cores alone", gain, GAIN_MIN, "x")
