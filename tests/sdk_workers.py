"""Work that several processes do on one store: a target that remembers each call in a file, and cases on it."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import interlock
from governed import NAME


class Ledgered:
    """A target that does not deduplicate: each call leaves a line, so that a second one would be seen."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "calls.txt"

    def move(self, effect: interlock.Effect) -> str:
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"{effect.case_key}\n".encode())
        finally:
            os.close(handle)
        return f"receipt of {effect.case_key}"

    async def move_later(self, effect: interlock.Effect) -> str:
        await asyncio.sleep(0)
        return self.move(effect)

    def put_back(self, effect: interlock.Effect, before: Mapping[str, Any]) -> None:
        self.move(effect)

    def calls(self) -> Counter[str]:
        return Counter(self._file.read_text(encoding="utf-8").split("\n")[:-1]) if self._file.exists() else Counter()


def registered(connection: interlock.Connection, folder: Path, *, awaited: bool = False) -> interlock.Workflow:
    """The workflow with the target's functions as its action."""
    workflow, target = connection.workflow(NAME), Ledgered(folder)
    workflow.action(target.move_later if awaited else target.move, undo=target.put_back, idempotent=True)
    return workflow


def apply(workflow: interlock.Workflow, key: str) -> bool:
    with workflow.case(key, text=f"text of {key}") as case:
        case.propose("billing", confidence=0.97)
        return case.apply().applied


async def apply_later(workflow: interlock.Workflow, key: str) -> bool:
    async with workflow.case(key) as case:
        await case.propose("billing", confidence=0.97)
        return (await case.apply()).applied


async def apply_all(workflow: interlock.Workflow, keys: Iterable[str]) -> list[bool]:
    return await asyncio.gather(*[apply_later(workflow, key) for key in keys])


def in_a_process_of_its_own(address: str, folder: str, keys: list[str]) -> list[bool]:
    """A worker that connects by itself."""
    with interlock.connect(address) as connection:
        workflow = registered(connection, Path(folder))
        return [apply(workflow, key) for key in keys]


preloaded: interlock.Workflow | None = None


def with_what_was_loaded_before(keys: list[str]) -> list[bool]:
    """A worker forked from a process that has connected already."""
    assert preloaded is not None
    return [apply(preloaded, key) for key in keys]
