"""Gates as their pack holds them: checks that a probe answers, and what each protects from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One check of a gate. `probe` names what answers it, `told` what that probe is told (fields, thresholds).

    `next_step` is the smallest piece of work that would change the answer. `safety`: only the safety owner may waive
    it. `gate` is the gate that it belongs to.
    """

    id: str
    asks: str
    probe: str
    next_step: str
    told: Mapping[str, Any] = field(default_factory=dict)
    safety: bool = False
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A question, answered by checks. `prevents` says what comes through without it, `decided_by` who decides at it."""

    id: str
    title: str
    question: str
    prevents: str
    decided_by: str
    checks: tuple[GateCheck, ...]


@dataclass(frozen=True, slots=True)
class GatePack:
    """Gates that belong together, in their order."""

    id: str
    version: str
    title: str
    gates: tuple[Gate, ...]
