"""The two files of a report, KIND.html and KIND.json: both or neither, and never somebody else's."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from rich.text import Text

from interlock.engine.ledger.canonical import plain
from interlock.surfaces.cli.outputs import check_room, staged
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.story import Story

SCHEMA_VERSION = 1


def check_outputs(out: Path, kind: str) -> None:
    """Refuse, before any work, a folder that cannot be used or holds files of these names by somebody else.

    Raises BadInput; Unavailable where it may not be written in.
    """
    check_room(out)
    names = (f"{kind}.html", f"{kind}.json")
    if any((out / name).exists() for name in names) and not _ours(out / names[1], kind):
        raise BadInput(
            f"--out {out}: holds a {names[0]} or {names[1]} that Interlock did not write; name another folder"
        )


def _ours(figures: Path, kind: str) -> bool:
    try:
        content = json.loads(figures.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "interlock_version" in content and content.get("kind") == kind


def figures(box: Toolbox, kind: str, *, simulated: bool = False, **parts: Any) -> dict[str, Any]:
    """The content of KIND.json: what it is, whether it was simulated, when it was made, and its parts."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "interlock_version": box.version,
        "created_at": box.clock().isoformat(timespec="seconds"),
        "simulated": simulated,
        **{name: plain(part) for name, part in parts.items()},
    }


def vars_of(term: Any) -> dict[str, Any]:
    """The fields of a frozen record by name."""
    return {field.name: getattr(term, field.name) for field in dataclasses.fields(term)}


def write_report(box: Toolbox, out: Path, story: Story, content: dict[str, Any]) -> Path:
    """Write both files; returns the report's path. Raises Unavailable where the disk refuses; then none is there."""
    kind = content["kind"]
    with staged(out, (f"{kind}.html", f"{kind}.json")) as staging:
        box.reports().story(story, staging / f"{kind}.html")
        box.write_text(staging / f"{kind}.json", as_text(content))
    return out / f"{kind}.html"


def as_text(content: dict[str, Any]) -> str:
    """JSON as it is written and printed."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def tell(box: Toolbox, story: Story, report: Path, content: dict[str, Any], *, as_json: bool, quiet: bool) -> None:
    """Print the figures as JSON, or the conclusion, what it rests on, and where the report is."""
    if as_json:
        box.out.file.write(as_text(content))
        box.out.file.flush()
        return
    box.out.print(Text(printable(story.title), style="bold"), soft_wrap=True)
    if not quiet:
        for line in story.summary:
            box.out.print(Text(f"- {printable(line)}"), soft_wrap=True)
    box.out.print(Text(f"Report: {printable(str(report))}"), soft_wrap=True)
