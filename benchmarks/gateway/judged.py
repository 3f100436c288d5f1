"""The bars of a run: ratios between contenders in the same scene, added time over the upstream alone, sizes."""

from collections.abc import Mapping

from gateway.measured import FULL, Measured, Scene
from runtime.bars import Bars

CPU_RATIO_MAX = 1.8
TIMES_LITELLM_MIN, TIMES_PORTKEY_MIN = 40.0, 6.0
ADDED_P50_MS_MAX, ADDED_P99_MS_MAX = 3.0, 12.0
FIRST_CHUNK_ADDED_MS_MAX = 1.0
IDLE_MB_MAX, START_S_MAX = 90.0, 1.0

WAITING = Scene("slow", streams=False, connections=64)
FIRST_CHUNKS = (Scene("fast", streams=True, connections=1), Scene("slow", streams=True, connections=16))


def judge(bars: Bars, ours: Measured, by_name: Mapping[str, Measured]) -> None:
    """`by_name` holds whoever was measured; a bar against somebody who could not be had does not apply."""
    alone, floor = by_name["upstream alone"], by_name["bare pass-through"]
    print()
    our_cpu, floor_cpu = ours.cpu_us(FULL), floor.cpu_us(FULL)
    assert our_cpu is not None
    assert floor_cpu is not None
    words = "processor time a request beside the bare pass-through's, 64 connections"
    bars.at_most(words, our_cpu / floor_cpu, CPU_RATIO_MAX, "x")
    for name, least in (("LiteLLM proxy", TIMES_LITELLM_MIN), ("Portkey gateway", TIMES_PORTKEY_MIN)):
        words = f"requests a second beside {name}'s, 64 connections"
        if name in by_name:
            bars.at_least(words, ours.per_s(FULL) / by_name[name].per_s(FULL), least, "x")
        else:
            bars.without(f"{words}: it could not be had")
    for quantile, most in (("p50", ADDED_P50_MS_MAX), ("p99", ADDED_P99_MS_MAX)):
        added = ours.last_ms(WAITING, quantile) - alone.last_ms(WAITING, quantile)
        bars.at_most(f"{quantile} added to an upstream of 50 ms, 64 connections", added, most, " ms")
    for scene in FIRST_CHUNKS:
        added = ours.first_ms(scene, "p50") - alone.first_ms(scene, "p50")
        bars.at_most(f"p50 added to the first chunk, {scene}", added, FIRST_CHUNK_ADDED_MS_MAX, " ms")
    bars.at_most("memory before any load", ours.idle_mb or float("inf"), IDLE_MB_MAX, " MB")
    bars.at_most("from its start to its first answer", ours.started_s or float("inf"), START_S_MAX, " s")
    bars.at_most("requests that were not answered with 200, or lost", ours.failures(), 0)
