"""Any request that the description of the API allows, and many that it does not: no failure of ours, and every answer
is one that the description names.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks

from governed import House
from interlock.flows.access.tokens import create_token
from interlock.terms.access import Role
from interlock.terms.person import Person
from interlock.wiring.run_time import open_address
from interlock.wiring.server import opened_server

EXAMPLES = 8  # for each operation; `make bench` asks many more
CHECKS = [checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance]


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = str(a_live_workflow(tmp_path_factory.mktemp("api")))
    token = first_token(path)
    with opened_server(path) as server:
        loaded = schemathesis.openapi.from_asgi("/v1/openapi.json", server.api)
        loaded.config.update(headers={"Authorization": f"Bearer {token}"})
        yield loaded


def a_live_workflow(folder: Path) -> Path:
    house = House(folder)
    house.define()
    house.certificate()
    house.shadow(60)
    house.judge()
    house.promote()
    house.store.close()
    return house.path


def first_token(path: str) -> str:
    opened = open_address(path)
    try:
        by = Person("Ana Ruiz")
        return create_token(opened.store, "any", list(Role), by=by, clock=opened.clock, randomness=os.urandom)
    finally:
        opened.close()


def test_any_request_is_answered(schema: Any) -> None:
    wrong = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        try:
            _asked(operation)
        except Exception as exc:  # noqa: BLE001 - one by one: an operation that fails hides no other
            wrong[operation.label] = "; ".join(map(str, getattr(exc, "exceptions", [exc])))[:600]
    assert wrong == {}


def _asked(operation: Any) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    ask()
