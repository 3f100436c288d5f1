"""A tool call on each engine: done once, however often and however many at once it comes."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from governed import BEN
from interlock.flows.action.kill import kill
from interlock.flows.gateway.tools.call import calling
from interlock.flows.gateway.tools.collect import collecting
from interlock.terms.gateway.tool_call import CallState
from interlock.wiring.run_time import open_address, open_run_time
from tool_house import DESK_AGENT, ToolHouse, call, unheard

TIMES = 4


def test_a_tool_call_is_done_once_however_it_comes(address: str, tmp_path: Path) -> None:
    house = ToolHouse(tmp_path, address).behind_a_gateway()
    waiting = call("close_account", "w", account="a-1")
    ticket = asyncio.run(house.drive(calling(house.tools, DESK_AGENT, waiting, unheard))).ticket
    house.decides(house.key(ticket), "close_account")
    told: list[Any] = []

    def another() -> None:
        opened = open_address(address)
        rt = open_run_time(opened, clock=house.clock, owner="another")
        desk = replace(house.tools, rt=rt)
        asked = call("refund", account="a-1", amount_cents=500, order="17")
        try:
            told.append(asyncio.run(house.drive(calling(desk, DESK_AGENT, asked, unheard))).state)
            told.append(asyncio.run(house.drive(collecting(desk, DESK_AGENT, "billing", ticket, unheard))).state)
        finally:
            opened.close()

    threads = [threading.Thread(target=another) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(house.played.done) == ["close_account", "refund"]
    assert len(told) == 2 * TIMES
    assert set(told) <= {CallState.DONE, CallState.AT_WORK}
    kill(house.store, house.drain, "workflow:triage", by=BEN, reason="drill", clock=house.clock, timeout_s=1)
    for tool in ("lookup", "refund"):
        asyncio.run(house.drive(calling(house.tools, DESK_AGENT, call(tool, "2"), unheard)))
    assert len(house.played.done) == 2
    house.opened.close()
