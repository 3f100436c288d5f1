"""The proxy as the command of an agent's configuration, in front of a tool server that is a process of its own."""

import asyncio
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client as Agent
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from governed import CARLA
from interlock.flows.action.lost import lost_intents
from interlock.flows.action.recover import recovering
from interlock.flows.gateway.access.keys import WantedKey, create_key
from interlock.flows.gateway.tools.call import calling
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.definition import ToolServer
from interlock.terms.gateway.tool_call import CallState, ListedTool, ToolCall
from interlock.terms.intent import IntentState
from tool_house import DESK_AGENT, ToolHouse, call, unheard
from tool_proxy import PLAN, PROXIED, Proxied
from tool_upstream import TOOLS

HERE = Path(__file__).parents[2]
KEY = "interlock/idempotency-key"
SURE: Any = {"interlock/confidence": 0.95, KEY: "pay-1"}
Made = tuple[Path, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A store with a live workflow, a gateway with a tool server that is a command, and a key."""
    folder = tmp_path_factory.mktemp("stdio")
    (folder / "TOOLS").write_text(json.dumps(list(TOOLS.values())))
    command = (sys.executable, *(str(one) for one in (HERE / "tiny_tools.py", folder / "TOOLS", folder / "EFFECTS")))
    house = Proxied(folder, at=ToolServer("billing", command=command, environment=("UPSTREAM_NAME",)))
    house.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    house.behind_a_gateway(replace(PROXIED, tools=replace(PLAN, call_s=10.0)))
    wanted = WantedKey("agent", workflow="triage")
    key = create_key(house.store, wanted, by=CARLA, clock=house.clock, randomness=os.urandom)
    house.opened.close()
    return folder, key


@asynccontextmanager
async def agent(folder: Path, key: str, errors: Any) -> AsyncIterator[Agent]:
    environment = {
        "INTERLOCK_GATEWAY_KEY": key,
        "UPSTREAM_NAME": "named",
        "UPSTREAM_SECRET": "not named",
        "INTERLOCK_STATE": os.environ["INTERLOCK_STATE"],
    }
    program = "from interlock.wiring.cli import main; main()"
    child = StdioServerParameters(
        command=sys.executable,
        args=["-c", program, "mcp", "billing", "--store", str(folder / "store.db")],
        env=environment,
    )
    async with Agent(stdio_client(child, errors), mode="legacy") as made:
        yield made


def test_an_agent_on_pipes_and_a_proxy_that_is_killed_while_its_tool_works(made: Made, tmp_path: Path) -> None:
    folder, key = made
    effects = folder / "EFFECTS"

    async def calls(errors: Any) -> Any:
        async with agent(folder, key, errors) as one:
            names = {tool.name for tool in (await one.list_tools()).tools}
            who: Any = (await one.call_tool("whoami", {})).structured_content
            other: Any = {**SURE, KEY: "r"}
            refunded = await one.call_tool("refund", {"order": "9", "amount_cents": 1}, meta=other)
            other[KEY] = "d"
            died = await one.call_tool("die", {}, meta=other)
            stands: Any = died.structured_content
            assert stands["state"] == "uncertain"
            who = (await one.call_tool("whoami", {})).structured_content  # started again
            paying = asyncio.ensure_future(one.call_tool("pay_slowly", {"seconds": 1.5}, meta=SURE))
            await _until(lambda: "pay_slowly" in effects.read_text())
            os.kill(who["parent"], signal.SIGKILL)
            with pytest.raises(MCPError):
                await paying
            await _until(lambda: not _lives(who["pid"]))  # its tool server ends with it
            return names, who, refunded

    with (tmp_path / "errors").open("w") as errors:
        names, who, refunded = asyncio.run(calls(errors))
    assert {"refund", "interlock_ticket"} <= names
    assert "wipe" not in names
    assert "UPSTREAM_NAME" in who["environment"]
    assert not {"UPSTREAM_SECRET", "INTERLOCK_GATEWAY_KEY"} & set(who["environment"])
    assert refunded.structured_content == {"refund_id": "r-9"}
    house = Proxied(folder)
    again = ToolCall("billing", "pay_slowly", {"seconds": 1.5}, "pay-1", keyed=True, confidence=0.95)
    house.now = dt.datetime.now(dt.UTC)
    house.played.tools = {name: ListedTool(name, tool) for name, tool in TOOLS.items()}
    told = asyncio.run(house.drive(calling(house.tools, Client("agent", "triage"), again, unheard)))
    assert (told.state, house.played.calls) == (CallState.AT_WORK, [])
    assert effects.read_text().splitlines() == ["refund", "die", "pay_slowly"]
    house.opened.close()


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.02)


def _lives(pid: int) -> bool:
    """Whether the process is at work; what has ended and waits to be asked how, is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


KILLED = """
    import asyncio, os, signal, sys
    sys.path.insert(0, {tests!r})
    from pathlib import Path
    from tool_house import DESK_AGENT, ToolHouse, call, unheard
    from interlock.flows.gateway.tools.call import calling

    house = ToolHouse(Path({folder!r}))
    house.now = house.now.replace(hour=12)

    async def die(heard):
        os.kill(os.getpid(), signal.SIGKILL)

    house.played.meanwhile = die
    asked = call("refund", account="a-1", amount_cents=500, order="17")
    asyncio.run(house.drive(calling(house.tools, DESK_AGENT, asked, unheard)))
"""


def test_a_process_that_is_killed_between_intent_and_effect_leaves_it_in_doubt(tmp_path: Path) -> None:
    house = ToolHouse(tmp_path).behind_a_gateway()
    house.opened.close()
    program = textwrap.dedent(KILLED).format(tests=str(HERE), folder=str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    house = ToolHouse(tmp_path)
    house.now = house.now.replace(hour=13)
    asked = call("refund", account="a-1", amount_cents=500, order="17")
    with house.store.reading() as reading:
        (lost,) = lost_intents(reading, IntentState.EXECUTING, house.now)
    recovered = asyncio.run(house.drive(recovering(house.rt, None, lost)))
    assert recovered.fate == "in doubt"
    told = asyncio.run(house.drive(calling(house.tools, DESK_AGENT, asked, unheard)))
    assert (told.state, house.played.calls) == ("uncertain", [])
    house.opened.close()
