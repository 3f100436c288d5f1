"""The file that an interview writes: after every answer, so that whoever stops loses nothing."""

import itertools
import json
from pathlib import Path

from rich.text import Text

from interlock.engine.interview.course import open_fields
from interlock.engine.ledger.canonical import plain
from interlock.ports.drafts import Drafts
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.interview import Interview

SCHEMA_FILE = "workflow.schema.json"
_SCHEMA_LINE = "# yaml-language-server:"


class Keeper:
    """Writes one file, as often as it is told to, and the schema beside it where there is none.

    `opening` stands above the definition, a line each. `replaces`: a file that is there may be replaced.
    """

    def __init__(self, box: Toolbox, drafts: Drafts, path: Path, *, opening: tuple[str, ...], replaces: bool) -> None:
        self.path, self.written = path, False
        self.copy: Path | None = None  # where the file as it was is kept
        self._earlier = ""
        self._latest: Interview | None = None
        self._box, self._drafts, self._opening, self._replaces = box, drafts, opening, replaces

    def keep(self, interview: Interview) -> None:
        """Write what is known. Raises Unavailable where the disk refuses, after showing what would be lost."""
        text, self._latest = self.text(interview), interview
        try:
            if not self.written:
                self._begin()
            self._box.write_lines(self.path, [text.encode("utf-8")])
        except Unavailable:
            self._box.err.print(Text(f"What was said so far:\n\n{text}"), soft_wrap=True)
            raise
        self.written, self._latest = True, None

    def rescue(self) -> None:
        """Write what a person's Ctrl-C kept from being written."""
        if self._latest is not None:
            self.keep(self._latest)

    def save_first(self, earlier: str) -> None:
        """Keep a text that somebody wrote by hand under another name, once the file is written anew."""
        self._earlier = earlier

    def text(self, interview: Interview) -> str:
        """What `keep` would write."""
        unknown = open_fields(self._drafts.chapters(), interview)
        return self._drafts.text(interview.content, unknown, opening=self._opening)

    def _begin(self) -> None:
        if not self._replaces and self.path.exists():  # it came while somebody was answering
            self.path = _free(self.path, "new")
        if self._earlier:
            self.copy = _free(self.path, "before")
            self._box.write_lines(self.copy, [self._earlier.encode("utf-8")])
        schema = self.path.with_name(SCHEMA_FILE)
        if not schema.exists():
            shown = json.dumps(plain(self._box.definition_schema()), indent=2, ensure_ascii=False)
            self._box.write_lines(schema, [f"{shown}\n".encode()])


def place_for(path: Path, *, force: bool, go_on: bool) -> None:
    """Raises BadInput where the file cannot be written there, before anybody has answered anything."""
    if path.suffix not in {".yaml", ".yml"}:
        raise BadInput(f"{path}: the name of a definition ends in .yaml")
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it, such as {path / 'my-workflow.yaml'}")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent}; make it, or name a file in another one")
    if path.exists() and not force and not go_on:
        raise BadInput(
            f"{path} is there already, and is left as it is. Name another file, go on with this one by --continue, or "
            "replace it by --force"
        )


def opening_of(text: str) -> tuple[str, ...]:
    """The words above a definition that `init` wrote."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith(_SCHEMA_LINE):
            lines.append(line.removeprefix("#").strip())
    return tuple(lines)


def _free(path: Path, word: str) -> Path:
    names = (path.with_name(f"{path.stem}.{word}{'' if n == 1 else n}{path.suffix}") for n in itertools.count(1))
    return next(name for name in names if not name.exists())
