"""An application's function as the target of effects: what it can do for a lost or repeated call is said beside it."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from interlock.terms.errors import BadInput
from interlock.terms.intent import Effect, Receipt
from interlock.terms.workflow import TargetKind

Answer = Receipt | Mapping[str, Any] | str | None
ActionFunction = Callable[[Effect], Answer | Awaitable[Answer]]
ReadFunction = Callable[[Effect], Mapping[str, Any] | Awaitable[Mapping[str, Any]]]
UndoFunction = Callable[[Effect, Mapping[str, Any]], Answer | Awaitable[Answer]]
ProbeFunction = Callable[[Effect], Answer | Awaitable[Answer]]


class Action:
    """interlock.ports.effects.Target made of functions. Still callable as the function that it was made of.

    Without `read` nothing is known of the target's state: every state is {}, and an undo cannot notice that somebody
    else has changed it since.
    """

    def __init__(
        self,
        function: ActionFunction,
        kind: TargetKind,
        *,
        read: ReadFunction | None,
        undo: UndoFunction | None,
        probe: ProbeFunction | None,
        timeout_s: float | None = None,
    ) -> None:
        self.function = function
        self.kind = kind
        self.__name__ = getattr(function, "__name__", "action")
        self.__doc__ = function.__doc__
        self.can_undo = undo is not None
        # Whether one of its functions has to be awaited.
        self.is_async = any(map(is_awaited, (function, read, undo, probe)))
        self._read, self._undo, self._probe = read, undo, probe
        self._timeout_s = timeout_s

    def calling(self, function: ActionFunction) -> "Action":
        """The same action with another function in its place."""
        return Action(function, self.kind, read=self._read, undo=self._undo, probe=self._probe)

    def within(self, timeout_s: float) -> "Action":
        """The same action, given up after a time where it is awaited: whether it was done is then not known."""
        return Action(
            self.function, self.kind, read=self._read, undo=self._undo, probe=self._probe, timeout_s=timeout_s
        )

    def __call__(self, effect: Effect) -> Answer | Awaitable[Answer]:
        """Call the function itself: nothing is decided, recorded or fenced."""
        return self.function(effect)

    def read(self, effect: Effect) -> Mapping[str, Any] | Awaitable[Mapping[str, Any]]:
        """The target's present state."""
        return {} if self._read is None else self._read(effect)

    def apply(self, effect: Effect) -> Receipt | Awaitable[Receipt]:
        """Do it, then read what the target holds."""
        if self._timeout_s is not None:
            return self._timed(effect, self._timeout_s)
        answer = self.function(effect)
        return answer if isinstance(answer, Receipt) else self._with_state(effect, answer)

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Receipt | Awaitable[Receipt]:
        """Put the state before the effect back."""
        if self._undo is None:
            raise BadInput(f"the action '{self.__name__}' has no undo: give one, @workflow.action(undo=...)")
        return self._with_state(effect, self._undo(effect, before))

    def probe(self, effect: Effect) -> Receipt | Awaitable[Receipt | None] | None:
        """The receipt of an effect that has reached the target; None where it has not."""
        if self._probe is None:
            raise BadInput(f"the action '{self.__name__}' has no probe: give one, @workflow.action(probe=...)")
        found = self._probe(effect)
        if inspect.isawaitable(found):
            return self._probed_later(effect, found)
        return None if found is None else self._with_state(effect, found)

    async def _timed(self, effect: Effect, timeout_s: float) -> Receipt:
        import asyncio  # a program without an event loop need not load one

        async with asyncio.timeout(timeout_s):
            receipt = self._with_state(effect, self.function(effect))
            return await receipt if inspect.isawaitable(receipt) else receipt

    async def _probed_later(self, effect: Effect, found: Awaitable[Answer]) -> Receipt | None:
        answer = await found
        if answer is None:
            return None
        receipt = self._with_state(effect, answer)
        return await receipt if inspect.isawaitable(receipt) else receipt

    def _with_state(self, effect: Effect, answer: Answer | Awaitable[Answer]) -> Receipt | Awaitable[Receipt]:
        if isinstance(answer, Receipt):
            return answer
        if not isinstance(answer, str | dict | None) and inspect.isawaitable(answer):  # asking costs: the usual first
            return self._with_state_later(effect, answer)
        state = self.read(effect)
        if not isinstance(state, dict) and inspect.isawaitable(state):
            return _read_later(effect, answer, state)
        return _receipt(effect, answer, state)

    async def _with_state_later(self, effect: Effect, answer: Awaitable[Answer]) -> Receipt:
        receipt = self._with_state(effect, await answer)
        return await receipt if inspect.isawaitable(receipt) else receipt


async def _read_later(effect: Effect, answer: Answer, state: Awaitable[Mapping[str, Any]]) -> Receipt:
    return _receipt(effect, answer, await state)


def _receipt(effect: Effect, answer: Answer, state: Mapping[str, Any]) -> Receipt:
    if isinstance(answer, Mapping):
        reference = answer.get("reference", effect.idempotency_key)
        return Receipt(str(reference), answer.get("after", state))
    if answer is None or isinstance(answer, str):
        return Receipt(answer or effect.idempotency_key, state)
    if isinstance(answer, Receipt):
        return answer
    raise TypeError(f"an action answers a Receipt, a mapping, a reference or None, not {type(answer).__name__}")


def is_awaited(function: object) -> bool:
    """Whether calling it has to be awaited: a coroutine function, or an object whose call is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - the function itself is looked at, not whether there is one
    )


def kind_of(*, idempotent: bool, probe: object | None, blind: bool) -> TargetKind:
    """What the target can do for a lost call. Raises BadInput unless exactly one is said."""
    said = [
        kind
        for kind, given in (
            (TargetKind.IDEMPOTENT, idempotent),
            (TargetKind.PROBE, probe is not None and not idempotent),
            (TargetKind.BLIND, blind),
        )
        if given
    ]
    if len(said) != 1:
        raise BadInput(
            "say what the target can do for a lost call: idempotent=True (it deduplicates by effect.idempotency_key), "
            "probe=FUNCTION (it can be read back), or blind=True (neither: then nothing is ever retried)"
        )
    return said[0]
