"""Who may do what at a server, by token, by web hook, and without either."""

import base64
import datetime as dt
import hashlib
import hmac
import itertools
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

import interlock
from commandline import Here, serving
from governed import ANA, NAME, opened_run_time
from interlock.flows.access.tokens import create_token
from interlock.terms.access import Role
from served import MAIN, Server, served

BILLING = {"label": "billing", "confidence": 0.97}
numbers = itertools.count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = Here(tmp_path_factory.mktemp("access"))
    house.live()
    house.store.close()
    return house.path


def command(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    called = [sys.executable, "-c", MAIN, *words, "--store", str(store)]
    return subprocess.run(called, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def tokens(store: Path) -> dict[str, str]:
    """A token for each role, by role; people have people's names."""
    names = {"runtime": "desk", "reviewer": "Dev Patel", "operator": "Ben Okafor", "auditor": "Eve Adams"}
    with opened_run_time(store, clock=lambda: dt.datetime.now(dt.UTC)) as rt:
        return {
            role: create_token(rt.store, name, [Role(role)], by=ANA, clock=rt.clock, randomness=rt.randomness)
            for role, name in names.items()
        }


@pytest.fixture(scope="module")
def server(store: Path, tokens: dict[str, str]) -> Iterator[Server]:
    with served(store) as server:
        yield server


RIGHTS = [
    ("GET", "/workflows", None, {"runtime", "reviewer", "operator", "auditor"}),
    ("GET", f"/workflows/{NAME}/authority", None, {"runtime", "reviewer", "operator", "auditor"}),
    ("POST", f"/workflows/{NAME}/shadow", {"proposals": [{"key": "k", "release": "r", **BILLING}]}, {"runtime"}),
    ("POST", f"/workflows/{NAME}/cases", {"proposal": {"key": "c", "release": "r", **BILLING}}, {"runtime"}),
    ("POST", "/undo", {"workflow": "triage", "key": "nobody-knows-it"}, {"runtime"}),
    ("POST", "/texts", {"key": "k", "text": "t"}, {"runtime"}),
    ("GET", "/reviews", None, {"reviewer", "auditor"}),
    ("POST", "/reviews/next", {}, {"reviewer"}),
    ("POST", "/resume", {"scope": "global", "reason": "r"}, {"operator"}),
    ("POST", "/kill", {"scope": "tenant:nobody", "reason": "r", "wait_s": 0}, {"runtime", "reviewer", "operator"}),
    ("GET", f"/workflows/{NAME}/trace?key=case-00000", None, {"operator", "auditor"}),
    ("GET", "/ledger/checkpoint", None, {"operator", "auditor"}),
    ("GET", "/upkeep", None, {"operator", "auditor"}),
]


@pytest.mark.parametrize(("method", "path", "body", "allowed"), RIGHTS, ids=[path for _, path, _, _ in RIGHTS])
def test_each_role_may_what_it_needs_and_no_more(
    server: Server, tokens: dict[str, str], method: str, path: str, body: Any, allowed: set[str]
) -> None:
    def status(token: str | None) -> int:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.request(method, f"{server.address}/v1{path}", json=body, headers=headers).status_code

    assert {role for role, token in tokens.items() if status(token) not in {401, 403}} == allowed
    assert [status(one) for one in (None, "guess", "interlock_guess")] == [401] * 3


def test_every_route_asks_who_is_there(server: Server, tokens: dict[str, str]) -> None:
    described = server.get("/openapi.json", tokens["auditor"]).json()
    routes = [(method, path) for path, methods in described["paths"].items() for method in methods]
    assert len(routes) > 20
    answers = {path: httpx.request(method, server.address + re.sub(r"\{\w+\}", "x", path)) for method, path in routes}
    open_to_all = {path for path, answer in answers.items() if answer.status_code != 401}
    assert open_to_all == {"/v1/health/live", "/v1/health/ready"}


def test_problems_say_what_to_do(server: Server, tokens: dict[str, str]) -> None:
    nobody = server.get("/workflows")
    assert (nobody.status_code, nobody.headers["content-type"], nobody.headers["www-authenticate"]) == (
        401,
        "application/problem+json",
        "Bearer",
    )
    assert "`interlock token create`" in nobody.json()["detail"]
    lacking = server.get("/reviews", tokens["runtime"]).json()
    assert lacking["detail"] == "this takes the permission review:read; the token 'desk' has runtime"
    near = server.get("/workflows/triagge", tokens["runtime"])
    assert (near.status_code, "did you mean 'triage'?" in near.json()["detail"]) == (400, True)
    body = {"proposal": {"key": "", "release": "r", "label": "l", "confidence": 2, "amout_cents": 1}}
    wrong = server.post(f"/workflows/{NAME}/cases", body, tokens["runtime"]).json()
    assert {fault["at"] for fault in wrong["faults"]} == {
        "body.proposal.key",
        "body.proposal.confidence",
        "body.proposal.amout_cents",
    }
    many = server.post("/kill", {f"x{number}": 0 for number in range(1_000)}, tokens["operator"]).json()
    assert (len(many["faults"]), many["detail"].endswith("; and 982 more")) == (20, True)
    large = server.post("/texts", {"key": "k", "text": "x" * 2_000_000}, tokens["runtime"])
    assert (large.status_code, large.json()["detail"]) == (
        413,
        "a request holds at most 1,048,576 bytes: send less at once",
    )
    for answer in (nobody, near, large):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_person_acts_in_the_name_of_their_token(server: Server, tokens: dict[str, str]) -> None:
    other = server.post("/kill", {"scope": "global", "reason": "r", "by": "Ana Ruiz"}, tokens["operator"])
    assert (other.status_code, "acts in its own name, not as 'Ana Ruiz'" in other.json()["detail"]) == (403, True)
    server.post("/kill", {"scope": f"workflow:{NAME}", "reason": "a try", "wait_s": 0}, tokens["reviewer"])
    resumed = server.post("/resume", {"scope": f"workflow:{NAME}", "reason": "was a try"}, tokens["operator"])
    assert resumed.status_code == 200
    case = {"proposal": {"key": "fraud-1", "release": "old", "label": "fraud"}, "before": {}}
    server.post(f"/workflows/{NAME}/cases", case, tokens["runtime"])
    taken = server.post("/reviews/claim", {"workflow": NAME, "key": "fraud-1"}, tokens["reviewer"]).json()
    assert (taken["key"], taken["claimed_by"], taken["proposed"]) == ("fraud-1", "Dev Patel", "fraud")
    decided = server.post(
        "/reviews/decide", {"workflow": NAME, "key": "fraud-1", "label": "fraud"}, tokens["reviewer"]
    ).json()
    assert decided["observed"]["wrong"] is False
    trace = server.get(f"/workflows/{NAME}/trace", tokens["auditor"], key="fraud-1").json()
    closed = next(link["facts"] for link in trace["links"] if link["facts"].get("reviewer") == "Dev Patel")
    assert trace["links"][-1]["words"].startswith("it turned out to be 'fraud'")
    assert closed["authenticated"] is True


def test_the_client_brings_its_token(server: Server, tokens: dict[str, str]) -> None:
    with interlock.connect(server.address, token=tokens["runtime"]) as connection:
        desk = connection.workflow(NAME)
        desk.action(undo=lambda effect, before: None, idempotent=True)(lambda effect: None)
        with desk.case("token-1") as case:
            case.propose("billing", confidence=0.97)
            assert case.apply().applied
        with pytest.raises(interlock.BadInput, match="takes the permission switch:resume; the token 'desk' has"):
            desk.resume(by="Ben Okafor", reason="r")
        assert tokens["runtime"] not in repr(connection)
    with (
        interlock.connect(server.address) as nobody,
        pytest.raises(interlock.BadInput, match="this server needs a token"),
    ):
        nobody.workflow(NAME)


def test_a_token_that_is_revoked_is_of_no_use_at_once(server: Server, store: Path) -> None:
    made = command(store, "token", "create", "short", "--role", "auditor", "--as", "Ana Ruiz").stdout.strip()
    assert server.get("/workflows", made).status_code == 200
    assert command(store, "token", "revoke", "short", "--as", "Ana Ruiz").stdout == "short: revoked\n"
    assert server.get("/workflows", made).status_code == 401
    listed = command(store, "token", "list").stdout
    assert "short: auditor; made by Ana Ruiz" in listed
    assert made not in listed


def signed(secret: str, body: bytes, *, at: int | None = None, message_id: str | None = None) -> dict[str, str]:
    """The headers of Standard Webhooks, made by hand."""
    at, message_id = at or int(time.time()), message_id or f"msg-{next(numbers)}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(made).decode()}"
    return {"webhook-id": message_id, "webhook-timestamp": str(at), "webhook-signature": signature}


def test_a_hook_halts_its_scope_and_nothing_else(server: Server, store: Path, tokens: dict[str, str]) -> None:
    words = ("hook", "create", "latency", "--scope", "tenant:acme", "--as", "Ana Ruiz")
    secret = command(store, *words).stdout.strip()
    body = json.dumps({"reason": "p99 is 9 s", "scope": "global"}).encode()

    def sent(headers: dict[str, str], name: str = "latency", content: bytes = body) -> httpx.Response:
        return httpx.post(f"{server.address}/v1/hooks/kill/{name}", content=content, headers=headers)

    once = signed(secret, body)
    first = sent(once)
    assert (first.status_code, first.json()["scope"], first.json()["epoch"]) == (200, "tenant:acme", 1)
    assert sent(once).json() == {"scope": "tenant:acme", "repeated": True}
    refused = [
        sent({}),
        sent(signed(secret, body), name="other"),
        sent(signed(secret, b"else")),
        sent(signed("whsec_" + base64.b64encode(b"x" * 32).decode(), body)),
        sent(signed(secret, body, at=int(time.time()) - 400)),
        sent({**signed(secret, body), "webhook-timestamp": "soon"}),
        sent({**signed(secret, body), "webhook-timestamp": "9" * 5_000}),
    ]
    assert [answer.status_code for answer in refused] == [401] * 7
    scopes = {one["scope"]: one["epoch"] for one in server.get("/scopes", tokens["auditor"]).json()}
    assert (scopes["tenant:acme"], scopes.get("global")) == (1, None)
    command(store, "hook", "revoke", "latency", "--as", "Ana Ruiz")
    assert sent(signed(secret, body)).status_code == 401
    assert "latency: halts tenant:acme; made by Ana Ruiz" in command(store, "hook", "list").stdout


def test_kills_are_told_to_whoever_asked(store: Path, tokens: dict[str, str]) -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    class Alerts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    secret = "whsec_" + base64.b64encode(b"n" * 32).decode()
    with serving(Alerts) as address, served(store, "--notify", address, INTERLOCK_NOTIFY_SECRET=secret) as server:
        server.post("/kill", {"scope": "tenant:told", "reason": "to be told", "wait_s": 0}, tokens["operator"])
        until = time.monotonic() + 10
        while not any(b"tenant:told" in body for _, body in got) and time.monotonic() < until:
            time.sleep(0.05)
    headers, body = next(one for one in got if b"tenant:told" in one[1])
    sent = {name.lower(): value for name, value in headers.items()}
    assert json.loads(body)["data"]["reason"] == "to be told"
    assert (
        sent["webhook-signature"]
        == signed(secret, body, at=int(sent["webhook-timestamp"]), message_id=sent["webhook-id"])["webhook-signature"]
    )


def test_without_tokens_a_server_keeps_to_its_machine(tmp_path: Path) -> None:
    house = Here(tmp_path / "open")
    house.define()
    house.store.close()
    afar = command(house.path, "serve", "--host", "0.0.0.0", "--port", "0")
    assert (afar.returncode, "there are neither tokens nor accounts yet" in afar.stderr) == (2, True)
    with served(house.path) as server:
        assert server.said[0].startswith("WARNING: there are neither tokens nor accounts, so anybody on this machine")
        assert server.get("/workflows").status_code == 200
        rebound = httpx.get(f"{server.address}/v1/workflows", headers={"Host": "evil.example:80"})
        assert rebound.status_code == 403
        form = httpx.post(
            f"{server.address}/v1/kill",
            content='{"scope":"global","reason":"from a page"}',
            headers={"Content-Type": "text/plain"},
        )
        assert form.status_code == 400
        for seen in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
            sent = httpx.post(f"{server.address}/v1/accounts/Ana%20Ruiz/close", headers=seen)
            assert (sent.status_code, sent.json()["detail"]) == (403, "another site had this sent, so nothing was done")
        command(house.path, "token", "create", "first", "--role", "auditor", "--as", "Ana Ruiz")
        assert server.get("/workflows").status_code == 401


def test_no_token_is_in_what_the_server_says(store: Path, tokens: dict[str, str]) -> None:
    with served(store) as server:
        for token in tokens.values():
            server.get("/nope", token)
            server.post("/kill", {"scope": "nonsense", "reason": "r"}, token)
    assert [token for token in tokens.values() if token in "\n".join(server.said)] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve", "--port", "0", "--notify", "https://a.example"), "INTERLOCK_NOTIFY_SECRET holds no secret"),
        (("token", "create", "x", "--as", "Ana"), "--role"),
        (("hook", "create", "x", "--scope", "galaxy", "--as", "Ana"), "'galaxy' is no scope"),
        (("serve", "--host", "203.0.113.1"), "cannot listen on 203.0.113.1:8410"),
    ],
)
def test_mistakes_are_told(store: Path, tokens: dict[str, str], words: tuple[str, ...], said: str) -> None:
    ended = command(store, *words)
    assert ended.returncode in {2, 3}
    assert said in " ".join(ended.stderr.split())
