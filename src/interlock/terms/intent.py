"""The journaled wish before an effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class IntentState(StrEnum):
    """Where an intent stands. Only `executing` with a live lease is in flight."""

    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Intent:
    """A durable wish: written before its effect, with all that is needed to finish, find or undo it."""

    key: str
    workflow: str
    release: str
    label: str
    epoch: int
    payload_digest: str
    before: Mapping[str, Any]
    after: Mapping[str, Any] | None
    state: IntentState
    owner: str
    lease_until: str
    receipt: str | None
    entry: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the target answered, and the state it then held (compared before an undo)."""

    reference: str
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KillReport:
    """The kill contract. What cannot be known is listed by name, never assumed.

    `quiesced_at` is None while an effect may still be in flight; `in_flight` and `in_doubt` hold intent keys.
    """

    scope: str
    epoch: int
    fenced_at: str
    quiesced_at: str | None
    in_flight: tuple[str, ...]
    in_doubt: tuple[str, ...]
