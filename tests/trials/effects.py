"""A target that many processes share: its effects are lines in files, and outlive whoever asked for them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from interlock.terms.intent import Effect, Receipt
from interlock.terms.workflow import TargetKind


def nothing() -> None:
    """Does nothing."""


class FileTarget:
    """One file a key, one line an effect. Only an idempotent one deduplicates, only a probe-able one can be read back.

    `before` and `after` are called around the effect itself, where a process may die.
    """

    def __init__(
        self,
        folder: Path,
        kind: TargetKind,
        *,
        before: Callable[[], None] = nothing,
        after: Callable[[], None] = nothing,
    ) -> None:
        self._folder = folder / "effects"
        self._folder.mkdir(exist_ok=True)
        self._kind = kind
        self._before, self._after = before, after

    def read(self, effect: Effect) -> Mapping[str, Any]:
        return {"queue": self._queue(effect.case_key)}

    def apply(self, effect: Effect) -> Receipt:
        self._before()
        self._write(effect.case_key, effect.idempotency_key, effect.label)
        self._after()
        return Receipt(effect.idempotency_key, {"queue": effect.label})

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt:
        self._before()
        self._write(effect.case_key, effect.idempotency_key, before["queue"])
        self._after()
        return Receipt(effect.idempotency_key, dict(before))

    def probe(self, effect: Effect) -> Receipt | None:
        if self._kind is not TargetKind.PROBE:
            raise TypeError("this target cannot be read back")
        found = [line for line in self._lines(effect.case_key) if line[0] == effect.idempotency_key]
        return Receipt(effect.idempotency_key, {"queue": found[-1][1]}) if found else None

    def effects(self, case_key: str, *, undone: bool = False) -> int:
        """How often the effect of a case happened, or its undo."""
        wanted = f"undo:{case_key}" if undone else case_key
        return sum(key == wanted for key, _ in self._lines(case_key))

    def _queue(self, case_key: str) -> str:
        lines = self._lines(case_key)
        return lines[-1][1] if lines else "inbox"

    def _lines(self, case_key: str) -> list[tuple[str, str]]:
        path = self._folder / case_key
        lines = path.read_text().splitlines() if path.exists() else []
        return [(key, queue) for key, _, queue in (line.partition("\t") for line in lines)]

    def _write(self, case_key: str, key: str, queue: str) -> None:
        if self._kind is TargetKind.IDEMPOTENT and any(line[0] == key for line in self._lines(case_key)):
            return
        handle = os.open(self._folder / case_key, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(handle, f"{key}\t{queue}\n".encode())
        finally:
            os.close(handle)
