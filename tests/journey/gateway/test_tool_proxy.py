"""Agents with the official client, through the proxy, at an authored tool server: both over streamable HTTP."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from governed import BEN
from interlock.flows.action.kill import kill, resume
from tool_proxy import Desk, proxied
from tool_upstream import MAIL, TOOLS

MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])
SESSIONS_MAX, CLIENT_SESSIONS_MAX = 8, 5
ACCEPT = "application/json, text/event-stream"
SURE = {"interlock/confidence": 0.95}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with proxied(
        tmp_path_factory.mktemp("proxied"), sessions_max=SESSIONS_MAX, client_sessions_max=CLIENT_SESSIONS_MAX
    ) as made:
        yield made


def acting(desk: Desk, calls: Any, **how: Any) -> Any:
    """What `calls` makes of an agent."""

    async def run() -> Any:
        async with desk.agent(**how) as agent:
            return await calls(agent)

    return asyncio.run(run())


def one(desk: Desk, tool: str, arguments: Any = None, *, meta: Any = None, **how: Any) -> Any:
    return acting(desk, lambda agent: agent.call_tool(tool, arguments or {}, meta=meta), **how)


@MODES
def test_an_agent_sees_what_it_may_use_and_calls_it(desk: Desk, mode: str) -> None:
    async def calls(agent: Any) -> Any:
        names = [tool.name for tool in (await agent.list_tools()).tools]
        return names, await agent.call_tool("lookup", {"account": "a-1"})

    names, told = acting(desk, calls, mode=mode)
    assert set(names) == {*TOOLS, "interlock_ticket"} - {"wipe"}
    assert (told.is_error, told.structured_content) == (False, {"account": "a-1", "open": True})


@MODES
def test_an_act_is_done_and_the_server_is_told_its_key(desk: Desk, mode: str) -> None:
    order = f"order-{mode}"
    told = one(desk, "refund", {"order": order, "amount_cents": 100}, meta=SURE, mode=mode)
    assert told.structured_content == {"refund_id": f"r-{order}"}
    assert desk.effects().count(f"refund {order}") == 1
    key = desk.upstream.metas[-1]["interlock/idempotency-key"]
    assert key.startswith("triage/tool/")


def test_a_retry_with_its_key_is_done_once_also_from_another_session(desk: Desk) -> None:
    meta = {**SURE, "interlock/idempotency-key": "job-7"}
    first, again = (one(desk, "refund", {"order": "7", "amount_cents": 1}, meta=meta) for _ in range(2))
    assert first.structured_content == again.structured_content == {"refund_id": "r-7"}
    assert desk.effects().count("refund 7") == 1


@pytest.mark.parametrize("said", [{"interlock/confidence": 2}, {"interlock/idempotency-key": ""}])
def test_what_is_said_wrongly_beside_a_call_is_refused(desk: Desk, said: Any) -> None:
    told = one(desk, "refund", {"order": "8", "amount_cents": 1}, meta=said)
    assert told.is_error
    assert "refund 8" not in desk.effects()


@MODES
def test_a_call_for_a_person_is_a_ticket_and_done_once_when_collected(desk: Desk, mode: str) -> None:
    async def calls(agent: Any) -> Any:
        told = await agent.call_tool("cancel_refund", {"id": f"r-{mode}"})
        ticket = told.structured_content["ticket"]
        waiting = await agent.call_tool("interlock_ticket", {"ticket": ticket})
        async with desk.agent("key-b") as other:
            stranger = await other.call_tool("interlock_ticket", {"ticket": ticket})
        desk.house.decides(desk.house.key(ticket, desk.agents["key-a"]), "cancel_refund")
        done = [await agent.call_tool("interlock_ticket", {"ticket": ticket}) for _ in range(2)]
        return told, waiting, stranger, done

    told, waiting, stranger, done = acting(desk, calls, mode=mode)
    assert (told.is_error, told.structured_content["state"], waiting.structured_content["state"]) == (
        False,
        "waits",
        "waits",
    )
    assert (stranger.is_error, stranger.structured_content["state"]) == (True, "unknown")
    assert not any(one.is_error for one in done)
    assert desk.effects().count(f"cancel r-{mode}") == 1


def test_a_kill_holds_for_the_next_call(desk: Desk) -> None:
    async def calls(agent: Any) -> Any:
        before = await agent.call_tool("lookup", {})
        report = await asyncio.to_thread(_kill, desk)
        after = await agent.call_tool("lookup", {}), await agent.call_tool("refund", {"order": "k"}, meta=SURE)
        return before, report, after

    before, report, (looked, refunded) = acting(desk, calls)
    resume(desk.house.store, "workflow:triage", by=BEN, reason="over", clock=desk.house.clock)
    assert not before.is_error
    assert report.quiesced_at is not None
    assert looked.is_error
    assert refunded.structured_content["state"] == "waits"
    assert "refund k" not in desk.effects()


def test_a_kill_waits_for_the_call_that_is_at_work(desk: Desk) -> None:
    async def calls(agent: Any) -> Any:
        paying = asyncio.ensure_future(agent.call_tool("pay_slowly", {"seconds": 0.5}, meta=SURE))
        await _until(lambda: "begin" in desk.effects())
        return await asyncio.to_thread(_kill, desk), await paying

    report, told = acting(desk, calls)
    resume(desk.house.store, "workflow:triage", by=BEN, reason="over", clock=desk.house.clock)
    assert desk.effects()[-1] == "end"
    assert (told.is_error, report.in_flight, report.quiesced_at is not None) == (False, (), True)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


def _kill(desk: Desk) -> Any:
    house = desk.house
    return kill(house.store, house.drain, "workflow:triage", by=BEN, reason="drill", clock=house.clock, timeout_s=5)


def test_a_tool_that_changes_while_a_session_is_open_is_for_a_person(desk: Desk) -> None:
    async def calls(agent: Any) -> Any:
        before = await agent.call_tool("refund", {"order": "c-1", "amount_cents": 1}, meta=SURE)
        desk.change({"refund": {**TOOLS["refund"], "description": "Does refund, to whom it likes."}})
        try:
            return before, await agent.call_tool("refund", {"order": "c-2", "amount_cents": 1}, meta=SURE)
        finally:
            desk.change({})

    before, after = acting(desk, calls)
    assert not before.is_error
    assert after.is_error or after.structured_content["state"] == "waits"
    assert "refund c-2" not in desk.effects()


def test_answers_and_what_is_said_meanwhile_are_cleaned(desk: Desk) -> None:
    said: list[Any] = []

    async def logged(params: Any) -> None:
        said.append(params.data)

    async def reported(progress: float, total: float | None, message: str | None) -> None:
        said.append(message)

    async def calls(agent: Any) -> Any:
        leaked = await agent.call_tool("leak", {})
        await agent.call_tool("say", {}, progress_callback=reported)
        async with asyncio.timeout(5):
            while len(said) < 2:  # the client hears what is said meanwhile beside its call, perhaps after it
                await asyncio.sleep(0.01)
        return leaked

    leaked = acting(desk, calls, logged=logged)
    assert leaked.is_error
    assert MAIL not in leaked.model_dump_json()
    assert len(said) == 2
    assert MAIL not in str(said)


def test_no_server_asks_the_clients_model_its_user_or_its_folders(desk: Desk) -> None:
    told = one(desk, "ask")
    words = " ".join(told.structured_content["said"])
    assert "answered" not in words
    assert "ungoverned traffic" in words


def test_what_a_tool_answers_is_bounded_in_size_and_time(desk: Desk) -> None:
    big = one(desk, "big", {"size": 30_000})
    assert "left out: an answer of" in big.content[0].text
    late = one(desk, "pay_slowly", {"seconds": 1.5}, meta=SURE)
    assert (late.is_error, late.structured_content["state"]) == (True, "uncertain")


def test_what_a_tool_says_of_its_errors(desk: Desk) -> None:
    failed = one(desk, "fail", meta=SURE)
    assert (failed.content[0].text, failed.structured_content["state"]) == ("half failed", "uncertain")
    refused = one(desk, "refuse", meta=SURE)
    assert refused.structured_content["state"] == "failed"


def test_a_call_whose_client_leaves_is_carried_to_its_end(desk: Desk) -> None:
    begun = desk.effects().count("begin")

    async def calls(agent: Any) -> None:
        task = asyncio.ensure_future(agent.call_tool("pay_slowly", {"seconds": 0.4}, meta=SURE))
        await _until(lambda: desk.effects().count("begin") > begun)
        task.cancel()

    acting(desk, calls)
    asyncio.run(_until(lambda: desk.house.kinds()[-1] == "intent.completed"))


def test_nobody_else_can_use_a_session_and_who_is_no_longer_known_is_let_out(desk: Desk) -> None:
    async def calls(agent: Any) -> Any:
        mine = desk.sessions()[-1]
        ask = {"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {"name": "lookup", "arguments": {}}}
        headers = {"Accept": "application/json, text/event-stream", "Mcp-Session-Id": mine}
        answers = {}
        async with httpx2.AsyncClient() as http:
            for name, key, server in (
                ("own", "key-a", "billing"),
                ("another client", "key-b", "billing"),
                ("another server", "key-a", "payroll"),
                ("nobody", "key-x", "billing"),
            ):
                sent = {**headers, "Authorization": f"Bearer {key}"}
                answer = await http.post(f"{desk.url}/mcp/{server}", json=ask, headers=sent)
                answers[name] = answer.status_code
        return answers

    answers = acting(desk, calls)
    assert answers == {"own": 200, "another client": 404, "another server": 404, "nobody": 401}


BEGIN = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}},
}
WORDS: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**53,
    2**80,
    1e308,
    "",
    "x" * 300,
    "\x00",
    [],
    [[]],
    {},
    {"": None},
    {"a": {}},
)
NAMES = ("lookup", "refund", "fail", "wipe", "interlock_ticket", "nobody", "cancel_refund", "a b")
SAYS = ("interlock/confidence", "interlock/idempotency-key", "interlock/novelty", "interlock/segment", "progressToken")


def test_whatever_a_client_sends_is_answered_and_on_record(desk: Desk) -> None:
    draw = random.Random(11)
    accept = {"Accept": "application/json, text/event-stream", "Authorization": "Bearer key-b"}

    def odd() -> Any:
        arguments = {"order": draw.choice(WORDS), draw.choice(("id", "", "\x00")): draw.choice(WORDS)}
        said = draw.choice(({}, {draw.choice(SAYS): draw.choice(WORDS)}))
        params = {"name": draw.choice(NAMES), "arguments": draw.choice((arguments, draw.choice(WORDS))), "_meta": said}
        return {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params}

    async def run() -> list[tuple[int, str]]:
        async with httpx2.AsyncClient(headers=accept) as http:
            begun = await http.post(f"{desk.url}/mcp/billing", json=BEGIN)
            held = {"Mcp-Session-Id": begun.headers["mcp-session-id"], "Content-Type": "application/json"}
            told = []
            for number in range(25):
                sent = json.dumps({**odd(), "id": number + 2}).encode()
                answer = await http.post(f"{desk.url}/mcp/billing", content=sent, headers=held)
                told.append((answer.status_code, answer.text))
            await http.delete(f"{desk.url}/mcp/billing", headers=held)
        return told

    before = len(desk.house.traces.accepted)
    told = asyncio.run(run())
    assert {status for status, _ in told} <= {200, 202, 400}
    assert not [words for _, words in told if "-32603" in words or "Traceback" in words]
    assert len(desk.house.traces.accepted) > before + 3
    assert len(desk.house.traces.accepted) == len(desk.house.traces.outcomes)


def test_sessions_are_bounded(desk: Desk) -> None:
    headers = {key: {"Accept": ACCEPT, "Authorization": f"Bearer {key}"} for key in ("key-a", "key-b")}

    async def begun(http: Any, key: str, count: int) -> list[Any]:
        return [await http.post(f"{desk.url}/mcp/billing", json=BEGIN, headers=headers[key]) for _ in range(count)]

    async def run() -> Any:
        async with httpx2.AsyncClient() as http:
            mine = await begun(http, "key-b", 12)
            others = await begun(http, "key-a", 8)
            for key, held in (("key-b", mine), ("key-a", others)):
                for answer in held:
                    session = {"Mcp-Session-Id": answer.headers.get("mcp-session-id", "none")}
                    await http.delete(f"{desk.url}/mcp/billing", headers={**headers[key], **session})
            again = await begun(http, "key-b", 1)
        return [[answer.status_code for answer in some] for some in (mine, others, again)]

    mine, others, again = asyncio.run(run())
    assert mine.count(200) == CLIENT_SESSIONS_MAX, mine
    assert 0 < others.count(200) <= SESSIONS_MAX - CLIENT_SESSIONS_MAX, others
    assert {*mine, *others} == {200, 503}
    assert again == [200]


def test_requests_at_work_have_a_size_together(desk: Desk) -> None:
    """Of one client a half at most: another one has room, and what is small is not held back."""
    at = desk.url.removeprefix("http://").split(":")

    async def begun(key: str, length: str) -> Any:
        reader, writer = await asyncio.open_connection(at[0], int(at[1]))
        head = f"POST /mcp/billing HTTP/1.1\r\nhost: here\r\naccept: {ACCEPT}\r\ncontent-type: application/json\r\n"
        writer.write(f"{head}authorization: Bearer {key}\r\n{length}\r\n\r\n".encode())
        await asyncio.sleep(0.1)
        return reader, writer

    async def status(reader: Any) -> bytes:
        return bytes((await asyncio.wait_for(reader.readline(), 5)).split()[1])

    async def run() -> Any:
        unsaid = "transfer-encoding: chunked"
        waits = [await begun(key, unsaid) for key in ("key-b", "key-a")]
        refused = await begun("key-b", unsaid)
        small = await begun("key-b", "content-length: 1")
        found = [await status(refused[0])]
        for (_, writer), rest in ((small, b" "), *((one, b"1\r\n \r\n0\r\n\r\n") for one in waits)):
            writer.write(rest)
        found += [await status(reader) for reader, _ in (small, *waits)]
        for _, writer in (*waits, refused, small):
            writer.close()
        return found

    assert asyncio.run(run()) == [b"503", b"400", b"400", b"400"]  # a blank is no request


def test_a_server_that_the_workflow_does_not_name_lists_nothing(desk: Desk) -> None:
    async def calls(agent: Any) -> None:
        with pytest.raises(MCPError, match="no tool server 'payroll'"):
            await agent.list_tools()

    acting(desk, calls, server="payroll")


def test_nothing_else_of_a_server_is_passed_on(desk: Desk) -> None:
    async def calls(agent: Any) -> Any:
        for asked in (agent.list_resources, agent.list_prompts):
            with pytest.raises(MCPError):
                await asked()
        return agent.server_capabilities

    capabilities = acting(desk, calls)
    assert (capabilities.resources, capabilities.prompts, capabilities.completions) == (None, None, None)
