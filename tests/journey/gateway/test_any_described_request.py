"""Requests drawn from an authored description of the wire formats: valid ones, and ones that break it in one place."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from gateway_gate import Gate

EXAMPLES = 8
CHECKS = [checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance]

TEXT = {"type": "string", "maxLength": 200}
TEXTS = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 3}
SMALL = {"type": "integer", "minimum": 1, "maximum": 100}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
SCHEMA = {"type": "object", "properties": {"type": {"const": "object"}}, "required": ["type"], "maxProperties": 3}
FUNCTION = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": "^[a-z]{1,9}$"}, "parameters": SCHEMA},
}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


def _messages(*roles: str) -> dict[str, Any]:
    one = _object("role content", role={"enum": roles}, content=TEXT)
    return {"type": "array", "items": one, "minItems": 1, "maxItems": 4}


def _model(*names: str) -> dict[str, Any]:
    return {"enum": [*names, "auto", "unheard-of"]}


CHAT_TOOL = _object("type function", type={"const": "function"}, function={**FUNCTION, "required": ["name"]})
MESSAGE_TOOL = _object("name input_schema", name={"type": "string", "pattern": "^[a-z]{1,9}$"}, input_schema=SCHEMA)
BODIES = {
    "chat/completions": _object(
        "model messages", model=_model("small", "claude"), messages=_messages("system", "user", "assistant"),
        temperature=SHARE, max_tokens=SMALL, stream={"type": "boolean"}, n=SMALL, stop=TEXTS,
        tools={"type": "array", "items": CHAT_TOOL, "maxItems": 2},
    ),
    "responses": _object(
        "model input", model=_model("small"), input={"anyOf": [TEXT, _messages("system", "user", "assistant")]},
        instructions=TEXT, max_output_tokens=SMALL, temperature=SHARE, stream={"type": "boolean"},
    ),
    "embeddings": _object(
        "model input", model=_model("embed"), input={"anyOf": [TEXT, TEXTS]},
        encoding_format={"enum": ["float", "base64"]},
    ),
    "messages": _object(
        "model messages max_tokens", model=_model("claude", "small"), messages=_messages("user", "assistant"),
        max_tokens=SMALL, system=TEXT, temperature=SHARE, stream={"type": "boolean"}, stop_sequences=TEXTS,
        tools={"type": "array", "items": MESSAGE_TOOL, "maxItems": 2},
    ),
}  # fmt: skip


def _described() -> dict[str, Any]:
    whole: dict[str, Any] = {"application/json": {}}
    events: dict[str, Any] = {**whole, "text/event-stream": {}}
    answers: dict[str, Any] = {"200": {"description": "answered", "content": events}}
    for status in ("400", "401", "403", "404", "413", "429"):
        answers[status] = {"description": "refused", "content": whole}
    paths: dict[str, Any] = {}
    for path, body in BODIES.items():
        content = {"required": True, "content": {"application/json": {"schema": body}}}
        paths[f"/v1/{path}"] = {"post": {"requestBody": content, "responses": answers}}
    return {"openapi": "3.1.0", "info": {"title": "authored for tests", "version": "1"}, "paths": paths}


def test_any_request_is_answered(gate: Gate) -> None:
    described: Any = schemathesis.openapi.from_dict(_described())
    described.config.update(headers={"Authorization": f"Bearer {gate.keys['plain']}"}, base_url=gate.address)
    wrong = {}
    for result in described.get_all_operations():
        operation = result.ok()
        try:
            _asked(operation)
        except Exception as exc:  # noqa: BLE001 - one by one: an operation that fails hides no other
            wrong[operation.label] = "; ".join(map(str, getattr(exc, "exceptions", [exc])))[:900]
    assert wrong == {}
    assert len(gate.upstream.received) >= EXAMPLES  # else nothing but refusals was looked at


def _asked(operation: Any) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()
