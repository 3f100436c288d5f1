"""The API by token: what a role in one tenant or workflow reaches is all that it reaches."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api_desk import Api, served
from governed import ANA, DEFINITION, NAME, House
from interlock.flows.access.tenants import assign_tenant

CHANGES = re.compile(
    r'"age_days":[\d.]+|\d{4}-\d\d-\d\dT[\d:.]+Z'  # the clock
    r'|"(sealed_size|entries)":\d+|,?"[0-9a-f]{64}"'  # a proof is about the ledger as a whole
    r'|"interlock.ledger.size","value":{"intValue":"\d+"}'
)
WAITING: tuple[tuple[str, str, str | None], ...] = (
    ("acme-triage", "a-1", None),
    ("globex-triage", "g-1", None),
    ("shared-triage", "s-1", None),
    ("shared-triage", "s-acme", "acme"),
    ("globex-triage", "g-acme", "acme"),
)


@pytest.fixture
def api(house: House) -> Iterator[Api]:
    """Three workflows: one of acme, one of globex, one of nobody; each has a case that waits, one names its tenant."""
    for name in ("acme-triage", "globex-triage", "shared-triage"):
        house.define(replace(DEFINITION, name=name))
    for workflow, owner in (("acme-triage", "acme"), ("globex-triage", "globex")):
        assign_tenant(house.store, workflow, owner, by=ANA, clock=house.clock)
    with served(house) as made:
        for workflow, key, tenant in WAITING:
            propose(made, workflow, key, tenant, "runtime").raise_for_status()
        yield made


def propose(api: Api, workflow: str, key: str, tenant: str | None, *roles: str) -> Any:
    text = f"the words of {key}"
    with api.house.store.reading() as reading:
        row = reading.workflow(workflow)
    digest = api.post("/texts", {"key": key, "text": text}, *roles).json().get("payload_digest", "sha256:" + "0" * 64)
    proposal: dict[str, Any] = {
        "key": key,
        "release": "" if row is None else row.release,
        "label": "billing",
        "confidence": 0.1,
    }
    proposal |= {"payload_digest": digest, **({} if tenant is None else {"tenant": tenant})}
    return api.post(f"/workflows/{workflow}/cases", {"proposal": proposal, "before": {"queue": "inbox"}}, *roles)


ACME = {"t-acme", "t-acme-2"}


@pytest.fixture
def queue(house: House) -> Iterator[Api]:
    """One workflow at work, which is nobody's; of the cases that wait in it, some name a tenant."""
    house.live()
    with served(house) as made:
        for key, tenant in (("t-1", None), ("t-acme", "acme"), ("t-globex", "globex"), ("t-acme-2", "acme")):
            assert propose(made, NAME, key, tenant, "runtime").json()["verb"] == "review"
        yield made


def test_a_tenants_reviewer_sees_claims_and_decides_its_cases_only(queue: Api) -> None:
    api, role = queue, "reviewer@tenant/acme"
    assert {one["key"] for one in api.get("/reviews", role).json()} == ACME
    assert {one["key"] for one in api.get("/reviews", "reviewer").json()} == ACME | {"t-1", "t-globex"}
    assert {one["key"] for one in api.get("/reviews", "reviewer@tenant/globex").json()} == {"t-globex"}
    assign_tenant(api.house.store, NAME, "globex", by=ANA, clock=api.house.clock)
    assert {one["key"] for one in api.get("/reviews", "reviewer@tenant/globex").json()} == {"t-1", "t-globex"}
    for key in ("t-1", "t-globex", "nowhere"):
        shown = api.get("/reviews/case", role, key=key)
        assert shown.status_code == 404
        assert shown.json()["detail"] == f"there is no decision review of case '{key}' that you may see"
        for act, more in (("claim", {}), ("release", {}), ("decide", {"label": "billing"})):
            answer = api.post(f"/reviews/{act}", {"workflow": NAME, "key": key, **more}, role)
            assert (answer.status_code, answer.json()) == (404, shown.json()), act
    taken = set()
    while (found := api.post("/reviews/next", {}, role).json()) is not None:
        taken.add(found["key"])
        body = {"workflow": found["workflow"], "key": found["key"], "label": "billing"}
        assert api.post("/reviews/decide", body, role).status_code == 200
    assert taken == ACME
    shown_to = {(entry.body["key"], entry.body["page"]) for entry in api.entries("content.shown")}
    assert shown_to == {(key, "api") for key in ACME}, "whoever saw a case's words is on record"


def test_workflows_out_of_reach_are_answered_as_if_they_did_not_exist(api: Api) -> None:
    role = "auditor@tenant/acme"
    assert [one["name"] for one in api.get("/workflows", role).json()] == ["acme-triage"]
    assert len(api.get("/workflows", "auditor").json()) == 3
    for path in ("", "/authority"):
        assert api.get(f"/workflows/acme-triage{path}", role).status_code == 200
        for name in ("globex-triage", "shared-triage", "nowhere"):
            answer = api.get(f"/workflows/{name}{path}", role)
            words = f"there is no workflow '{name}' that you may see"
            assert (answer.status_code, answer.json()["detail"]) == (404, words)
    trace = [api.get(f"/workflows/{w}/trace", role, key=key) for w, key in (("acme-triage", "a-1"), ("x", "a-1"))]
    assert [one.status_code for one in trace] == [200, 404]
    assert api.get("/workflows/globex-triage/trace", role, key="g-1").status_code == 404
    spans = [api.get("/cases/spans", role, key=key) for key in ("a-1", "g-1")]
    assert [(one.status_code, '"resourceSpans"' in one.text) for one in spans] == [(200, True), (404, False)]
    for path, query in (("/ledger/checkpoint", {}), ("/ledger/proofs/inclusion", {"entry": 0}), ("/upkeep", {})):
        answers = [api.get(path, who, **query).status_code for who in (role, "auditor")]
        assert answers == [403, 200], path


def test_an_application_of_a_tenant_acts_for_it_only(api: Api) -> None:
    role = "runtime@tenant/acme"
    assert propose(api, "acme-triage", "a-2", None, role).status_code == 200
    assert propose(api, "shared-triage", "s-2", "acme", role).status_code == 200
    for workflow, tenant in (("globex-triage", None), ("acme-triage", "globex"), ("shared-triage", None), ("x", None)):
        assert propose(api, workflow, "n-1", tenant, role).status_code == 404, (workflow, tenant)
    assert api.post("/texts", {"key": "g-1", "text": "another text"}, role).status_code == 404
    for path, body in (
        ("/workflows/globex-triage/human", {"key": "g-1", "label": "billing"}),
        ("/workflows/globex-triage/outcomes", {"outcomes": [{"key": "g-1", "label": "billing"}], "by": "desk"}),
        ("/workflows/globex-triage/evidence", {"kind": "x", "body": {}, "source": "x"}),
        ("/workflows/globex-triage/shadow", {"proposals": [{"key": "n-1", "release": "r", "label": "billing"}]}),
        ("/undo", {"workflow": "globex-triage", "key": "g-1"}),
        ("/suggestions", {"lines": ['{"workflow": "globex-triage", "proposal": {"key": "n-1"}}']}),
    ):
        answer = api.post(path, body, role)
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:interlock:problem:not-found"), path
    half = b'{"lines": ["half of a character: \\ud800"]}'
    kind = {"authorization": f"Bearer {api.as_(role)}", "content-type": "application/json"}
    refused = api.client.post("/v1/suggestions", content=half, headers=kind)
    assert (refused.status_code, refused.json()["faults"][0]["at"]) == (400, "body.lines.0")
    outcomes = {"outcomes": [{"key": "a-1", "label": "billing"}, {"key": "g-1", "label": "billing"}], "by": "desk"}
    assert api.post("/workflows/acme-triage/outcomes", outcomes, role).status_code == 404
    assert api.entries("outcome.observed") == []


def test_a_file_is_evidence_where_its_sender_may_add_it(api: Api) -> None:
    def sent(workflow: str, role: str = "value-owner@tenant/acme", content: bytes = b"<x", **fields: str) -> Any:
        named = {"authorization": f"Bearer {api.as_(role)}"}
        file = {"file": ("junit.xml", content)}
        return api.client.post("/v1/evidence/files", files=file, data={"workflow": workflow, **fields}, headers=named)

    tests = b'<testsuite tests="1"><testcase name="a"/></testsuite>'
    assert [sent("acme-triage", role).status_code for role in ("auditor", "reviewer@tenant/acme")] == [403, 403]
    assert [sent(workflow).status_code for workflow in ("globex-triage", "nowhere")] == [404, 404]
    undated = sent("acme-triage", content=tests)
    assert (undated.status_code, undated.json()["detail"].endswith("say so: `measured_on`")) == (400, True)
    assert sent("acme-triage", content=tests, measured_on="soon").status_code == 400
    assert api.entries("evidence.recorded") == []
    twice = [sent("acme-triage", content=tests, measured_on="2026-01-05").json() for _ in range(2)]
    assert [one["kind"] for one in twice[0]] == ["tests"]
    assert twice[0] == twice[1]
    (document,) = sent("acme-triage", content=b"%PDF", document="true").json()
    assert (document["kind"], document["evidence_class"]) == ("document", "human")
    assert len(api.entries("evidence.recorded")) == 2


def test_what_others_do_changes_nothing_of_what_a_tenant_is_told(api: Api) -> None:
    """Whatever answers to a GET is asked before and after: names, counts and titles of others would be a difference."""
    held = ("auditor", "safety-owner", "operator", "reviewer", "administrator")
    roles = tuple(f"{role}@tenant/acme" for role in held)
    before, due = told(api, *roles), (dt.datetime.now(dt.UTC) + dt.timedelta(days=7)).date().isoformat()
    assert len(before) > 40
    for path, body in (
        ("/workflows/globex-triage/incidents", {"title": "lost", "severity": "high", "owner": ANA.name}),
        ("/stand-up/actions", {"what": "call", "owner": ANA.name, "due": due, "workflow": "globex-triage"}),
        ("/kill", {"scope": "workflow:globex-triage", "reason": "theirs", "wait_s": 0}),
        ("/kill", {"scope": "tenant:globex", "reason": "theirs", "wait_s": 0}),
        ("/accounts", {"name": "Gil Globex", "roles": ["reviewer@tenant/globex"]}),
    ):
        api.post(path, body, "leader", "administrator").raise_for_status()
    propose(api, "globex-triage", "g-2", None, "runtime").raise_for_status()
    propose(api, "shared-triage", "s-globex", "globex", "runtime").raise_for_status()
    after = told(api, *roles)
    assert {path: answer for path, answer in after.items() if answer != before[path]} == {}


def told(api: Api, *roles: str) -> dict[str, str]:
    """What each GET answers, without what changes by itself."""
    found = {}
    for path, methods in api.client.get("/v1/openapi.json").json()["paths"].items():
        asked = {one["name"]: "a-1" for one in methods.get("get", {}).get("parameters", []) if one.get("required")}
        names = ("acme-triage", "globex-triage") if "{workflow}" in path else ("",)
        for workflow in names if "get" in methods else ():
            address = re.sub(r"\{\w+\}", "1", path.replace("{workflow}", workflow)).removeprefix("/v1")
            answer = api.get(address, *roles, **asked)
            found[address] = f"{answer.status_code} {CHANGES.sub('', answer.text)}"
    return found


def test_a_tenants_operator_stops_what_is_its_own(api: Api) -> None:
    role = "operator@tenant/acme"
    ask = {"reason": "a drill of ours", "wait_s": 0.1}
    for scope in ("workflow:globex-triage", "workflow:nowhere", "tenant:globex"):
        assert api.post("/kill", {"scope": scope, **ask}, role).status_code == 404, scope
    assert api.post("/kill", {"scope": "global", **ask}, role).status_code == 403
    for scope in ("workflow:acme-triage", "tenant:acme"):
        assert api.post("/kill", {"scope": scope, **ask}, role).status_code == 200, scope
    assert api.post("/kill", {"scope": "workflow:globex-triage", **ask}, "operator").status_code == 200
    assert {one["scope"] for one in api.get("/scopes", role).json()} == {"workflow:acme-triage", "tenant:acme"}
    assert len(api.get("/scopes", "operator").json()) == 3


def test_what_no_role_has_is_refused_everywhere(api: Api) -> None:
    wanted = {
        "/workflows": "workflow:read",
        "/reviews": "review:read",
        "/scopes": "switch:read",
        "/ledger/checkpoint": "ledger:read",
    }
    refused = {path: api.get(path, "administrator").status_code for path in wanted}
    assert refused == {"/workflows": 200, "/reviews": 403, "/scopes": 200, "/ledger/checkpoint": 403}
    said = api.get("/reviews", "administrator").json()["detail"]
    assert said == "this takes the permission review:read; the token 'Person 1' has administrator"
    assert api.post("/resume", {"scope": "global", "reason": "x"}, "reviewer").status_code == 403


def test_what_no_route_takes_is_a_problem_of_its_kind(api: Api) -> None:
    named = {"authorization": f"Bearer {api.as_('operator')}", "content-type": "application/json"}
    pieces = iter([b" " * 2**19] * 3)  # of a length that is not told beforehand
    answers = (
        api.get("/nothing", "operator"),
        api.post("/workflows", {}, "operator"),
        api.client.post("/v1/kill", content=pieces, headers=named),
    )
    kinds = [(one.status_code, one.json()["type"].rpartition(":")[2]) for one in answers]
    assert kinds == [(404, "not-found"), (405, "bad-input"), (413, "too-large")]
    assert "/v1/openapi.json lists what there is" in answers[0].json()["detail"]


def test_a_server_answers_to_other_names_once_somebody_is_known(house: House) -> None:
    with served(house) as api:
        named = {"host": "interlock.example.com"}
        refused = api.client.get("/v1/health/live", headers=named)
        assert (refused.status_code, refused.json()["detail"].endswith("make an account first")) == (403, True)
        api.as_("auditor")
        assert api.client.get("/v1/health/live", headers=named).status_code == 200
