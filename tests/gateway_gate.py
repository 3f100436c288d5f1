"""A real gateway in a process of its own, in front of an upstream in a thread of this one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway_house import Place, place, put_house
from gateway_upstream.server import UpstreamServer, upstream
from interlock.terms.gateway.content import PersonalKind
from interlock.terms.gateway.definition import WireFormat
from interlock.terms.gateway.traffic import Of, Per, TrafficLimit, TrafficPlan, Unit

MAIN = "from interlock.wiring.cli import main; main()"
NOBODY = "http://127.0.0.1:9/v1"  # nothing listens on the port of "discard"
PERSONAL = tuple(kind.value for kind in PersonalKind if kind.in_streams)
NO_TOOLS = """@id("no tools here") forbid(principal, action, resource) when { context.facts.tools > 0 };"""

PLANS = {
    "plain": TrafficPlan(models=("small", "claude", "embed", "hasty", "spare", "patient")),
    "careful": TrafficPlan(
        models=("small", "claude"), redact=PERSONAL, redact_output=(), forbidden_output=("project bluebird",)
    ),
    "clean": TrafficPlan(models=("small", "claude"), redact=PERSONAL, redact_output=PERSONAL, restore=False),
    "scarce": TrafficPlan(models=("small",), limits=(TrafficLimit(Of.CLIENT, Unit.REQUESTS, Per.DAY, 1),)),
    "ruled": TrafficPlan(models=("small",), policy=(NO_TOOLS,)),
    "silent": TrafficPlan(),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """`keys` are those of the workflows in PLANS."""

    address: str
    keys: Mapping[str, str]
    upstream: UpstreamServer

    @property
    def base_url(self) -> str:
        return f"{self.address}/v1"


def places(base_url: str) -> list[Place]:
    """Models of both wire formats: one hurries its upstream, one leads nowhere, two are tried once."""
    return [
        place("small", base_url, connect_s=2.0),
        place("claude", base_url, WireFormat.ANTHROPIC),
        place("embed", base_url, model={"embeds": True}),
        place("hasty", base_url, first_byte_s=0.3, between_chunks_s=0.3, model={"retries_max": 0}),
        place("spare", NOBODY, model={"fallbacks": ("small",), "retries_max": 0}),
        place("patient", base_url, model={"retries_max": 0}),
    ]


@contextmanager
def gate(folder: Path, plans: Mapping[str, TrafficPlan] = PLANS, *options: str) -> Iterator[Gate]:
    """Raises AssertionError where the gateway does not start."""
    with upstream() as there:
        keys = put_house(folder / "store.db", places(there.base_url), plans)
        with serving(folder / "store.db", *options) as address:
            yield Gate(address, keys, there)


@contextmanager
def serving(store: Path, *options: str) -> Iterator[str]:
    """The address of a gateway on a store."""
    words: Sequence[str] = [
        sys.executable,
        "-c",
        MAIN,
        "gateway",
        "serve",
        "--store",
        str(store),
        "--port",
        "0",
        *options,
    ]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stderr is not None
    said: list[str] = []
    try:
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                yield found[0]
                break
        else:
            raise AssertionError(f"the gateway did not start: {said}")
    finally:
        process.terminate()
        process.communicate(timeout=20)
