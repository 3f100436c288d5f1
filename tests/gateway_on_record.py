"""What a gateway's workers have written down until now: what is open, sealed, or loaded and kept."""

import gzip
from contextlib import suppress
from pathlib import Path

from interlock.adapters.gateway.segments.reading import Walk
from interlock.terms.gateway.trace import Accepted, Outcome


def on_record(traces: Path) -> tuple[dict[str, Accepted], dict[str, Outcome]]:
    """The two records of requests by their ids."""
    begun, ended = dict[str, Accepted](), dict[str, Outcome]()
    for path in traces.rglob("*.[0-9]*.*"):
        with suppress(FileNotFoundError):  # sealed meanwhile: whoever waits looks again
            raw = path.read_bytes()
            for one in Walk().over(gzip.decompress(raw) if path.suffix == ".gz" else raw).records:
                if isinstance(one, Accepted):
                    begun[one.id] = one
                elif isinstance(one, Outcome):
                    ended[one.id] = one
    return begun, ended
