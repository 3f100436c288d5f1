"""The command line in tests: how a command ended, a definition file, and a governed workflow that lives now."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governed import House

DEFINITION = """\
workflow: triage
problem:
  who: support leads
  friction: mail waits
  cause: sorting by hand
  cost: 4 hours a day
  outcome: sorted at once
  metric: minutes
  constraints: GDPR
owners: {value: Ana Ruiz, safety: Ben Okafor}
rights:
  promote: [Ana Ruiz, Carla Nunes]
  resume: [Ben Okafor]
budget: {error: 0.10, promise: selective, certify_at: 0.05}
limits: {always_review: [fraud], forbidden: [close account]}
effect: {action: route the message, target: idempotent, undo: put it back}
rollout: {traffic_share: 1.0, audit_share: 1.0}
acts: {model: "sha256:one"}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended; `said` is standard error on one line."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return " ".join(self.err.replace("│", " ").split())

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


class Here(House):
    """A house whose clock stands at this minute, as the command line's does."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(folder)
        self.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
