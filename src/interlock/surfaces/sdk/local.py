"""The run time in this process, driving the flows over an opened store."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from interlock.engine.rollout.definition import definition_of
from interlock.engine.timestamp import stamp
from interlock.flows.action.act import Acted, acting, shadow
from interlock.flows.action.kill import kill, resume
from interlock.flows.action.observe import Observed, observe, observe_many
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.steps import Flow
from interlock.flows.action.suggest import keep_text_here
from interlock.flows.action.undo_own import undoing_own
from interlock.flows.ledger.content import keep_text
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.attest import attest, check_attested
from interlock.ports.effects import Target
from interlock.surfaces.sdk.house import AuthorityNow, InForce
from interlock.terms.decision import Decision, Proposal
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.grant import AutonomyLevel
from interlock.terms.intent import IntentState, KillReport
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind


class LocalHouse:
    """interlock.surfaces.sdk.house.House over a run time of this process."""

    def __init__(self, rt: RunTime, close: Callable[[], None]) -> None:
        self.run_time = rt
        self._close = close

    def in_force(self, workflow: str) -> InForce:
        with self.run_time.store.reading() as reading:
            row = reading.workflow(workflow)
            names = [] if row is not None else [one.name for one in reading.workflows()]
        if row is None:
            near = difflib.get_close_matches(workflow, names, n=1)
            known = ", ".join(names) or "none yet; `interlock apply -f FILE` defines one"
            hint = f"did you mean '{near[0]}'?" if near else f"known: {known}"
            raise BadInput(f"there is no workflow '{workflow}' ({hint})")
        return InForce(row.release, definition_of(row.definition))

    def authority(self, workflow: str) -> AuthorityNow:
        in_force = self.in_force(workflow)
        with self.run_time.store.reading() as reading:
            row = reading.workflow(workflow)
            halted = tuple(sorted(name for name, (_, is_halted) in reading.scopes().items() if is_halted))
        grant = row.grant if row is not None else None
        now = stamp(self.run_time.clock())
        if grant is None or grant["release"] != in_force.release or not now < grant["expires_at"]:
            return AuthorityNow(workflow, in_force.release, AutonomyLevel.SHADOW, None, None, halted)
        return AuthorityNow(
            workflow, in_force.release, grant["level"], float(grant["threshold"]), grant["expires_at"], halted
        )

    def acting(self, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float) -> Flow[Acted]:
        return acting(self.run_time, target, workflow, proposal, lease_s=lease_s)

    def undoing(self, target: Target, workflow: str, key: str, *, by: Person) -> Flow[None]:
        return undoing_own(self.run_time, target, workflow, key, by=by)

    def applied_since(self, workflow: str, since_entry: int) -> tuple[str, ...]:
        with self.run_time.store.reading() as reading:
            found = [
                (intent.entry, intent.key)
                for state in (IntentState.DONE, IntentState.UNDOING)
                for intent in reading.intents(f"workflow:{workflow}", state=state, since_entry=since_entry)
            ]
        return tuple(key for _, key in sorted(found, reverse=True))

    def shadow(self, workflow: str, proposals: tuple[Proposal, ...]) -> tuple[Decision, ...]:
        return shadow(self.run_time, workflow, proposals)

    def keep_text(self, key: str, text: str) -> str:
        at = stamp(self.run_time.clock())
        try:
            return self.run_time.store.run(lambda tx: keep_text(tx, key, text, at=at), durable=False)
        except Unavailable:  # the case then becomes a suggestion that waits on this host, and its text with it
            return keep_text_here(self.run_time, key, text)

    def human(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        rt = self.run_time
        with rt.store.reading() as reading:
            review = reading.review(key, ReviewKind.DECISION)
        if review is not None and review.closed_at is None and review.workflow == workflow:
            return self._closed(workflow, key, label, by, note, approve=False)
        return observe(rt.store, workflow, key, label=label, by=by.name, clock=rt.clock)

    def approve(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        return self._closed(workflow, key, label, by, note, approve=True)

    def outcome(self, workflow: str, key: str, label: str, *, by: str, evidence_class: EvidenceClass) -> Observed:
        rt = self.run_time
        return observe(rt.store, workflow, key, label=label, by=by, clock=rt.clock, evidence_class=evidence_class)

    def outcomes(self, workflow: str, known: Sequence[tuple[str, str]], *, by: str) -> tuple[Observed, ...]:
        return observe_many(self.run_time.store, workflow, known, by=by, clock=self.run_time.clock)

    def attest(
        self, workflow: str, kind: str, body: Mapping[str, Any], *, source: str, evidence_class: EvidenceClass
    ) -> Evidence:
        check_attested(kind)
        return attest(
            self.run_time.store,
            workflow,
            release=self.in_force(workflow).release,
            kind=kind,
            evidence_class=evidence_class,
            source=source,
            body=body,
            clock=self.run_time.clock,
        )

    def kill(self, scope: str, *, by: Person, reason: str, wait_s: float) -> KillReport:
        rt = self.run_time
        return kill(rt.store, rt.drain, scope, by=by, reason=reason, clock=rt.clock, timeout_s=wait_s)

    def resume(self, scope: str, *, by: Person, reason: str) -> int:
        return resume(self.run_time.store, scope, by=by, reason=reason, clock=self.run_time.clock)

    def close(self) -> None:
        self._close()

    def _closed(self, workflow: str, key: str, label: str, by: Person, note: str, *, approve: bool) -> Observed:
        rt = self.run_time
        return close_review(
            rt.store,
            workflow,
            key,
            ReviewKind.DECISION,
            label=label,
            by=by,
            clock=rt.clock,
            note=note,
            approve=approve,
            randomness=rt.randomness,
        )
