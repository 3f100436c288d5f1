"""Where a part of a YAML file stands."""

import yaml


def line_of(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line of the innermost part of a location that the file holds, from 1."""
    line = 1
    for part in location:
        found = _child(node, part)
        if found is None:
            break
        line, node = found
    return line


def node_at(node: yaml.Node | None, location: tuple[int | str, ...]) -> yaml.Node | None:
    """The part at a location, where the file holds it."""
    for part in location:
        found = _child(node, part)
        if found is None:
            return None
        _, node = found
    return node


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    return None
