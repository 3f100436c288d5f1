"""Ways to tool servers: what is known where no answer came, pauses after breaks, and how many there may be."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.gateway.tools.servers import McpServers
from interlock.ports.gateway.tool_servers import Failure, ToolServerFailed
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.definition import ToolServer
from tool_proxy import Loop, Serving

KEY = {"BILLING_KEY": "secret-key"}


class Rude:
    """A tool server over HTTP that answers calls as it is told, and counts what came."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes, bytes]] = {}
        self.calls: list[str] = []
        self.credentials: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while scope["method"] == "POST":
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.credentials.add(dict(scope["headers"]).get(b"authorization", b"").decode())
        status, kind, told = self._answer(scope["method"], json.loads(body) if body else {})
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(told))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    def _answer(self, method: str, asked: Any) -> tuple[int, bytes, bytes]:
        if method != "POST":
            return 405, b"text/plain", b""
        name = asked.get("method")
        if name == "tools/call":
            self.calls.append(asked["params"]["name"])
            status, kind, told = self.answers[asked["params"]["name"]]
            return status, kind, told.replace(b"ID", json.dumps(asked["id"]).encode())
        if "id" not in asked:
            return 202, b"text/plain", b""
        results: Mapping[str, Any] = {
            "initialize": {
                "protocolVersion": asked.get("params", {}).get("protocolVersion"),
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "rude", "version": "1"},
            },
            "tools/list": {"tools": []},
        }
        told = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": results[name]}).encode()
        return 200, b"application/json", told


JSON = b"application/json"
ANSWERS = {
    "no JSON": (200, JSON, b'{"jsonrpc": "2.0", "id": ID, "result": {"content"', Failure.LOST),
    "no result": (200, JSON, b'{"jsonrpc": "2.0", "id": ID, "result": {"content": 5}}', Failure.LOST),
    "another kind": (200, b"text/html", b"<html>", Failure.LOST),
    "taken and nothing more": (202, b"text/plain", b"", Failure.LOST),
    "an error of the server": (500, b"text/plain", b"oops", Failure.LOST),
    "gone": (404, b"text/plain", b"", Failure.LOST),
    "moved": (302, b"text/plain", b"", Failure.LOST),
    "an empty stream": (200, b"text/event-stream", b"\n\n", Failure.LOST),
    "its own error": (
        200,
        JSON,
        b'{"jsonrpc": "2.0", "id": ID, "error": {"code": -32603, "message": "secret-key"}}',
        Failure.LOST,
    ),
    "no such method": (
        200,
        JSON,
        b'{"jsonrpc": "2.0", "id": ID, "error": {"code": -32601, "message": "x"}}',
        Failure.LOST,
    ),
    "no such arguments": (
        200,
        JSON,
        b'{"jsonrpc": "2.0", "id": ID, "error": {"code": -32602, "message": "x"}}',
        Failure.NOT_TAKEN,
    ),
}


@pytest.fixture(scope="module")
def rude() -> Iterator[tuple[Loop, Rude, str]]:
    loop, server = Loop(), Rude()
    serving = Serving(server, lifespan="off")
    loop.run(serving.begin())
    yield loop, server, serving.url
    loop.run(serving.end())
    loop.close()


async def failed(work: Any) -> ToolServerFailed:
    with pytest.raises(ToolServerFailed) as caught:
        await work
    return caught.value


async def unheard(_: Any) -> None:
    pass


def called(line: Any, tool: str) -> Any:
    return line.call(tool, {}, key="k", timeout_s=1.0, bytes_max=10_000, heard=unheard)


@pytest.mark.parametrize("name", ANSWERS)
def test_only_a_refusal_of_the_arguments_shows_that_nothing_was_done(rude: tuple[Loop, Rude, str], name: str) -> None:
    loop, server, url = rude
    status, kind, told, failure = ANSWERS[name]
    server.answers[name], server.calls = (status, kind, told), []

    async def run() -> ToolServerFailed:
        servers = McpServers(KEY)
        line = servers.line(ToolServer("billing", url=f"{url}/mcp", key_variable="BILLING_KEY"), "a")
        found = await failed(called(line, name))
        await servers.close()
        return found

    found = loop.run(run())
    assert found.failure is failure
    assert server.calls == [name]  # never sent again by itself
    assert "secret-key" not in str(found)
    assert server.credentials == {"Bearer secret-key"}


NOWHERE = {
    "no such command": ToolServer("billing", command=("no-such-command-here",)),
    "a command that ends": ToolServer("billing", command=(sys.executable, "-c", "pass")),
    "nobody listens": ToolServer("billing", url="http://127.0.0.1:9/mcp"),
    "no such variable": ToolServer("billing", url="http://127.0.0.1:9/mcp", key_variable="OTHER_KEY"),
}


@pytest.mark.parametrize("server", NOWHERE.values(), ids=NOWHERE)
def test_what_cannot_be_reached_was_not_sent_and_is_given_longer_and_longer_pauses(server: ToolServer) -> None:
    now = [0.0]

    async def run() -> list[str]:
        servers = McpServers({**KEY, "PATH": os.environ["PATH"]}, now_s=lambda: now[0])
        line, said = servers.line(server, "a"), []
        for _ in range(4):
            found = await failed(called(line, "refund"))
            assert found.failure is Failure.NOT_SENT
            said.append(str(found))
        now[0] = 1.0
        said += [str(await failed(line.tools(age_max_s=0.0))) for _ in range(2)]
        await servers.close()
        return said

    said = asyncio.run(run())
    tried = ["is tried again" not in words for words in said]
    assert tried == [True, True, False, False, True, False]
    assert "tried again in 0.5 s" in said[2]
    assert "tried again in 1.0 s" in said[5]
    assert "secret-key" not in str(said)


def test_a_process_sees_only_the_variables_that_are_named_for_it_and_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "TOOLS").write_text("[]")
    files = (Path(__file__).parents[3] / "tiny_tools.py", tmp_path / "TOOLS", tmp_path / "EFFECTS")
    server = ToolServer("billing", command=(sys.executable, *map(str, files)), environment=("NAMED",))

    async def run() -> tuple[Any, ToolServerFailed, Any]:
        servers = McpServers({"NAMED": "1", "NOT_NAMED": "2", "PATH": os.environ["PATH"]})
        line = servers.line(server, "a")
        first = (await called(line, "whoami")).structured
        died = await failed(called(line, "die"))
        second = (await called(line, "whoami")).structured
        await servers.close()
        return first, died, second

    first, died, second = asyncio.run(run())
    assert "NAMED" in first["environment"]
    assert "NOT_NAMED" not in first["environment"]
    assert died.failure is Failure.LOST
    assert first["pid"] != second["pid"]
    assert (tmp_path / "EFFECTS").read_text().split() == ["die"]


def test_callers_share_nothing_and_what_is_idle_makes_room() -> None:
    now = [0.0]
    server = ToolServer("billing", url="http://127.0.0.1:9/mcp")

    async def run() -> None:
        servers = McpServers({}, lines_max=2, idle_s=10.0, now_s=lambda: now[0])
        one, other = servers.line(server, "a"), servers.line(server, "b")
        assert one is not other
        assert servers.line(server, "a") is one
        with pytest.raises(Unavailable, match="2 sessions"):
            servers.line(server, "c")
        now[0] = 11.0
        one.at_work = 1
        assert servers.line(server, "c") is not other
        assert servers.line(server, "a") is one
        await servers.close()

    asyncio.run(run())
