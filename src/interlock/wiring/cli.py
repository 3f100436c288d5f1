"""The entry point of the command line: what ends it, in words and as an exit status."""

import json
import os
import signal
import sys
from typing import TextIO

from interlock.terms.errors import BadInput, InterlockError, Unavailable

EXIT_BAD_INPUT = 2
EXIT_UNAVAILABLE = 3
EXIT_REFUSED = 4
EXIT_STOPPED = 128 + signal.SIGINT
EXIT_PIPE_CLOSED = 141  # 128 + SIGPIPE, as a shell reports it; Windows has no such signal
EXTRAS = {
    "numpy": "oversight",
    "scipy": "oversight",
    "sklearn": "try",
    "threadpoolctl": "try",
    "duckdb": "try",
    "httpx": "try",
    "sentence_transformers": "embeddings",
    "cryptography": "operate",
    "fastapi": "server",
    "uvicorn": "server",
    "argon2": "server",
    "pyotp": "server",
    "segno": "server",
    "cedarpy": "policy",
    "alembic": "operate",
    "sqlalchemy": "operate",
    **dict.fromkeys(
        ("aiohttp", "httptools", "httpx2", "joserfc", "mcp", "mcp_types", "msgspec", "re2", "uvloop"), "gateway"
    ),
}
OF_THE_GATEWAY = (["gateway"], ["mcp"], ["tools"], ["demo", "gateway"], ["demo", "model"])


def main() -> None:
    """Run the command line and end the process with its exit status."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal that lacks a character must not end the work
    try:
        status = _run()
    except KeyboardInterrupt:  # before or after the command itself
        status = _fail("stopped.", EXIT_STOPPED)
    sys.exit(status)


def _run() -> int:
    from interlock.surfaces.cli.ending import PipeClosed, Stopped

    try:
        return _called()
    except SystemExit as exc:
        return _flushed(exc.code)
    except InterlockError as exc:
        return _fail(str(exc), _status_of(exc))
    except Stopped as exc:
        return _fail(str(exc), EXIT_STOPPED)
    except (PipeClosed, BrokenPipeError):
        _drop(sys.stdout)
        return EXIT_PIPE_CLOSED
    except OSError as exc:  # what no adapter has put into words, above all an output on a full disk
        return _refused_by_the_system(exc)
    except MemoryError:
        return _fail("not enough memory; nothing was written. Try fewer rows: --rows-max 50000", EXIT_UNAVAILABLE)
    except ModuleNotFoundError as exc:
        module = (exc.name or "").partition(".")[0]
        if module not in EXTRAS:
            raise
        return _fail(f"{module} is not installed: pip install 'interlock[{_extra_of(module)}]'", EXIT_UNAVAILABLE)


def _extra_of(module: str) -> str:
    """What to install for it; commands that need more name all of it, not one part after the other."""
    extra, command = EXTRAS[module], sys.argv[1:2]
    if command in OF_THE_GATEWAY or sys.argv[1:3] in OF_THE_GATEWAY:
        return "gateway"
    if command == ["serve"]:
        return "server,try" if "--demo" in sys.argv else "server"
    return "try" if extra == "oversight" and command in (["try"], ["demo"]) else extra


def _called() -> int:
    """Run the command. For a program Typer must not print its own errors, in a frame and for people."""
    from typer import Abort

    from interlock.surfaces.cli.app import build_app
    from interlock.wiring.toolbox import build_toolbox

    try:
        ended = build_app(*sys.argv[1:2])(
            obj=build_toolbox(), prog_name="interlock", standalone_mode=not _for_a_program()
        )
    except Exception as exc:
        said = getattr(exc, "format_message", None)  # of Typer's usage errors, whose module differs by its version
        if isinstance(exc, Abort):  # a question that nobody answers
            return _fail("stopped.", EXIT_STOPPED)
        if said is None:
            raise
        return _fail(said(), EXIT_BAD_INPUT)
    sys.stdout.flush()
    return ended if isinstance(ended, int) else 0


def _for_a_program() -> bool:
    return "--json" in sys.argv[1:]


def _status_of(error: InterlockError) -> int:
    if isinstance(error, BadInput):
        return EXIT_BAD_INPUT
    return EXIT_UNAVAILABLE if isinstance(error, Unavailable) else EXIT_REFUSED


def _open_closed_streams() -> None:
    """Where a shell has closed one (`>&-`), Python has none; what is written there is for nobody."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _refused_by_the_system(exc: OSError) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)
    place = exc.filename or "what was to be shown could not be written"
    return _fail(f"{place}: {exc.strerror or exc}", EXIT_UNAVAILABLE)


def _flushed(code: object) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop(sys.stdout)
        return EXIT_PIPE_CLOSED
    except OSError as exc:
        return _refused_by_the_system(exc)
    return code if isinstance(code, int) else 0 if code is None else 1


def _fail(message: str, status: int) -> int:
    words = "".join(char if char.isprintable() or char == "\n" else " " for char in message)
    told = (
        json.dumps({"error": words, "status": status}, ensure_ascii=False)
        if _for_a_program()
        else f"interlock: {words}"
    )
    try:
        sys.stderr.write(f"{told}\n")
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)
    return status


def _drop(stream: TextIO) -> None:
    """Point a stream whose reader is gone at nothing, or Python complains at its exit."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())


if __name__ == "__main__":
    main()
