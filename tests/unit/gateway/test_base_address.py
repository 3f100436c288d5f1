"""A client whose base address has no /v1, or one too many, is told so, also where pages stand beside the gateway."""

import asyncio
import json
from contextlib import nullcontext
from typing import Any

import pytest

from interlock.surfaces.gateway.door import GatewayDoor


async def nobody(*_: Any) -> Any:
    raise AssertionError("no model is asked")


@pytest.mark.parametrize("path", ["/chat/completions", "/responses", "/messages", "/v1/v1/messages"])
def test_it_is_told_in_words(path: str) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    door = GatewayDoor(nobody, {}, nullcontext)
    assert door.answers(path)
    asyncio.run(door({"type": "http", "path": path}, nobody, send))
    assert sent[0]["status"] == 404
    said = json.loads(sent[1]["body"])["error"]["message"]
    assert said.endswith("OpenAI's clients need the base address with /v1, Anthropic's without")


@pytest.mark.parametrize("path", ["/", "/gateway", "/v1/gateway/limits", "/v1/nothing"])
def test_whatever_else_is_there_is_not_the_gateways(path: str) -> None:
    assert not GatewayDoor(nobody, {}, nullcontext).answers(path)
