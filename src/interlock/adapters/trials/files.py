"""What stands in the folder of a trial: the file, what is asked, how far its process is, and what came out."""

import dataclasses
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.trial import TrialAsked

ASKED, PROGRESS, OUTCOME, REPORT, FIGURES = (
    "asked.json",
    "progress.json",
    "outcome.json",
    "report.html",
    "evaluation.json",
)
CASES = "cases"
NAME_MAX = 80
PIECE_BYTES = 1024 * 1024
PREFIX = "interlock-try-"


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all, since others read it at any time."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8", errors="replace")
    draft.replace(path)


def read_json(path: Path) -> Mapping[str, Any]:
    """What was written; empty where nothing was, or nothing that can be read."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def keep(content: BinaryIO, folder: Path, name: str, *, bytes_max: int) -> Path:
    """Write an upload into the folder of its trial. Raises BadInput where it is empty or too large, Unavailable."""
    path = folder / CASES / plain_name(name)
    size = 0
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with path.open("wb") as file:
            while piece := content.read(PIECE_BYTES):
                size += len(piece)
                if size > bytes_max:
                    raise BadInput(f"the file is larger than {bytes_max // 1024**2} MB: take a random part of its rows")
                file.write(piece)
    except OSError as exc:
        raise Unavailable(f"the file could not be kept while it is tried ({exc.strerror or exc}); try again") from exc
    if not size:
        raise BadInput("the file is empty, or none was chosen: choose one with past cases and their decisions")
    return path


def plain_name(name: str) -> str:
    """The last part of a name, in letters that every system takes; what a person called the file stays readable."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(char if char.isalnum() or char in "-_. " else "_" for char in last).strip(". ")
    return kept[-NAME_MAX:] or "cases"


def asked_as_json(asked: TrialAsked, *, sample: str | None) -> Mapping[str, Any]:
    """What the process is told; `sample` is the path of the authored sample where that is tried."""
    return {**dataclasses.asdict(asked), "sample": sample}


def asked_of(content: Mapping[str, Any]) -> tuple[TrialAsked, str | None]:
    """The same, read back."""
    sample = content["sample"]
    fields = {name: value for name, value in content.items() if name != "sample"}
    return TrialAsked(**{**fields, "text": tuple(fields["text"])}), sample


def own_folder(parent: Path) -> Path:
    """A new folder that only this user may open; those that servers left behind when they were killed are deleted."""
    for left in parent.glob(f"{PREFIX}*"):
        number = left.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and not _lives(int(number)) and left.stat().st_uid == os.getuid():
            delete(left)
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))


def delete(folder: Path) -> None:
    """Everything in it, and the folder."""
    shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
