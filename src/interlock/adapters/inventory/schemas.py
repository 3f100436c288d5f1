"""The fields that schemas name, through references within one document."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from interlock.terms.inventory import Field

HOPS_MAX = 32  # of references that only lead to another reference
KNOWN_SHAPE = ("enum", "const", "format", "pattern", "maxLength")
PARTS = ("properties", "patternProperties", "definitions", "$defs", "dependentSchemas")


def encoded(node: Any) -> bytes:
    """One sequence of bytes for one content."""
    try:
        return orjson.dumps(node, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # whole numbers of more than 64 bits, which YAML holds
        return json.dumps(_with_texts(node), sort_keys=True).encode()


def _with_texts(node: Any) -> Any:
    """The same with keys, and what JSON does not have, as texts."""
    if isinstance(node, Mapping):
        return {str(key): _with_texts(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_texts(value) for value in node]
    return node if node is None or isinstance(node, str | int | float) else str(node)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema names itself, without what it refers to."""

    fields: tuple[tuple[str, bool], ...]
    refers_to: tuple[str, ...]


@dataclass(slots=True)
class Reached:
    """What a schema names with everything that it refers to."""

    fields: dict[str, bool] = field(default_factory=dict)
    refers_to: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)


class Schemas:
    """The schemas of one document, each looked at once."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._shapes: dict[str, Shape] = {}
        self._digests: dict[str, str] = {}

    def resolved(self, node: Any, unread: set[str]) -> Any:
        """The node, or what its `$ref` leads to; None (and a line in `unread`) where that is nowhere here."""
        for _ in range(HOPS_MAX):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            address = node["$ref"]
            node = self.at(address, unread)
        unread.add(f"{address}: leads only to other references")
        return None

    def at(self, address: str, unread: set[str]) -> Any:
        """What is at `#/a/b`. Other files and addresses are never fetched."""
        if not address.startswith("#"):
            unread.add(f"{address}: in another file, which is not fetched; bundle the document")
            return None
        node = self._document
        for part in address[1:].split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping):
                node = node.get(key)
            elif isinstance(node, list) and key.isdigit() and int(key) < len(node):
                node = node[int(key)]
            else:
                node = None
            if node is None:
                unread.add(f"{address}: there is nothing")
                return None
        return node

    def reached(self, schema: Any, into: Reached) -> None:
        """Add all fields that a schema names, through references of any depth; loops are walked once."""
        shape = shape_of(schema)
        waiting = list(shape.refers_to)
        _add(shape, into)
        while waiting:
            address = waiting.pop()
            if address in into.refers_to:
                continue
            into.refers_to.add(address)
            inner = self._shape_at(address, into.unread)
            _add(inner, into)
            waiting.extend(inner.refers_to)

    def digest(self, node: Any, refers_to: Iterable[str]) -> str:
        """SHA-256 (hex) over a node and everything that it reaches."""
        total = hashlib.sha256(encoded(node))
        for address in sorted(refers_to):
            if address not in self._digests:
                found = self.at(address, set())
                self._digests[address] = hashlib.sha256(encoded(found)).hexdigest()
            total.update(f"{address}={self._digests[address]};".encode())
        return total.hexdigest()

    def _shape_at(self, address: str, unread: set[str]) -> Shape:
        if address not in self._shapes:
            faults: set[str] = set()
            found = self.at(address, faults)
            unread |= faults
            if faults:
                return Shape((), ())  # said again for each operation that needs it
            self._shapes[address] = shape_of(found)
        return self._shapes[address]


def _add(shape: Shape, into: Reached) -> None:
    for name, bounded in shape.fields:
        into.fields[name] = into.fields.get(name, True) and bounded


def fields_of(reached: Reached, place: str) -> list[Field]:
    """As fields of one place."""
    return [Field(name, place, bounded) for name, bounded in reached.fields.items()]


def shape_of(schema: Any) -> Shape:
    """The fields that a schema names and the references in it; the schema is walked without calling itself."""
    fields: dict[str, bool] = {}
    refers_to: dict[str, None] = {}
    waiting: list[Any] = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
            continue
        if not isinstance(node, Mapping):
            continue
        address = node.get("$ref")
        if isinstance(address, str):
            refers_to[address] = None
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            for name, inner in properties.items():
                fields[str(name)] = fields.get(str(name), True) and bounded(inner)
        waiting.extend(_inner(node))
    return Shape(tuple(fields.items()), tuple(refers_to))


def _inner(node: Mapping[str, Any]) -> Iterable[Any]:
    for part in PARTS:
        inner = node.get(part)
        if isinstance(inner, Mapping):
            yield from inner.values()
    for part in ("items", "prefixItems", "allOf", "anyOf", "oneOf", "additionalProperties", "contains", "then", "else"):
        inner = node.get(part)
        if isinstance(inner, Mapping | list):
            yield inner


def bounded(schema: Any) -> bool:
    """Whether a text or list has an end that its schema says."""
    if not isinstance(schema, Mapping):
        return True
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "array" in kinds and not isinstance(schema.get("maxItems"), int):
        return False
    return "string" not in kinds or any(word in schema for word in KNOWN_SHAPE)
