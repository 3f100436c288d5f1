"""Trying a file over HTTP: what the pages do, for programs."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from governed import House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tokens import create_token
from interlock.surfaces.api.app import build_api
from interlock.terms.person import Person
from interlock.wiring.server import opened_server
from quick_trials import quick_trials

TRIES = "/v1/tries"


@pytest.fixture
def ask(house: House, tmp_path: Path) -> Iterator[Any]:
    """Asks as the holder of a token of a role."""
    tokens = {
        role: create_token(
            house.store, role, [role_at(role)], by=Person("Eli Sand"), clock=house.clock, randomness=os.urandom
        )
        for role in ("leader", "value-owner", "auditor")
    }
    house.store.close()
    with opened_server(str(house.path)) as server:
        trials = quick_trials(tmp_path, server.site.rt.clock)
        client = TestClient(build_api(replace(server.served, trials=trials)), base_url="http://127.0.0.1")

        def asked(method: str, path: str = "", as_: str = "leader", **more: Any) -> Any:
            headers = {"authorization": f"Bearer {tokens.get(as_, as_)}"}
            return client.request(method, f"{TRIES}{path}", headers=headers, **more)

        yield asked
        trials.close()


def ended(ask: Any, path: str) -> Any:
    for _ in range(400):
        told = ask("GET", path).json()
        if told["state"] not in {"waiting", "running"}:
            return told
        time.sleep(0.02)
    raise AssertionError(told)


def test_a_file_is_tried_mended_read_and_deleted_by_its_owner_alone(ask: Any) -> None:
    begun = ask("POST", files={"file": ("cases.csv", b"fine")}, data={"budget": "0.05"})
    path = f"/{begun.json()['id']}"
    refused = ended(ask, path)
    assert (begun.status_code, begun.json()["file"], begun.json()["asked"]["budget"]) == (202, "cases.csv", 0.05)
    assert (refused["state"], refused["words"]) == ("refused", "cases.csv: name the column with --label")
    assert ask("GET", f"{path}/report").status_code == 404
    assert ask("POST", f"{path}/again", json={"label": "queue"}).status_code == 202
    done = ended(ask, path)
    assert (done["headline"], "owner" in done) == ("32 % of it, proved", False)
    assert ask("GET", f"{path}/report").text.endswith("report")
    assert ask("GET", f"{path}/evaluation").json() == {}
    assert [one["id"] for one in ask("GET").json()] == [done["id"]]

    reads = [ask("GET", f"{path}{what}", "value-owner") for what in ("", "/report", "/evaluation")]
    others = [*reads, ask("POST", f"{path}/cancel", "value-owner"), ask("DELETE", path, "value-owner")]
    assert [answer.status_code for answer in others] == [404] * 5
    assert ask("GET", "", "value-owner").json() == []
    assert ask("DELETE", path).status_code == 204
    assert ask("GET", path).status_code == 404


def test_whoever_may_not_try_and_what_cannot_be_tried_is_refused_in_words(ask: Any) -> None:
    assert ask("POST", "/sample", "auditor", json={}).status_code == 403
    assert ask("GET", "", "auditor").status_code == 403
    with pytest.MonkeyPatch.context() as patch:  # a file is as large as a disk: who sends it is asked first
        patch.setattr("starlette.requests.Request.form", lambda *_, **__: pytest.fail("it was read"))
        sent = [ask("POST", "", as_, files={"file": ("cases.csv", b"fine")}) for as_ in ("a guess", "auditor")]
    assert [answer.status_code for answer in sent] == [401, 403]
    empty = ask("POST", files={"file": ("cases.csv", b"")})
    assert (empty.status_code, empty.json()["detail"].startswith("the file is empty")) == (400, True)
    assert ask("POST", data={"budget": "0.05"}).status_code == 400
    assert ask("POST", "/sample", json={"budget": 7}).status_code == 400
    assert ask("POST", "/sample", json={"labels": "x"}).status_code == 400


def test_work_is_cancelled(ask: Any) -> None:
    path = f"/{ask('POST', files={'file': ('cases.csv', b'long')}).json()['id']}"
    cancelled = ask("POST", f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
