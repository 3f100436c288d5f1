"""Where a server tries files: processes of this Python, in folders where the system keeps what is temporary."""

import os
import sys
import tempfile
from pathlib import Path

from interlock.adapters.trials.desk import TrialDesk
from interlock.ports.clock import Clock
from interlock.terms.trial import FILE_BYTES_MAX
from interlock.wiring.packs import sample_path

WORKER = ("-m", "interlock.wiring.trial")


def trials(clock: Clock) -> TrialDesk:
    """Nothing is made before a file comes; to be closed with the server."""
    return TrialDesk(
        [sys.executable, *WORKER],
        environment=os.environ,
        sample=sample_path(),
        parent=Path(tempfile.gettempdir()),
        clock=clock,
        bytes_max=FILE_BYTES_MAX,
    )
