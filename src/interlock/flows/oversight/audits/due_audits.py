"""Whether what was drawn was also done: every audited case was put before a person, and its answer counted as given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from interlock.flows.oversight.audits.periods import AuditFault, Line
from interlock.terms.decision import Verb
from interlock.terms.review import BLIND, ReviewKind


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a decision says that its case should lead to."""

    applied: bool
    audited: bool
    label: str


@dataclass(slots=True)
class DueAudits:
    """Feeds on the entries of one workflow in order. Due: the decision says audited, and the effect was completed."""

    faults: list[AuditFault] = field(default_factory=list)
    _decided: dict[str, _Decided] = field(default_factory=dict)
    _due: dict[str, int] = field(default_factory=dict)
    _opened: set[str] = field(default_factory=set)
    _undecided: set[str] = field(default_factory=set)
    _answered: dict[str, dict[str, str]] = field(default_factory=dict)
    _approved: set[str] = field(default_factory=set)
    _by_approval: set[str] = field(default_factory=set)

    def take(self, kind: str, line: Line) -> None:
        """The next entry; a decision that cannot be read is named by the walk over the draws."""
        body, key = line.body, line.body.get("key")
        if not isinstance(key, str):
            return
        if kind == "decision.made":
            self._decided.setdefault(key, _decided(body))
            if body.get("epoch") is not None:
                self._begun(line, key)
        elif kind == "intent.admitted":  # older ledgers kept the intent in an entry of its own
            self._begun(line, key)
        elif kind == "intent.completed":
            self._completed(line, key)
        elif kind.startswith("review."):
            self._reviewed(kind, body, key)
        elif kind == "intent.approved":
            self._approved_use(line, key)
        elif kind == "outcome.observed":
            self._observed(line, key)

    def _reviewed(self, kind: str, body: Mapping[str, Any], key: str) -> None:
        if kind == "review.opened" and body.get("kind") == ReviewKind.AUDIT:
            self._opened.add(key)
        elif kind == "review.closed":
            self._closed(body, key)
        elif kind == "review.reopened" and body.get("kind") == ReviewKind.DECISION:
            self._approved.discard(key)

    def judge(self) -> None:
        """Name the audits that nobody was asked for; call it once, behind the last entry."""
        for key, entry in self._due.items():
            if key not in self._opened:
                self._fault(entry, key, "it was applied and is to be audited, but its audit was never opened")

    @property
    def n_due(self) -> int:
        """Audits that are owed: drawn, and the effect was completed."""
        return len(self._due)

    @property
    def n_answered(self) -> int:
        """How many of those a person has answered."""
        return sum(ReviewKind.AUDIT in self._answered.get(key, {}) for key in self._due)

    def _completed(self, line: Line, key: str) -> None:
        if line.body.get("audit_due_at") is not None:
            self._opened.add(key)
        self._begun(line, key)
        if key in self._decided and self._decided[key].audited:
            self._due[key] = line.entry

    def _closed(self, body: Mapping[str, Any], key: str) -> None:
        kind = str(body.get("kind"))
        if kind in BLIND:
            self._answered.setdefault(key, {})[kind] = str(body.get("label")).strip()
        elif body.get("approved_until") is not None:
            self._approved.add(key)

    def _approved_use(self, line: Line, key: str) -> None:
        if key not in self._approved:
            self._fault(line.entry, key, "an effect was begun for it as approved, but no approval is on record")
        self._approved.discard(key)
        self._by_approval.add(key)

    def _settled(self, key: str) -> str | None:
        """What the blind looks at a case come to: of one person, of two who agree, or of the third."""
        given = self._answered.get(key, {})
        first, second = given.get(ReviewKind.AUDIT), given.get(ReviewKind.SECOND)
        return given.get(ReviewKind.THIRD, first if second in (None, first) else None)

    def _begun(self, line: Line, key: str) -> None:
        decided = self._decided.get(key)
        if key in self._by_approval:
            return  # what it rests on was looked at when it began
        if key not in self._undecided and (decided is None or not decided.applied):
            self._undecided.add(key)
            self._fault(line.entry, key, "an effect was begun for it, but no decision to apply it is on record")

    def _observed(self, line: Line, key: str) -> None:
        decided, label = self._decided.get(key), str(line.body.get("label")).strip()
        if decided is None:
            return  # `observe` refuses these; a decision that was cut out is named where its effect began
        if line.body.get("wrong") != int(label != decided.label):
            told = "right" if label != decided.label else "wrong"
            self._fault(
                line.entry,
                key,
                f"it counts as {told}, but '{decided.label}' was proposed and '{label}' turned out true",
            )
        if line.body.get("audit") is True and self._settled(key) != label:
            self._fault(
                line.entry, key, f"its audit counts as answered '{label}'; the reviewer's answer is not that one"
            )

    def _fault(self, entry: int, key: str, reason: str) -> None:
        self.faults.append(AuditFault(entry, key, reason))


def _decided(body: Mapping[str, Any]) -> _Decided:
    inputs = body.get("inputs")
    proposal = inputs.get("proposal") if isinstance(inputs, dict) else None
    label = str(proposal.get("label")).strip() if isinstance(proposal, dict) else ""
    return _Decided(body.get("verb") == Verb.APPLY, body.get("audited") == 1, label)
