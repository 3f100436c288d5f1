"""Writes http-api.md from the server's own description: python docs/reference/generate_http_api.py.

A test compares the page with what this makes of the present routes.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from interlock.surfaces.api import app as api
from interlock.surfaces.api.served import Needs
from interlock.wiring.server import opened_server

ENTRY_MAX = 2**62  # what the store can count to: no limit to a reader
PAGE = Path(__file__).with_name("http-api.md")
OPENING = """# HTTP API

Made by `docs/reference/generate_http_api.py` from the server itself; do not edit. The same for machines:
`/v1/openapi.json` of a server (OpenAPI 3.1), from which clients can be generated; an operation keeps its name. How to
use it: [Serve a store, and connect to it](../how-to/serve-and-connect.md). Which of these does what a page does:
[Pages and roles](pages.md).

Requests and answers are JSON. Send `Authorization: Bearer TOKEN`. Each route says which permission it takes, and which
roles have that; a role that is held in one tenant or workflow reaches what lies in it. Errors are problem details
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): `detail` says what happened and what to do next, and the last part
of `type` tells problems apart:

| `type` ends in | status | means |
| --- | --- | --- |
| `bad-input` | 400, 405, 415 | it cannot be used (405: its method, 415: no UTF-8); `faults` names the places |
| `unauthorized` | 401 | no token, or none that is known |
| `forbidden` | 403 | no role of the token has the permission here, or another's name was given |
| `not-found` | 404 | there is no such thing, or nothing that the token's roles reach |
| `refused` | 409 | a rule of the house refused what a person wanted |
| `gone` | 410 | nothing waits under that name any more |
| `too-large` | 413 | a request holds at most 1 MiB |
| `unexpected` | 500 | the server failed; whether it was done is not known |
| `unavailable` | 503 | the store cannot be reached: nothing was applied |
"""


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder, opened_server(f"{folder}/store.db") as server:
        return OPENING + "".join(_areas(server.api))


def _areas(app: FastAPI) -> Iterator[str]:
    described = app.openapi()
    for area in described["tags"]:
        yield f"\n## {area['name'].capitalize()}\n\n{area['description']}\n"
        for module in api.AREAS:
            for route in module.routes.routes:
                if isinstance(route, APIRoute) and area["name"] in route.tags:
                    yield from _route(route, described)


def _route(route: APIRoute, described: dict[str, Any]) -> Iterator[str]:
    method = "".join(route.methods or ())  # each has one
    operation = described["paths"][f"/v1{route.path}"][method.lower()]
    needed = [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs)]
    roles = f"`{needed[0].permission}` ({', '.join(needed[0].roles)})" if needed else "anybody, without a token"
    yield f"\n### {method} /v1{route.path}\n\n{operation['description']}\n\nFor: {roles}."
    yield f" Operation: `{operation['operationId']}`.\n"
    rows = [*_parameters(operation), *_body(operation, described)]
    if rows:
        yield "\n| name | holds | needed | meaning |\n| --- | --- | --- | --- |\n"
        yield from rows
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" in content:
            yield f"\n```json\n{json.dumps(content['example'], ensure_ascii=False)}\n```\n"


def _parameters(operation: dict[str, Any]) -> Iterator[str]:
    for one in operation.get("parameters", ()):
        yield _row(f"{one['name']} ({one['in']})", one["schema"] | one, needed=one["required"])


def _body(operation: dict[str, Any], described: dict[str, Any]) -> Iterator[str]:
    if "requestBody" in operation:
        (content,) = operation["requestBody"]["content"].values()  # JSON, or a form that holds a file
        yield from _members(content["schema"], described, "")


def _members(schema: dict[str, Any], described: dict[str, Any], prefix: str) -> Iterator[str]:
    held = _resolved(schema, described)
    for name, member in held.get("properties", {}).items():
        yield _row(prefix + name, member, needed=name in held.get("required", ()))
        for inner in (member, member.get("items", {}), *member.get("anyOf", ())):
            if "$ref" in inner and "properties" in _resolved(inner, described):
                mark = "[]." if member.get("type") == "array" else "."
                yield from _members(inner, described, f"{prefix}{name}{mark}")


def _resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _row(name: str, schema: dict[str, Any], *, needed: bool) -> str:
    default = schema.get("default")
    absent = "yes" if needed else "no" if default in (None, "", {}, [], ENTRY_MAX) else f"no: {default}"
    return f"| `{name}` | {_kind(schema)} | {absent} | {schema.get('description', '')} |\n"


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].removesuffix("Body")
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "maxLength": "at most"}
    said = [f"{sign} {schema[name]:g}" for name, sign in limits.items() if schema.get(name, ENTRY_MAX) < ENTRY_MAX]
    return " ".join([schema.get("type", "any"), *said])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
