"""Traffic beside a ledger that is verified: what `interlock ledger verify` and `interlock gateway verify` say of it."""

from pathlib import Path

from rich.text import Text

from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.ports.gateway.segments import Segments
from interlock.ports.store import Store
from interlock.surfaces.cli.ledger.options import watching
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.gateway.traffic_check import TrafficCheck
from interlock.terms.words import plural

NAMED_MAX = 5
VERIFYING = "comparing model traffic"


def traffic_checked(box: Toolbox, store: Store, address: str, traces: Path | None) -> tuple[TrafficCheck, bool]:
    """What a check of traffic found, and whether traces lay here to be compared.

    Raises BadInput where `traces` are named and not there; without a name, those of the gateway here on the store.
    """
    segments: Segments | None = None
    try:
        segments = box.segments(address, traces)
    except BadInput:
        if traces is not None:
            raise
    return _checked(box, store, address, segments), segments is not None


def traffic_here(box: Toolbox, store: Store, address: str, traces: Path | None) -> TrafficCheck:
    """The same where traces must lie here. Raises BadInput where they do not."""
    return _checked(box, store, address, box.segments(address, traces))


def _checked(box: Toolbox, store: Store, address: str, segments: Segments | None) -> TrafficCheck:
    with watching(box, VERIFYING) as progress, store.reading() as reading:
        return verify_traffic(reading, segments, everything_here=box.is_embedded(address), progress=progress)


def tell_traffic(box: Toolbox, checked: TrafficCheck, *, compared: bool = True) -> None:
    """In words. `compared`: traces lay here."""
    head = "FAILED" if checked.faults else "traffic holds"
    if compared:
        said = (
            f"{checked.checked} checked here, {checked.elsewhere} kept elsewhere or no longer; "
            f"{plural(checked.requests, 'request')} compared, {checked.gone} without a row any more"
        )
    else:
        said = "only sums and rows compared"
    line = f"{head}: {plural(checked.segments, 'segment')} on record, {said}; {plural(len(checked.faults), 'fault')}"
    box.out.print(Text(line), style="bold" if checked.faults else None, soft_wrap=True)
    for fault in checked.faults:
        place = ", ".join(filter(None, (fault.segment, fault.request and f"request {fault.request}")))
        box.out.print(Text(f"  {printable(place) or 'sums'}: {printable(fault.words)}"), soft_wrap=True)
    if checked.waiting:
        words = (
            f"{plural(checked.waiting, 'segment')} here not on record yet, and not compared: a gateway or server on "
            "the store loads what waits within seconds, also of a worker that died."
        )
        box.out.print(Text(words), soft_wrap=True)
    if checked.absent:
        named = ", ".join(checked.absent[:NAMED_MAX]) + (" ..." if len(checked.absent) > NAMED_MAX else "")
        words = (
            f"No trace of {plural(len(checked.absent), 'worker')} lies here ({printable(named)}): run "
            "`interlock gateway verify` where these worked, or name their folder with --traces."
        )
        box.out.print(Text(words), soft_wrap=True)
