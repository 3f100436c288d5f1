"""The vendor's own documented requests, answers and streams are read, and relayed as the same bytes."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from interlock.engine.gateway.wire.answer import Answer, read_answer
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.streams.relay import Relay
from interlock.terms.gateway.wire import Wire

SERVER_TOOLS = {"Web search", "File search"}  # the upstream would carry them out


@pytest.fixture(scope="module")
def examples(data_dir: Path) -> list[tuple[Wire, str, str, str]]:
    """Format, title, request body and answer of each documented example."""
    with gzip.open(data_dir / "api_specs" / "openai_openapi.json.gz") as file:
        paths = json.load(file)["paths"]
    found = []
    for wire in (Wire.CHAT, Wire.RESPONSES):
        for example in paths[wire.path]["post"]["x-oaiMeta"]["examples"]:
            body = re.search(r"-d '(.*)'", example["request"]["curl"], re.DOTALL)
            assert body is not None
            found.append((wire, example["title"], body[1], example["response"].strip()))
    return found


def test_documented_requests_are_read_and_leave_as_they_came(examples: list[tuple[Wire, str, str, str]]) -> None:
    read: list[str] = []
    for wire, title, body, _ in examples:
        found = parse(wire, body.encode())
        assert isinstance(found, Parsed) is (title not in SERVER_TOOLS), title
        if isinstance(found, Parsed):
            read.append(title)
            sent = json.loads(found.rewritten(model=found.model, include_usage=False))
            assert sent == json.loads(body) | ({"store": False} if wire is Wire.RESPONSES else {})
    assert len(read) >= 10


def test_documented_answers_and_streams_are_read(examples: list[tuple[Wire, str, str, str]]) -> None:
    read: dict[str, Any] = {"answers": 0, "streams": 0}
    for wire, title, _, said in examples:
        if title != "Streaming":
            answer = read_answer(wire, said.encode())
            assert isinstance(answer, Answer), title
            assert answer.counted.usage is not None, title
            read["answers"] += 1
            continue
        events = [line for line in said.splitlines() if line.startswith("{")]
        chat = "".join(f"data: {event}\n\n" for event in events) + "data: [DONE]\n\n"
        stream = (chat if wire is Wire.CHAT else said + "\n\n").encode()
        relay = Relay(wire)
        assert relay.feed(stream) == stream
        assert relay.told.complete
        read["streams"] += 1
    assert read["answers"] >= 10
    assert read["streams"] == 2
