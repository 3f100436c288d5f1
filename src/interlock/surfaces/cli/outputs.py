"""The two files of a report: both or neither, and never somebody else's."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evaluation import Evaluation

REPORT = "report.html"
FIGURES = "evaluation.json"


def check_folder(out: Path) -> None:
    """Refuse, before any work, a folder in which these names belong to somebody else.

    Raises BadInput; Unavailable where the folder may not be written in.
    """
    check_room(out)
    if any((out / name).exists() for name in (REPORT, FIGURES)) and not _ours(out / FIGURES):
        raise BadInput(
            f"--out {out}: holds a {REPORT} or {FIGURES} that Interlock did not write; name another folder with --out"
        )


def check_room(out: Path) -> None:
    """Refuse what is no folder and cannot become one. Raises BadInput; Unavailable where it may not be written in."""
    try:
        nearest = next(place for place in (out, *out.absolute().parents) if place.exists())
    except (OSError, ValueError) as exc:
        raise BadInput(f"--out {out}: is no name for a folder ({getattr(exc, 'strerror', None) or exc})") from exc
    if not nearest.is_dir():
        place = "" if nearest == out else f"{nearest} "
        raise BadInput(f"--out {out}: {place}is a file; name a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Unavailable(f"--out {out}: you may not write in {nearest}; name another folder")


def _ours(figures: Path) -> bool:
    try:
        content = json.loads(figures.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "interlock_version" in content and "schema_version" in content


def write_outputs(box: Toolbox, out: Path, evaluation: Evaluation, content: dict[str, Any]) -> Path:
    """Write both files and return the report's path. Raises Unavailable where the disk refuses; then none is there."""
    with staged(out, (REPORT, FIGURES)) as staging:
        box.reports().evaluation(evaluation, staging / REPORT)
        box.write_text(staging / FIGURES, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return out / REPORT


@contextmanager
def staged(out: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """A folder to write files of these `names` in; when all are written they move to `out` together, else none does.

    Raises Unavailable where the disk refuses. Folders that had to be made for nothing are taken away again.
    """
    made = make_folder(out)
    try:
        staging = Path(tempfile.mkdtemp(prefix=".interlock-", dir=out))
        try:
            yield staging
            for name in names:
                (staging / name).replace(out / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except BaseException as exc:
        for folder in made:
            remove_if_empty(folder)
        if isinstance(exc, OSError):
            raise Unavailable(f"--out {out}: cannot be written ({exc.strerror or exc}); name another folder") from exc
        raise


def make_folder(out: Path) -> list[Path]:
    """Make it; returns the folders that had to be made, innermost first. Raises Unavailable."""
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise Unavailable(f"--out {out}: cannot be made ({exc.strerror or exc}); name another folder") from exc
    return missing


def remove_if_empty(folder: Path) -> None:
    """Take a folder away again; one that holds something stays."""
    try:
        folder.rmdir()
    except OSError:
        return  # somebody put something there in the meantime
