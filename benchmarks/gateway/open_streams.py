"""How many streams does one worker hold open at once, in how much memory, and what happens to the next one?"""

import json
import resource
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gateway.built import opening, upstream
from gateway.measured import GATEWAY_CORE, LOAD_CORE
from gateway.ours import Ours
from runtime.bars import Bars

STREAMS = 10_000
EVENTS, GAP_MS = 6, 8_000  # the first event at once, then one every 8 s: each stream is open for 40 s
OPENED_WITHIN_S = 150.0
STREAM_KB_MAX = 64.0


def open_streams(bars: Bars, folder: Path, *, streams: int = STREAMS) -> None:
    """All at once. Each is opened and comes to its end, or is refused with a status; none is lost."""
    with ExitStack() as stack:
        slow = stack.enter_context(upstream(folder, core=LOAD_CORE, events=EVENTS, gap_ms=GAP_MS))
        ours = Ours({"fast": slow.port}, folder)
        running = stack.enter_context(ours.running(folder, core=GATEWAY_CORE))
        assert running.child is not None
        asked = ours.request("fast", streams=True)
        process = stack.enter_context(
            opening(folder, running.port, asked, connections=streams, seconds=OPENED_WITHIN_S)
        )
        begun = json.loads(process.stdout.readline())
        open_mb = running.child.resident_mb()
        rest = process.stdout.readline()
        ended: dict[str, Any] = json.loads(rest) if rest else begun
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    refused = ended["other"]
    stream_kb = (open_mb - (running.idle_mb or 0.0)) / max(1, begun["with_first"]) * 1e3
    print(
        f"\n{streams:,} streams at once, {files:,} open files allowed: {begun['with_first']:,} opened within "
        f"{begun['seconds']:.1f} s, {refused:,} refused, {ended['lost']:,} lost; statuses {ended['statuses']}"
        f"; {open_mb:,.0f} MB"
    )
    unanswered = streams - ended["ok"] - refused
    bars.at_most(f"of {streams:,} streams neither answered to their end nor refused", unanswered, 0)
    bars.at_most("memory of an open stream", stream_kb, STREAM_KB_MAX, " KB")
