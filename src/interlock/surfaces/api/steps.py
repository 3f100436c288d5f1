"""Flows that run here up to what their caller has to do elsewhere, wait for the answer, and go on."""

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from interlock.flows.action.steps import Flow, OnTarget
from interlock.ports.clock import Clock
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import Effect

WAITING_MAX = 10_000
ENDED_MAX = 10_000  # what became of these is still told to a caller who did not get the answer
KEPT_S = 900.0  # after the lease: a receipt that comes late must still find its flow


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller is to do now: `read`, `apply` or `undo`; `before` is what an undo is to put back."""

    step: str
    effect: Effect
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a flow stands: what its caller is asked for as step `number`, or (asked is None) what it returned."""

    number: int
    asked: Asked | None
    result: Any = None


class Elsewhere:
    """interlock.ports.effects.Target whose calls are carried out by the caller of the flow."""

    def read(self, effect: Effect) -> Any:
        """Ask for the target's state."""
        return Asked("read", effect)

    def apply(self, effect: Effect) -> Any:
        """Ask for the effect."""
        return Asked("apply", effect)

    def undo(self, effect: Effect, before: Mapping[str, Any]) -> Any:
        """Ask for the state before the effect."""
        return Asked("undo", effect, before)

    def probe(self, effect: Effect) -> Any:
        """Raises Unavailable: whoever recovers an effect has its target at hand."""
        raise Unavailable(f"'{effect.case_key}' can only be looked for by `interlock recover` with its application")


class Answered(Elsewhere):
    """The same, once the caller has answered."""

    def __init__(self, answer: Any, error: Exception | None) -> None:
        self._answer, self._error = answer, error

    def apply(self, effect: Effect) -> Any:  # noqa: ARG002 - as Target
        """What the caller said. Raises what ended its action."""
        if self._error is not None:
            raise self._error
        return self._answer


class ActionFailed(Exception):
    """The caller's action ended with an error: nobody knows what it did."""


class Gone(Exception):
    """No flow waits under that name: it ended long ago, or the server was started anew."""


@dataclass(slots=True)
class _Waiting:
    flow: Flow[Any]
    until: dt.datetime
    lock: threading.Lock = field(default_factory=threading.Lock)
    progress: Progress = Progress(0, None)
    error: Exception | None = None


class Steps:
    """The flows that wait, by the name that their caller gave them. A step that is answered again changes nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str], _Waiting] = {}
        self._ended: OrderedDict[tuple[str, str], _Waiting] = OrderedDict()

    def begin(self, name: str, flow: Callable[[], Flow[Any]], *, owner: str, lease_s: float) -> Progress:
        """Start a flow, or look at the one that was started under this name. Raises what the flow raises."""
        key = (owner, name)
        with self._lock:
            known = self._found(key)
            if known is None:
                waiting = self._started(flow(), lease_s)
                self._waiting[key] = waiting
        if known is not None:
            with known.lock:
                return _told(known)
        try:
            return _advanced(waiting, None, None)
        finally:
            waiting.lock.release()
            self._put_away(key, waiting)

    def answer(self, name: str, number: int, answer: Any, error: Exception | None, *, owner: str) -> Progress:
        """Go on with an answer (or an error) to step `number`. Raises Gone, BadInput, and what the flow raises."""
        waiting = self._known(name, owner)
        with waiting.lock:
            progress = waiting.progress
            if number < progress.number or waiting.error is not None or progress.asked is None:
                return _told(waiting)
            if number > progress.number:
                raise BadInput(f"step {number} was not asked for yet: answer step {progress.number}")
            try:
                return _advanced(waiting, answer, error)
            finally:
                self._put_away((owner, name), waiting)

    def asked(self, name: str, *, owner: str) -> Asked | None:
        """What a flow waits for, None where it has ended. Raises Gone."""
        return self._known(name, owner).progress.asked

    def abandon(self, name: str, error: Exception, *, owner: str) -> None:
        """Answer whatever is asked for with an error: its caller never heard of it. Raises Gone where it is over."""
        waiting = self._known(name, owner)
        while (progress := waiting.progress).asked is not None and waiting.error is None:
            self.answer(name, progress.number, None, error, owner=owner)

    def forget_old(self) -> None:
        """Close the flows whose answer does not come any more."""
        now = self._clock()
        with self._lock:
            old = [key for key, waiting in self._waiting.items() if waiting.until <= now]
            closed = [self._waiting.pop(key) for key in old]
        for waiting in closed:
            with waiting.lock:
                waiting.flow.close()

    def _known(self, name: str, owner: str) -> _Waiting:
        with self._lock:
            found = self._found((owner, name))
        if found is None:
            raise Gone(name)
        return found

    def _found(self, key: tuple[str, str]) -> _Waiting | None:
        return self._waiting.get(key) or self._ended.get(key)

    def _started(self, flow: Flow[Any], lease_s: float) -> _Waiting:
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable(f"{WAITING_MAX:,} cases wait here for their callers' answers: try again in a while")
        waiting = _Waiting(flow, self._clock() + dt.timedelta(seconds=lease_s + KEPT_S))
        waiting.lock.acquire()
        return waiting

    def _put_away(self, key: tuple[str, str], waiting: _Waiting) -> None:
        if waiting.error is None and waiting.progress.asked is not None:
            return
        with self._lock:
            self._waiting.pop(key, None)
            self._ended[key] = waiting
            if len(self._ended) > ENDED_MAX:
                self._ended.popitem(last=False)


def _told(waiting: _Waiting) -> Progress:
    if waiting.error is not None:
        raise waiting.error
    return waiting.progress


def _advanced(waiting: _Waiting, answer: Any, error: Exception | None) -> Progress:
    number = waiting.progress.number + 1
    try:
        while True:
            step = waiting.flow.send(answer) if error is None else waiting.flow.throw(error)
            if isinstance(step, OnTarget):
                waiting.progress = Progress(number, step.call())
                return waiting.progress
            answer, error = None, None
            try:
                answer = step.work()
            except Exception as exc:  # noqa: BLE001 - the flow decides what an error means
                error = exc
    except StopIteration as done:
        waiting.progress = Progress(number, None, done.value)
        return waiting.progress
    except Exception as exc:
        waiting.error = exc
        raise
