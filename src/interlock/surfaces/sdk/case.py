"""One case: proposed once, then applied, shadowed, or left to a person."""

import contextvars
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from interlock.flows.action.admit import LEASE_S
from interlock.flows.action.observe import Observed
from interlock.flows.action.steps import run, run_async
from interlock.surfaces.sdk.action import ActionFunction
from interlock.surfaces.sdk.checks import (
    checked_about,
    checked_confidence,
    checked_content,
    checked_key,
    checked_label,
    checked_lease,
    checked_text,
)
from interlock.surfaces.sdk.outcome import Outcome
from interlock.terms.decision import Proposal
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

if TYPE_CHECKING:
    from interlock.surfaces.sdk.workflow import Workflow

NO_TEXT = "sha256:" + "0" * 64
_current: contextvars.ContextVar["BaseCase | None"] = contextvars.ContextVar("interlock_case", default=None)


class About(TypedDict, total=False):
    """What may be told of a case beside its label and confidence."""

    novelty: float | None
    target: str | None
    amount_cents: int | None
    items: int | None
    facts: Mapping[str, str | int | bool] | None
    arguments: Mapping[str, Any] | None


TOLD = tuple(About.__annotations__)


def current_case() -> "BaseCase":
    """The case being worked on in this thread, task or copied context. Raises BadInput where there is none."""
    case = _current.get()
    if case is None:
        raise BadInput("no case is being worked on here: open one, `with workflow.case(KEY) as case:`")
    return case


class BaseCase:
    """What a case knows of itself, whether it is worked on in a thread or on an event loop."""

    __slots__ = ("_token", "key", "outcome", "proposal", "segment", "tenant", "text", "workflow")

    def __init__(
        self, workflow: "Workflow", key: str, *, text: str | None, tenant: str | None, segment: str | None
    ) -> None:
        if text is not None:
            checked_content(text)
        if tenant is not None:
            checked_text("tenant", tenant)
        if segment is not None:
            checked_text("segment", segment)
        self.workflow = workflow
        self.key = checked_key(key)
        self.text = text
        self.tenant = tenant
        self.segment = segment
        self.proposal: Proposal | None = None
        self.outcome: Outcome | None = None
        self._token: contextvars.Token[BaseCase | None] | None = None

    def _proposed(self, label: str, confidence: float | None, about: About) -> Proposal:
        if self.proposal is not None:
            raise BadInput(
                f"case '{self.key}' has a proposal already ('{self.proposal.label}'); one case is one unit of work: "
                "open another case, with another key, for another proposal"
            )
        return Proposal(
            key=self.key,
            release=self.workflow.release,
            label=checked_label(label),
            confidence=checked_confidence(confidence),
            payload_digest=NO_TEXT,
            tenant=self.tenant,
            segment=self.segment,
            **checked_about(about, TOLD),
        )

    def _to_apply(self) -> Proposal:
        if self.proposal is None:
            raise BadInput(
                f"nothing is proposed for case '{self.key}' yet: call case.propose(LABEL, confidence=...) first"
            )
        return self.proposal

    def enter(self) -> None:
        """Be the current case of this context."""
        self._token = _current.set(self)

    def leave(self) -> None:
        """Let the one before be current again."""
        token, self._token = self._token, None
        if token is None:
            return
        try:
            _current.reset(token)
        except ValueError:  # left in another context than it was entered in: there it is not current
            return

    def __repr__(self) -> str:
        proposed = "nothing proposed yet" if self.proposal is None else f"'{self.proposal.label}' proposed"
        ended = "" if self.outcome is None else f", {self.outcome.verb}: {self.outcome.message}"
        return f"<interlock.{type(self).__name__} {self.key} of {self.workflow.name}: {proposed}{ended}>"


class Case(BaseCase):
    """A case worked on in a thread. See `Workflow.case`."""

    __slots__ = ()

    def propose(self, label: str, *, confidence: float | None, **about: Unpack[About]) -> Proposal:
        """What the AI suggests, once a case. Nothing is recorded or done yet.

        `confidence` in 0..1, None where the model gave none (then a person decides). `target`, `amount_cents` and
        `items` are for limits at the edge, `facts` for hand-written rules, `arguments` (JSON-able) for the action.
        Raises BadInput for what cannot be meant.
        """
        proposal = self._proposed(label, confidence, about)
        self.proposal = proposal if self.text is None else self.workflow.with_text(proposal, self.text)
        return self.proposal

    def apply(self, *, lease_s: float = LEASE_S, instead: ActionFunction | None = None) -> Outcome:
        """Decide and, where every condition holds, do it, now and once.

        `lease_s` is how long the action may take; a longer one would be taken for dead. `instead` is called in place of
        the action's own function. Raises BadInput where nothing is proposed, no action is registered, or the action has
        to be awaited; Unavailable where the effect ran but its receipt could not be written.
        """
        proposal, lease_s = self._to_apply(), checked_lease(lease_s)
        action = self.workflow.action_for(awaited=False, instead=instead)
        self.outcome = run(self.workflow.acting(action, proposal, lease_s))
        return self.outcome

    def shadow(self) -> Outcome:
        """Decide and record, and apply nothing whatever is decided."""
        (decision,) = self.workflow.house.shadow(self.workflow.name, (self._to_apply(),))
        self.outcome = Outcome(self.key, decision.verb, None, decision.reasons)
        return self.outcome

    def human(self, label: str, *, by: str, note: str = "") -> Observed:
        """What a person decided about the case; it closes its review where one is open. `note` says why."""
        return self.workflow.house.human(self.workflow.name, self.key, label, by=Person(by), note=note)

    def approve(self, *, by: str, note: str = "", lease_s: float = LEASE_S) -> Outcome:
        """A person's leave to do what was proposed, where one was asked to decide; it is done now.

        The kill switch and running limits still hold: `Outcome.reasons` then say what it waits for. Raises BadInput
        where no person was asked, `by` may not decide, or it is forbidden; with a server the token needs that right.
        """
        house, label = self.workflow.house, self._to_apply().label
        house.approve(self.workflow.name, self.key, label, by=Person(by), note=note)
        return self.apply(lease_s=lease_s)

    def undo(self, *, by: str) -> None:
        """Put back what was applied. Raises Refused where the target has moved on: then a person decides."""
        self.workflow.undo(self.key, by=by)


class AsyncCase(BaseCase):
    """The same on an event loop. See `Workflow.case`."""

    __slots__ = ()

    async def propose(self, label: str, *, confidence: float | None, **about: Unpack[About]) -> Proposal:
        """As `Case.propose`."""
        proposal = self._proposed(label, confidence, about)
        text = self.text
        kept = proposal if text is None else await self._in_thread(lambda: self.workflow.with_text(proposal, text))
        self.proposal = kept
        return kept

    async def apply(
        self, *, timeout_s: float | None = None, lease_s: float = LEASE_S, instead: ActionFunction | None = None
    ) -> Outcome:
        """As `Case.apply`; an action that takes longer than `timeout_s` is in doubt. Raises BadInput, Unavailable.

        The time is that of awaiting: a plain function holds up the event loop until it returns.
        """
        proposal, lease_s = self._to_apply(), checked_lease(lease_s, timeout_s)
        action = self.workflow.action_for(awaited=True, instead=instead, timeout_s=timeout_s)
        self.outcome = await run_async(self.workflow.acting(action, proposal, lease_s), in_thread=self._in_thread)
        return self.outcome

    async def shadow(self) -> Outcome:
        """As `Case.shadow`."""
        proposal = self._to_apply()
        (decision,) = await self._in_thread(lambda: self.workflow.house.shadow(self.workflow.name, (proposal,)))
        self.outcome = Outcome(self.key, decision.verb, None, decision.reasons)
        return self.outcome

    async def human(self, label: str, *, by: str, note: str = "") -> Observed:
        """As `Case.human`."""
        name, house = self.workflow.name, self.workflow.house
        observed: Observed = await self._in_thread(lambda: house.human(name, self.key, label, by=Person(by), note=note))
        return observed

    async def approve(self, *, by: str, note: str = "", lease_s: float = LEASE_S) -> Outcome:
        """As `Case.approve`."""
        house, label = self.workflow.house, self._to_apply().label
        await self._in_thread(lambda: house.approve(self.workflow.name, self.key, label, by=Person(by), note=note))
        return await self.apply(lease_s=lease_s)

    async def undo(self, *, by: str) -> None:
        """As `Case.undo`."""
        await self.workflow.aundo(self.key, by=by)

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await self.workflow.connection.in_thread(work)


C = TypeVar("C", bound=BaseCase)


class OpenedCase:
    """What `Workflow.case` returns: `with` makes it a Case, `async with` an AsyncCase."""

    __slots__ = ("_case", "_key", "_segment", "_tenant", "_text", "_workflow")

    def __init__(
        self, workflow: "Workflow", key: str, *, text: str | None, tenant: str | None, segment: str | None
    ) -> None:
        self._workflow, self._key, self._text, self._tenant, self._segment = workflow, key, text, tenant, segment
        self._case: BaseCase | None = None

    def __enter__(self) -> Case:
        return self._opened(Case)

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left()

    async def __aenter__(self) -> AsyncCase:
        return self._opened(AsyncCase)

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left()

    def _opened(self, kind: type[C]) -> C:
        case = kind(self._workflow, self._key, text=self._text, tenant=self._tenant, segment=self._segment)
        case.enter()
        self._case = case
        return case

    def _left(self) -> None:
        if self._case is not None:
            self._case.leave()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what notebooks and copies look for
            raise AttributeError(name)
        raise NotOpened(f"open the case first: `with workflow.case('{self._key}') as case:`, then case.{name}")

    def __repr__(self) -> str:
        return f"<interlock case {self._key} of {self._workflow.name}: not opened yet, `with ... as case:`>"


class NotOpened(BadInput, AttributeError):
    """A case is used before it was opened; hasattr() says that it has nothing of a case yet."""
