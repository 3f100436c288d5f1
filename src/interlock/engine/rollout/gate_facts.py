"""What gates are judged on: a definition, the evidence that may count now, and where the workflow stands."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from interlock.engine.evidence.kinds import noun
from interlock.engine.rollout.gate import usable
from interlock.terms.evidence import Evidence, Finding, Verdict
from interlock.terms.gate import Gate
from interlock.terms.stage import RolloutStage, Waiver
from interlock.terms.workflow import WorkflowDefinition

QUEUE_DAYS = 30


@dataclass(frozen=True, slots=True)
class QueueKept:
    """Reviews opened in the last 30 days: how many, how many were decided `late`, and are open and `overdue` now."""

    n: int = 0
    late: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class GateFacts:
    """As of `now`. `altered` are digests of evidence that is no longer what was recorded, `unsigned` those of
    attestations that no live key of the person they name signed.

    `scaling` is what the readiness scorecard says about scaling, None where nobody answered it. `drift` names what is
    live without authority. `promotion` is the verdict of the promotion gate for this release, None where it was not
    judged. `drilled_at` is when the kill switch last passed a drill, `open_incidents` names those that are open.
    `proposers` are those who made this release, by name, with what they did. `captured_at` is when a person's decision
    on a case was last put on record.
    """

    definition: WorkflowDefinition
    release: str
    now: dt.datetime
    stage: RolloutStage = RolloutStage.EXPLORATION
    evidence: tuple[Evidence, ...] = ()
    altered: frozenset[str] = frozenset()
    unsigned: frozenset[str] = frozenset()
    demoted_at: str | None = None
    waivers: tuple[Waiver, ...] = ()
    gates: Mapping[str, Gate] = field(default_factory=dict)
    scaling: Finding | None = None
    drift: tuple[str, ...] = ()
    promotion: Verdict | None = None
    drilled_at: str | None = None
    open_incidents: tuple[str, ...] = ()
    proposers: Mapping[str, str] = field(default_factory=dict)
    queue: QueueKept = QueueKept()
    captured_at: str | None = None

    def usable(self, kind: str) -> Finding | Evidence:
        """The newest evidence of a kind that may count, or the finding that says why there is none."""
        return self.usable_where(kind)

    def usable_where(self, kind: str, **members: str) -> Finding | Evidence:
        """The same among evidence whose body holds these members."""
        of_kind = (item for item in self.evidence if item.kind == kind)
        return self.usable_among(
            kind, tuple(one for one in of_kind if all(one.body.get(name) == word for name, word in members.items()))
        )

    def usable_among(self, kind: str, held: tuple[Evidence, ...]) -> Finding | Evidence:
        """The same among these pieces of the kind."""
        signed = tuple(item for item in held if item.digest not in self.unsigned)
        own = [item for item in held if item.release == self.release]
        if own and self.unsigned.issuperset(item.digest for item in own):
            reason = f"the {noun(kind)} of {own[-1].at} is not signed by a live key of the person it names"
            return Finding(kind, Verdict.ERROR, reason, "have it signed", tuple(item.digest for item in own))
        return self._intact(kind, signed)

    def _intact(self, kind: str, among: tuple[Evidence, ...]) -> Finding | Evidence:
        if not among:  # what to do about it, the check says better
            return Finding(kind, Verdict.INCONCLUSIVE, f"no {noun(kind)} is on record")
        days = self.definition.rollout.evidence_days
        found = usable(among, kind=kind, release=self.release, now=self.now, days=days, demoted_at=self.demoted_at)
        if isinstance(found, Evidence) and found.digest in self.altered:
            reason = f"the {noun(kind)} of {found.at} is not what was recorded: its content does not match its digest"
            return Finding(kind, Verdict.ERROR, reason, "run `interlock ledger verify`", (found.digest,))
        return found
