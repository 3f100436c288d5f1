"""Why a case could act: everything on record about it, in the order in which one thing allowed the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class TraceStep(StrEnum):
    """The links of the chain, from what was known to what became of it."""

    EVIDENCE = "evidence"
    GATE = "gate"
    PROMOTION = "promotion"
    RELEASE = "release"
    HALT = "halt"  # the kill switch stood against it
    POLICY = "policy"
    DECISION = "decision"
    INTENT = "intent"
    EFFECT = "effect"
    REVIEW = "review"
    UNDO = "undo"
    OUTCOME = "outcome"
    SHOWN = "shown"  # somebody was shown its content


@dataclass(frozen=True, slots=True)
class TraceLink:
    """One fact on record. `entry` is its place in the ledger and `digest` its leaf hash (hexadecimal), None for a fact
    that is part of the link before. `words` say it for people; `facts` are what was recorded, without content that may
    be erased. `altered`: its record is not the one that was written.
    """

    step: TraceStep
    at: str
    entry: int | None
    digest: str | None
    words: str
    facts: Mapping[str, Any]
    altered: bool = False


@dataclass(frozen=True, slots=True)
class CaseTrace:
    """A case and what allowed it. `answer` says in one sentence why it could, or could not, act.

    `missing` names links that ought to be there and are not, and content that was erased. `sealed_size` and `root` are
    the ledger's tree as it was read: a proof of each entry can be made against them. `altered` are the entries whose
    records have no longer the hash that was taken when they were written.
    """

    workflow: str
    key: str
    answer: str
    links: tuple[TraceLink, ...]
    missing: tuple[str, ...]
    sealed_size: int
    root: str
    altered: tuple[int, ...] = ()
