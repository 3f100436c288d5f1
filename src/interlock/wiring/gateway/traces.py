"""What commands need of traces; each part is imported when a command first needs it."""

from collections.abc import Mapping
from pathlib import Path

from interlock.engine.timestamp import stamp
from interlock.ports.clock import Clock
from interlock.ports.gateway.segments import Segments
from interlock.ports.gateway.telemetry import TrafficLines
from interlock.terms.errors import BadInput


def segments(environment: Mapping[str, str], clock: Clock, address: str, folder: Path | None) -> Segments:
    """The segments in a folder, or in that of the gateway here on a store. Raises BadInput where there is none."""
    try:
        from interlock.adapters.gateway.segments.folder import SegmentFolder
        from interlock.wiring.gateway.worker import traces_of
    except ModuleNotFoundError as exc:
        raise BadInput(f"{exc.name} is missing, and traces need it: pip install 'interlock[gateway]'") from exc
    found = folder or traces_of(address, environment)
    if not found.is_dir():
        raise BadInput(f"there is no folder {found} with traces; --traces or INTERLOCK_TRACES names another one")
    return SegmentFolder(found, lambda: stamp(clock()))


def traffic_lines() -> TrafficLines:
    """Spans of requests as lines. Raises BadInput where what makes them is not installed."""
    try:
        from interlock.adapters.opentelemetry.traffic_lines import traffic_lines as lines
    except ModuleNotFoundError as exc:
        raise BadInput(f"{exc.name} is missing, and spans need it: pip install 'interlock[otel]'") from exc
    return lines
