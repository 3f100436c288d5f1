"""An authored OpenAPI document and tool list, each operation of which has one thing to find."""

import json
from pathlib import Path
from typing import Any

from interlock.adapters.inventory import read_interfaces
from interlock.adapters.packs.inventory_rules import inventory_pack
from interlock.engine.inventory.audit import audit
from interlock.terms.inventory import Audited

PACK = inventory_pack()
SECURED: list[dict[str, list[str]]] = [{"bearer": []}]


def document(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop"},
        "servers": [{"url": "https://api.shop.example/v1"}],
        "security": SECURED,
        "paths": paths,
        **more,
    }


def answer(schema: Any) -> dict[str, Any]:
    return {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}


def tool(name: str, description: str = "", hints: dict[str, bool] | None = None, **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"id": {"type": "string", "maxLength": 9}}}
    found = {"name": name, "description": description, "inputSchema": schema, **more}
    return found if hints is None else {**found, "annotations": hints}


def audited(folder: Path, content: Any, name: str = "shop.json") -> dict[str, Audited]:
    """What is said of each operation, by its name."""
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return {one.operation.name: one for one in audit(read_interfaces([folder / name]).operations, PACK)}


def one(folder: Path, operation: dict[str, Any], name: str = "POST /orders", **more: Any) -> Audited:
    """What is said of one operation of a document."""
    method, path = name.split(" ")
    return audited(folder, document({path: {method.lower(): operation}}, **more))[name]


def rules(found: Audited) -> set[str]:
    return {finding.rule for finding in found.findings}
