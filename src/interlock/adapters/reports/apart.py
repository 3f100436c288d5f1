"""interlock.ports.reports.WriteForm in a process of its own: a server goes on answering while a long PDF is made."""

import pickle
import subprocess
import sys

from interlock.adapters.reports.briefings.forms import written
from interlock.terms.briefing import Briefing
from interlock.terms.errors import BadInput, InterlockError, Unavailable

SECONDS_MAX = 300
SAID_BYTES_MAX = 4_000
BAD_INPUT, UNAVAILABLE = 2, 3  # how the process ends; anything else is a fault of the program


def written_apart(briefing: Briefing, ending: str) -> bytes:
    """The document in one form. Raises BadInput and Unavailable as `forms.written`, and Unavailable after five minutes
    and where the process was killed.
    """
    # Pickle goes from this process to its own child and nowhere else.
    command = (sys.executable, "-m", "interlock.adapters.reports.apart", ending)
    try:
        ended = subprocess.run(  # noqa: S603 - our own module; the ending is an argument, never a command
            command, input=pickle.dumps(briefing), capture_output=True, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise Unavailable(
            f"the {ending} was not ready after {SECONDS_MAX // 60} minutes and was given up; take HTML or JSON"
        ) from exc
    except OSError as exc:
        raise Unavailable(f"no process could be started to write the {ending} ({exc.strerror or exc})") from exc
    if ended.returncode == 0:
        return ended.stdout
    said = ended.stderr[:SAID_BYTES_MAX].decode("utf-8", "replace").strip()
    if ended.returncode in (BAD_INPUT, UNAVAILABLE):
        raise (BadInput if ended.returncode == BAD_INPUT else Unavailable)(said)
    raise Unavailable(
        f"the {ending} could not be written (the process ended with {ended.returncode}); take another form"
    )


def main() -> int:
    """Read a document from standard input, write its form to standard output."""
    briefing: Briefing = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own parent
    try:
        content = written(briefing, sys.argv[1])
    except InterlockError as exc:
        sys.stderr.write(str(exc))
        return BAD_INPUT if isinstance(exc, BadInput) else UNAVAILABLE
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
