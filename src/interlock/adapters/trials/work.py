"""The process that tries one file: it outlives neither the server nor its time."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interlock.terms.errors import Unavailable

NICE = 10  # whoever asks the server for a page comes first
OWN = "INTERLOCK_"  # our own settings, with addresses and passwords in them, are no business of this process


@dataclass(slots=True)
class Work:
    """A process at work on the folder of a trial."""

    process: "subprocess.Popen[bytes]"

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self.process.poll()

    def end(self) -> None:
        """End it at once: nothing that it does outside its folder could be left half done."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def begin(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Work:
    """Start it. It ends by itself when its standard input does: with the server. Raises Unavailable."""
    kept = {name: value for name, value in environment.items() if not name.startswith(OWN)}
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module, and a folder that we named
            [*command, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    except OSError as exc:
        raise Unavailable(f"no process could be started to try the file ({exc.strerror or exc})") from exc
    return Work(process)


def ending(status: int) -> str:
    """Why a process ended that left no answer, as far as that can be known."""
    if status == -signal.SIGKILL:
        return (
            "The process that tried the file was killed, most often because memory ran out. Nothing came of it. Try "
            "fewer rows, or close what else needs memory on this machine."
        )
    if status < 0:
        name = signal.Signals(-status).name
        return f"The process that tried the file was ended by {name}. Nothing came of it; try again."
    return f"The process that tried the file ended without an answer (status {status}). Nothing came of it; try again."
