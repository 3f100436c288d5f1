"""The description of the API for programs (OpenAPI 3.1): what routes do not say of themselves."""

import functools
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from interlock.surfaces.api.examples import EXAMPLES
from interlock.surfaces.api.meanings import MEANINGS
from interlock.surfaces.api.problems import MEDIA_TYPE

Json = dict[str, Any]
PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was not served (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "description": "urn:interlock:problem: and a kind, by which programs tell them apart",
        },
        "title": {"type": "string", "description": "The words of the status."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {"type": "string", "description": "For people: what happened, and what to do next."},
        "faults": {"type": "array", "items": {"type": "object"}, "description": "Places in the request."},
    },
}
# Where an answer may come from, in the order in which a request meets it.
ANSWERS: Mapping[str, str] = {
    "400": "The request cannot be used; `faults` names the places.",
    "401": "Nobody is known to be asking: no token, or none that is known.",
    "403": "Whoever asks is known, and may not.",
    "404": "There is no such thing, or nothing that the caller's roles reach.",
    "409": "A rule of the house refused it; nothing was done.",
    "410": "Nothing waits under that name any more.",
    "413": "The request is larger than may be sent at once.",
    "503": "The store cannot be reached: nothing was done.",
}
NEVER_ANSWERED = ("HTTPValidationError", "ValidationError")  # what cannot be used is a problem like all others
ANYTHING_ELSE = "What else went wrong, and what to do next."


def operation_id(route: APIRoute) -> str:
    """The name by which programs know an operation: it stays when its address changes."""
    return route.name


def describe(app: FastAPI, areas: Iterable[ModuleType]) -> None:
    """Have the application described in full. `areas` are the modules of its routes."""
    plain, tags = app.openapi, _tags(areas)

    @functools.cache  # made when it is first asked for: a server starts without it
    def openapi() -> Json:
        document = plain()
        document["tags"] = tags
        schemas = document["components"]["schemas"]
        for name in NEVER_ANSWERED:
            schemas.pop(name, None)
        for name, schema in schemas.items():
            _explain(schema.get("properties", {}), name)
        schemas["Problem"] = dict(PROBLEM)
        for path, methods in document["paths"].items():
            for operation in methods.values():
                _complete(path, operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _tags(areas: Iterable[ModuleType]) -> list[Json]:
    words: dict[str, list[str]] = {}
    for area in areas:
        words.setdefault(str(area.routes.tags[0]), []).append((area.__doc__ or "").strip())
    return [{"name": name, "description": " ".join(said)} for name, said in words.items()]


def _explain(members: Mapping[str, Json], schema: str) -> None:
    """Say what each member means that does not say it itself."""
    for name, member in members.items():
        if not member.get("description"):
            member["description"] = MEANINGS.get(f"{schema}.{name}") or MEANINGS[name]


def _complete(path: str, operation: Json) -> None:
    name = operation["operationId"]
    operation["summary"] = name.replace("_", " ").capitalize()
    for asked in operation.get("parameters", ()):
        if not asked.get("description"):
            said = asked["schema"].get("description")
            asked["description"] = said or MEANINGS.get(f"{name}.{asked['name']}") or MEANINGS[asked["name"]]
    if name in EXAMPLES:
        operation["requestBody"]["content"]["application/json"]["example"] = EXAMPLES[name]
    answers = operation["responses"]
    answers.pop("422", None)
    for status in _possible(path, operation):
        answers[status] = _problem(ANSWERS[status])
    answers["default"] = _problem(ANYTHING_ELSE)


def _possible(path: str, operation: Json) -> tuple[str, ...]:
    """The statuses that may answer an operation beside its success, without those of no account (500)."""
    sends, asks = "requestBody" in operation, bool(operation.get("parameters"))
    possible = {
        "400": sends or asks,
        "401": "security" in operation or "hooks" in operation["tags"],
        "403": "security" in operation,
        "404": "{" in path or sends or asks,
        "409": sends,
        "410": path.startswith("/v1/steps/"),
        "413": sends,
        "503": path != "/v1/health/live",
    }
    return tuple(status for status, may_be in possible.items() if may_be)


def _problem(words: str) -> Json:
    return {"description": words, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
