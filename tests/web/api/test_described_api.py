"""The description of the API is a valid one, and whole: a program is told of everything that it may meet."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from interlock.surfaces.api.examples import EXAMPLES
from interlock.surfaces.api.meanings import MEANINGS
from interlock.wiring.server import opened_server

Operations = dict[str, tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with opened_server(str(tmp_path_factory.mktemp("described") / "store.db")) as server:
        told: dict[str, Any] = TestClient(server.api, base_url="http://localhost").get("/v1/openapi.json").json()
    return told


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> Operations:
    every = [(path, one) for path, methods in document["paths"].items() for one in methods.values()]
    by_id = {one["operationId"]: (path, one) for path, one in every}
    assert len(by_id) == len(every) > 100, "two operations have one name"
    return by_id


def test_it_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(Draft202012Validator(OPENAPI_31).iter_errors(document)) == []


def test_every_operation_is_told_whole(document: dict[str, Any], operations: Operations) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    areas = {one["name"] for one in document["tags"] if one["description"]}
    lacking = [
        name
        for name, (path, one) in operations.items()
        if not (re.fullmatch(r"[a-z]+(_[a-z]+)+", name) and one["summary"] and one["description"])
        or not areas.issuperset(one["tags"])
        or any(answer["content"] != problem for status, answer in one["responses"].items() if status[0] != "2")
        or ("401" in one["responses"]) == path.startswith("/v1/health/")
        or ("security" in one) == path.startswith(("/v1/health/", "/v1/hooks/kill/"))
    ]
    assert lacking == []
    assert len(document["tags"]) == len(areas)


def test_whatever_is_sent_has_a_meaning(document: dict[str, Any], operations: Operations) -> None:
    schemas = document["components"]["schemas"]
    asked = {(name, one["name"]) for name, (_, said) in operations.items() for one in said.get("parameters", ())}
    members = {(name, member) for name, schema in schemas.items() for member in schema.get("properties", {})}
    silent = [f"{name}.{member}" for name, member in members if not schemas[name]["properties"][member]["description"]]
    assert silent == []
    known = {".".join(one) for one in asked | members} | {one for _, one in asked | members}
    assert sorted(MEANINGS.keys() - known) == [], "nothing is called that"


def test_every_body_has_an_example_that_may_be_sent(document: dict[str, Any], operations: Operations) -> None:
    sent = {
        name: one["requestBody"]["content"]["application/json"]
        for name, (_, one) in operations.items()
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }
    assert sent.keys() == EXAMPLES.keys()
    components = {"components": document["components"]}
    wrong = {
        name: [
            fault.message
            for fault in Draft202012Validator(content["schema"] | components).iter_errors(content["example"])
        ]
        for name, content in sent.items()
    }
    assert {name: faults for name, faults in wrong.items() if faults} == {}
