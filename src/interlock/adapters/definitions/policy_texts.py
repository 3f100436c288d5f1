"""Hand-written rules of a definition: in the file itself, or in files that it names. Their text is what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from interlock.adapters.definitions.places import line_of, node_at
from interlock.adapters.definitions.text_file import text_of
from interlock.terms.errors import BadInput

ENDING = ".cedar"
LIMITS, TRAFFIC = ("limits", "policy"), ("traffic", "policy")


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text of rules, and where it stands: in `file`, `before` lines after its beginning; `field` names the entry."""

    text: str
    file: Path
    before: int = 0
    field: str = ""

    def place(self, line: int) -> str:
        """Where a line of the text stands, for a message."""
        return f"{self.file}:{self.before + line}" + (f": {self.field}" if self.field else "")


def policy_texts(
    path: Path, node: yaml.Node | None, entries: Sequence[str], *, at: tuple[str, str] = LIMITS
) -> tuple[list[PlacedText], list[str]]:
    """The texts of a list of rules, and what is wrong with them. A name that ends in .cedar is a file beside `path`."""
    texts, faults = [], []
    for number, entry in enumerate(entries):
        location = (*at, number)
        field, line = ".".join(map(str, location)), line_of(node, location)
        try:
            texts.append(_named(path, entry) or _written(path, node_at(node, location), entry, line, field))
        except BadInput as exc:
            faults.append(f"{path}:{line}: {field}: {exc}")
    return texts, faults


def _named(path: Path, entry: str) -> PlacedText | None:
    name = entry.strip()
    if "\n" in name or not name.endswith(ENDING):
        return None
    file = path.parent / name
    return PlacedText(text_of(file, ending=ENDING, kind="rules are short; split them into several files"), file)


def _written(path: Path, node: yaml.Node | None, entry: str, line: int, field: str) -> PlacedText:
    if isinstance(node, yaml.ScalarNode):
        if node.style == "|":
            return PlacedText(entry, path, line, field)
        if node.end_mark.line > node.start_mark.line:  # YAML makes one line of it, and a comment would swallow the rest
            raise BadInput(f"has several lines; write them after `|`, or into a file that ends in {ENDING}")
    return PlacedText(entry, path, line - 1, field)
