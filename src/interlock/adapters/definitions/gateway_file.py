"""Reading a gateway file; an error names the file, the line, the field and the mend."""

from collections.abc import Callable, Iterable
from pathlib import Path

from interlock.adapters.definitions.gateway_schema import GatewayFile
from interlock.adapters.definitions.places import line_of
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed
from interlock.adapters.packs.written_part import not_yet, written_part
from interlock.terms.gateway.definition import GatewayDefinition, GatewayFault

GatewayCheck = Callable[[GatewayDefinition], Iterable[GatewayFault]]

KIND = "a gateway definition is a short YAML file"
WHAT = "gateway definition"


def read_gateway(path: Path, check: GatewayCheck) -> GatewayDefinition:
    """The gateway's definition in a YAML file; `check` finds what its parts do not show each by itself.

    Raises BadInput with every fault of the file.
    """
    return gateway_in(str(path), text_of(path, ending=".yaml", kind=KIND), check)


def gateway_in(name: str, text: str, check: GatewayCheck) -> GatewayDefinition:
    """The same in a text; `name` is what its faults call it. Raises BadInput with every one."""
    definition = written_part(name, text, GatewayFile, what=WHAT).definition()
    faults = list(check(definition))
    if faults:
        node, _ = parsed(name, text)
        placed = sorted((line_of(node, one.location), ".".join(map(str, one.location)), one.words) for one in faults)
        raise not_yet(name, WHAT, [f"{name}:{line}: {field}: {words}" for line, field, words in placed])
    return definition
