"""A tool server that says nothing until it is given up."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from interlock.adapters.gateway.tools import connection
from interlock.adapters.gateway.tools.connection import Connection
from interlock.ports.gateway.tool_servers import Failure, ToolServerFailed
from interlock.terms.gateway.definition import ToolServer


def test_it_is_told_once_and_what_comes_later_is_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up, unheard = asyncio.Event(), []

    @asynccontextmanager
    async def silent(*_: Any, **__: Any) -> AsyncIterator[Any]:
        await given_up.wait()
        if given_up.is_set():
            raise OSError
        yield

    async def look() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context["message"]))
        made = Connection(ToolServer("mute", command=("mute",)), {})
        monkeypatch.setattr(made, "_stop", given_up)
        with pytest.raises(ToolServerFailed, match=r"did not answer within 0\.01 s") as failed:
            await made.open()
        assert failed.value.failure is Failure.NOT_SENT
        assert made.ended

    monkeypatch.setattr(connection, "OPEN_S", 0.01)
    monkeypatch.setattr(connection, "transport_to", silent)
    asyncio.run(look())
    gc.collect()
    assert unheard == []
