"""Names of fields in another spelling: many readers of JSON do not tell capitals from small letters, and we do."""

from interlock.engine.gateway.wire.shapes import BODIES
from interlock.engine.gateway.wire.sightings import READ
from interlock.engine.gateway.wire.unsupported import NEVER

# What the gateway reads. Who takes `Model` for `model` reads another request than the one that was governed.
_BELOW = READ | {"role", "content", "text", "name", "function", "custom"}
_AT_TOP = _BELOW | NEVER | {field for body in BODIES.values() for field in body.__struct_fields__}


def is_other_spelling(name: str, *, at_top: bool) -> bool:
    """Whether a name is one that is read here in all but its capitals: `Model`, or `max_token\u017f` with a long s.

    `at_top`: whether it is one of the body's own.
    """
    governed = _AT_TOP if at_top else _BELOW
    return name not in governed and name.casefold() in governed
