"""A governed workflow as an application uses it: its action, its cases, its stop."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, overload

from interlock.engine.action.decide import OTHER_RELEASE
from interlock.flows.action.observe import Observed
from interlock.flows.action.steps import Flow, InStore, run, run_async
from interlock.flows.action.undo import Undone
from interlock.surfaces.sdk.action import (
    Action,
    ActionFunction,
    ProbeFunction,
    ReadFunction,
    UndoFunction,
    kind_of,
)
from interlock.surfaces.sdk.case import NO_TEXT, OpenedCase
from interlock.surfaces.sdk.checks import checked_confidence, checked_key, checked_label
from interlock.surfaces.sdk.governed import Governing, governing
from interlock.surfaces.sdk.house import House, InForce
from interlock.surfaces.sdk.outcome import Outcome, outcome_of
from interlock.terms.decision import Proposal
from interlock.terms.errors import BadInput, InterlockError, Refused, Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import KillReport
from interlock.terms.person import Person

if TYPE_CHECKING:
    from interlock.surfaces.sdk.connection import Connection


class Workflow:
    """One workflow of a connection. It keeps the release that was in force when it was opened; see `reload`.

    A proposal names that release: under another one it is never applied, a person decides.
    """

    def __init__(self, connection: "Connection", name: str) -> None:
        self.connection = connection
        self.name = name
        self._action: Action | None = None
        self._in_force: InForce = connection.house.in_force(name)

    @property
    def house(self) -> House:
        """The run time, in this process."""
        return self.connection.house

    @property
    def release(self) -> str:
        """The digest of the release that proposals are made under."""
        return self._in_force.release

    @property
    def targets(self) -> Mapping[str, Action]:
        """Its action by the workflow's name, as `interlock recover --app` looks for it."""
        return {} if self._action is None else {self.name: self._action}

    def reload(self) -> None:
        """Take the release that is in force now; the action must fit its definition. Raises BadInput."""
        found = self.connection.house.in_force(self.name)
        if self._action is not None:
            _check_fits(self._action, found, self.name)
        self._in_force = found

    @overload
    def action(
        self,
        function: ActionFunction,
        *,
        read: ReadFunction | None = None,
        undo: UndoFunction | None = None,
        probe: ProbeFunction | None = None,
        idempotent: bool = False,
        blind: bool = False,
    ) -> Action: ...

    @overload
    def action(
        self,
        function: None = None,
        *,
        read: ReadFunction | None = None,
        undo: UndoFunction | None = None,
        probe: ProbeFunction | None = None,
        idempotent: bool = False,
        blind: bool = False,
    ) -> Callable[[ActionFunction], Action]: ...

    def action(
        self,
        function: ActionFunction | None = None,
        *,
        read: ReadFunction | None = None,
        undo: UndoFunction | None = None,
        probe: ProbeFunction | None = None,
        idempotent: bool = False,
        blind: bool = False,
    ) -> Action | Callable[[ActionFunction], Action]:
        """Register what applying a proposal does: a function of an Effect.

            @workflow.action(undo=put_back, read=where_it_is, idempotent=True)
            def route(effect): ...

        Say what the target can do for a lost call: `idempotent` (it deduplicates by `effect.idempotency_key`), `probe`
        (a function that returns the receipt of an effect that has arrived, else None), or `blind`. Raise
        interlock.NotApplied where it is certain that nothing was changed. Raises BadInput where that, or the undo, does
        not fit the workflow's definition.
        """
        kind = kind_of(idempotent=idempotent, probe=probe, blind=blind)

        def register(function: ActionFunction) -> Action:
            action = Action(function, kind, read=read, undo=undo, probe=probe)
            _check_fits(action, self._in_force, self.name)
            self._action = action
            return action

        return register if function is None else register(function)

    def case(
        self, key: str, *, text: str | None = None, tenant: str | None = None, segment: str | None = None
    ) -> OpenedCase:
        """One unit of work: `with` (or `async with`) workflow.case(key) as case.

        `key` comes from business data; the same key is never done twice. `text` is the case's content, kept for
        reviewers where it can be erased. `tenant` and `segment` are scopes of the kill switch.
        """
        return OpenedCase(self, key, text=text, tenant=tenant, segment=segment)

    def governed(
        self,
        *,
        key: Callable[..., str],
        label: Callable[..., str] | str,
        confidence: Callable[..., float | None] | float | None,
        about: Callable[..., Mapping[str, Any]] | None = None,
    ) -> Governing:
        """Make a plain function, or a coroutine function, an effect: it only runs where the workflow may.

        `key`, `label` and `confidence` are computed from the arguments of the call, and `about` what else is told of
        the case: text, tenant, segment, and what `propose` takes. Each call is a case. What is returned is the Outcome;
        an answer of the function that is a Receipt, a mapping or a text is kept as an action's is.
        """
        return governing(self.case, key=key, label=label, confidence=confidence, about=about)

    def shadow(self, cases: Iterable[tuple[str, str, float | None]]) -> tuple[Outcome, ...]:
        """Decide on many cases, (key, label, confidence) each, and apply nothing: all are recorded or none is."""
        proposals = tuple(
            Proposal(checked_key(key), self.release, checked_label(label), checked_confidence(confidence), NO_TEXT)
            for key, label, confidence in cases
        )
        decisions = self.house.shadow(self.name, proposals)
        return tuple(
            Outcome(proposal.key, decision.verb, None, decision.reasons)
            for proposal, decision in zip(proposals, decisions, strict=True)
        )

    def attest(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        source: str,
        evidence_class: EvidenceClass = EvidenceClass.EXECUTED,
    ) -> Evidence:
        """Bind evidence (JSON-able, a certificate say) to the release in force. Raises BadInput."""
        return self.house.attest(self.name, kind, body, source=source, evidence_class=evidence_class)

    def outcomes(self, known: Iterable[tuple[str, str]], *, by: str) -> tuple[Observed, ...]:
        """What turned out to be true of many cases, (key, label) each: all are recorded or none is."""
        return self.house.outcomes(self.name, tuple(known), by=by)

    def outcome(
        self, key: str, label: str, *, by: str, evidence_class: EvidenceClass = EvidenceClass.SOURCE
    ) -> Observed:
        """What turned out to be true, as a system of record or a person says it. Raises BadInput as `observe`."""
        return self.house.outcome(self.name, key, label, by=by, evidence_class=evidence_class)

    def undo(self, key: str, *, by: str) -> None:
        """Put one applied case back. Raises BadInput where nothing is applied, Refused where a person must decide."""
        run(self.house.undoing(self.action_for(awaited=False), self.name, key, by=Person(by)))

    async def aundo(self, key: str, *, by: str) -> None:
        """The same on an event loop."""
        flow = self.house.undoing(self.action_for(awaited=True), self.name, key, by=Person(by))
        await run_async(flow, in_thread=self.connection.in_thread)

    def undo_since(self, since_entry: int, *, by: str) -> Undone:
        """Put back everything applied from a ledger entry on, newest first; what waits for a person is listed.

        Raises BadInput where there is no action, or it has to be awaited.
        """
        return run(self._undoing_since(self.action_for(awaited=False), since_entry, Person(by)))

    async def aundo_since(self, since_entry: int, *, by: str) -> Undone:
        """The same on an event loop."""
        flow = self._undoing_since(self.action_for(awaited=True), since_entry, Person(by))
        return await run_async(flow, in_thread=self.connection.in_thread)

    def _undoing_since(self, action: Action, since_entry: int, by: Person) -> Flow[Undone]:
        undone, waiting = [], []
        for key in (yield InStore(partial(self.house.applied_since, self.name, since_entry))):
            try:
                yield from self.house.undoing(action, self.name, key, by=by)
                undone.append(key)
            except (Refused, BadInput) as exc:
                waiting.append((key, str(exc)))
        return Undone(tuple(undone), tuple(waiting))

    def kill(self, *, by: str, reason: str, wait_s: float = 10.0) -> KillReport:
        """Halt this workflow, in every process on the store."""
        return self.house.kill(f"workflow:{self.name}", by=Person(by), reason=reason, wait_s=wait_s)

    def resume(self, *, by: str, reason: str) -> int:
        """Let it work again; needs a person with the right to resume. Raises Refused, BadInput."""
        return self.house.resume(f"workflow:{self.name}", by=Person(by), reason=reason)

    def action_for(
        self, *, awaited: bool, instead: ActionFunction | None = None, timeout_s: float | None = None
    ) -> Action:
        """The registered action, with another function in its place where one is given.

        Raises BadInput where there is none, and where it has to be awaited but is not.
        """
        if self._action is None:
            raise BadInput(f"'{self.name}' has no action yet: register one, @workflow.action(...)")
        action = self._action if instead is None else self._action.calling(instead)
        if not awaited and action.is_async:
            raise BadInput(
                f"the action '{action.__name__}' is asynchronous: use `async with workflow.case(...)` and "
                "`await case.apply()` or `await case.undo(...)`; for many, `await workflow.aundo_since(...)`"
            )
        return action if timeout_s is None else action.within(timeout_s)

    def acting(self, action: Action, proposal: Proposal, lease_s: float) -> Flow[Outcome]:
        """Decide and, where allowed, do it: the steps, for either driver."""
        acted = yield from self.house.acting(action, self.name, proposal, lease_s=lease_s)
        if OTHER_RELEASE not in acted.decision.reasons:
            return outcome_of(proposal.key, acted)
        return outcome_of(proposal.key, acted, *(yield InStore(self._how_to_reload)))

    def _how_to_reload(self) -> tuple[str, ...]:
        try:
            now = self.house.in_force(self.name).release
        except Unavailable:
            return ()
        if now == self.release:  # this was decided earlier, by another process or before a reload
            return ()
        return (f"this process proposes under {self.release[:19]}, in force is {now[:19]}: call workflow.reload()",)

    def with_text(self, proposal: Proposal, text: str) -> Proposal:
        """The proposal with the digest of its content, which is kept for reviewers."""
        return replace(proposal, payload_digest=self.house.keep_text(proposal.key, text))

    def __repr__(self) -> str:
        action = "no action yet" if self._action is None else f"action {self._action.__name__}"
        return f"<interlock.Workflow {self.name}: release {self.release[:19]}, {action}>"

    def _repr_html_(self) -> str:
        try:
            now = self.house.authority(self.name)
        except InterlockError as exc:  # a notebook shows what it can
            return f"<p>{escape(self.name)}: {escape(str(exc))}</p>"
        held = (
            now.level if now.threshold is None else f"{now.level} at or over {now.threshold:g}, until {now.expires_at}"
        )
        action = "no action yet" if self._action is None else self._action.__name__
        halted = ", ".join(now.halted) or "nothing"
        rows = (("authority", held), ("halted", halted), ("action", action), ("release", self.release[:19]))
        cells = "".join(f"<tr><th scope=row>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows)
        return f"<table><caption>{escape(self.name)}</caption>{cells}</table>"


def _check_fits(action: Action, found: InForce, workflow: str) -> None:
    plan = found.definition.effect
    if action.kind is not plan.target:
        raise BadInput(
            f"the definition of '{workflow}' says that its target is {plan.target}, the action says {action.kind}: "
            "make them agree, in effect.target or in @workflow.action(...)"
        )
    if plan.undo is not None and not action.can_undo:
        raise BadInput(
            f"the definition of '{workflow}' names an undo ('{plan.undo}'): give it, @workflow.action(undo=FUNCTION)"
        )
