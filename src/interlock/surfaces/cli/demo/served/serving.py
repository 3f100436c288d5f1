"""`interlock serve --demo`: make the sample, and serve it with its workflow at work."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.text import Text

from interlock.surfaces.cli.demo.served.made import make
from interlock.surfaces.cli.demo.served.passed import pass_traffic
from interlock.surfaces.cli.demo.served.working import Work, go_on
from interlock.surfaces.cli.toolbox import Notify, Toolbox

PAUSE_S = 4.0


def serve_demo(box: Toolbox, store: str | None, host: str, port: int, notify: Notify | None) -> None:
    """Until it is stopped; what was made in a temporary store is gone then.

    Raises BadInput for a store that holds other records, and for a host that others than this machine can reach;
    Unavailable for a port that cannot be had, before anything is made.
    """
    box.check_serving_sample(host, port)
    with tempfile.TemporaryDirectory(prefix="interlock-demo-") as folder:
        address = store or str(Path(folder) / "sample.db")
        began = box.wall()
        box.err.print(Text("Making an authored sample: a year of an invented company, and a workflow at work ..."))
        with box.open_run_time(address) as rt:
            work = make(box, rt, Path(folder))
            pass_traffic(box, rt, address)
            took_s = (box.wall() - began).total_seconds()
            box.err.print(Text(f"Made in {took_s:.0f} s. Company, people and figures are invented."))
            with _at_work(work):
                box.serve(address, host, port, box.err, notify, demo=True)


@contextmanager
def _at_work(work: Work) -> Iterator[None]:
    """Cases come in while the context lasts."""
    stop = threading.Event()
    worker = threading.Thread(target=go_on, args=(work, stop), kwargs={"pause_s": PAUSE_S}, name="demo")
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()
