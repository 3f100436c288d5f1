"""A definition file and every error in it, as findings with their places."""

import re
from pathlib import Path

import yaml

from interlock.adapters.definitions.meanings import meanings
from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_file import PolicyCheck, read_definition
from interlock.terms.errors import BadInput
from interlock.terms.flaw import CheckedDefinition, Flaw, Location, Severity

# As read_definition writes each of them: FILE:LINE: FIELD: WORDS; MEND
_FAULT = re.compile(r"^ *(?P<file>.+?):(?P<line>\d+): (?:(?P<field>[\w.() -]{1,120}): )?(?P<words>.+)$")


def check_definition(path: Path, check: PolicyCheck | None = None) -> CheckedDefinition:
    """The definition or its errors. Raises BadInput where the file cannot be read at all."""
    text = text_of(path, ending=".yaml", kind="a definition is a short YAML file")
    try:
        definition = read_definition(path, check)
    except BadInput as exc:
        return CheckedDefinition(str(path), None, _flaws(path, str(exc)), _first_line)
    node = yaml.compose(text, Loader=yaml.SafeLoader)

    def place(location: Location) -> int:
        return line_of(node, location)

    return CheckedDefinition(str(path), definition, (), place)


def _first_line(location: Location) -> int:
    del location  # there is no definition to find a place in
    return 1


def _flaws(path: Path, words: str) -> tuple[Flaw, ...]:
    head, *faults = words.splitlines()
    return tuple(_flaw(path, line) for line in faults or [head])


def _flaw(path: Path, line: str) -> Flaw:
    found = _FAULT.match(line)
    if found is None:
        return Flaw(Severity.ERROR, str(path), 0, "", line.strip(), "", "")
    problem, _, mend = found["words"].partition("; ")
    return Flaw(
        Severity.ERROR,
        found["file"],
        int(found["line"]),
        found["field"] or "",
        problem,
        _why(found["field"] or ""),
        mend,
    )


def _why(field: str) -> str:
    """What the field is for; of one that is unknown, what the part above it is for."""
    named = ".".join(part for part in field.split(".") if not part.isdigit())
    while named and named not in meanings():
        named = named.rpartition(".")[0]
    return f"{named} says {meanings()[named].meaning}" if named else ""
