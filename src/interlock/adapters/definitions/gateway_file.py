"""Reading a gateway file; an error names the file, the line, the field and the mend."""

from pathlib import Path

from interlock.adapters.definitions.gateway_schema import GatewayFile
from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.packs.written_part import written_part
from interlock.terms.gateway.definition import GatewayDefinition

KIND = "a gateway definition is a short YAML file"


def read_gateway(path: Path) -> GatewayDefinition:
    """The gateway's definition in a YAML file. Raises BadInput with every fault of the file."""
    return gateway_in(str(path), text_of(path, ending=".yaml", kind=KIND))


def gateway_in(name: str, text: str) -> GatewayDefinition:
    """The same in a text; `name` is what its faults call it. Raises BadInput with every one."""
    return written_part(name, text, GatewayFile, what="gateway definition").definition()
