"""Evidence, and what a gate makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from interlock.terms.absent import ABSENT_AT_DEFAULT


class EvidenceClass(StrEnum):
    """Where evidence comes from. Model-class evidence alone never opens a gate."""

    EXECUTED = "executed"
    HUMAN = "human"
    SOURCE = "source"
    MODEL = "model"


class Verdict(StrEnum):
    """The five answers of a finding or a gate. Only `passed` opens; missing is not passed."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Immutable, sourced, dated, of one class, bound to one release. `digest` identifies it; `body` is JSON-able."""

    digest: str
    release: str
    kind: str
    evidence_class: EvidenceClass
    source: str
    at: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check on evidence, its verdict, why, and the smallest piece of work that would change it ("" if none).

    `waived` says by whom and until when, where somebody took the risk; the verdict stays what it is.
    """

    check: str
    verdict: Verdict
    reason: str
    next_step: str = ""
    evidence: tuple[str, ...] = ()
    waived: str = field(default="", metadata=ABSENT_AT_DEFAULT)


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """Findings and the rule over them, bound to a release."""

    gate: str
    release: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    at: str
