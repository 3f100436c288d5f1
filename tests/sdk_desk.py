"""A connection to a live house's store, with a desk in memory behind its action."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import interlock
from governed import NAME, House


class DeskByHand:
    """What an application would have: plain functions over its own state."""

    def __init__(self) -> None:
        self.queues: dict[str, str] = {}
        self.done: dict[str, str] = {}
        self.calls: list[str] = []

    def read(self, effect: interlock.Effect) -> Mapping[str, Any]:
        return {"queue": self.queues.get(effect.case_key, "inbox")}

    def move(self, effect: interlock.Effect, queue: str | None = None) -> str:
        self.calls.append(effect.idempotency_key)
        if effect.idempotency_key not in self.done:
            self.queues[effect.case_key] = queue or effect.label
            self.done[effect.idempotency_key] = f"r-{len(self.done)}"
        return self.done[effect.idempotency_key]

    def put_back(self, effect: interlock.Effect, before: Mapping[str, Any]) -> str:
        return self.move(effect, str(before["queue"]))


@contextmanager
def connected(live: House, desk: DeskByHand | None = None) -> Iterator[interlock.Workflow]:
    """The house's workflow through the SDK; its grant holds in the house's time, so that is the clock."""
    from interlock.surfaces.sdk.connection import Connection
    from interlock.surfaces.sdk.local import LocalHouse
    from interlock.wiring.run_time import open_address, open_run_time

    def opener() -> LocalHouse:
        opened = open_address(str(live.path))
        return LocalHouse(open_run_time(opened, clock=live.clock), opened.close)

    with Connection(f"sqlite:///{live.path}", opener) as connection:
        workflow = connection.workflow(NAME)
        if desk is not None:
            workflow.action(desk.move, read=desk.read, undo=desk.put_back, idempotent=True)
        yield workflow
