"""A flow that waits for the outside is a generator of steps, with one driver for threads and one for event loops."""

import inspect
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InStore:
    """A step that blocks while it works on the store."""

    work: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class OnTarget:
    """A step that calls somebody else's code, which may answer at once or return an awaitable."""

    call: Callable[[], Any]


Flow = Generator[InStore | OnTarget, Any, T]


def run(flow: Flow[T]) -> T:
    """Drive a flow in this thread. Raises what the flow raises, and TypeError where a target answers an awaitable."""
    answer: Any = None
    error: Exception | None = None
    try:
        while True:
            answer, error = _answered(_sent(flow, answer, error))
    except StopIteration as done:
        result: T = done.value
        return result


async def run_async(flow: Flow[T], *, in_thread: Callable[[Callable[[], Any]], Awaitable[Any]]) -> T:
    """Drive a flow on the running event loop: store steps through `in_thread`, awaitables of targets are awaited.

    A task that is cancelled in the middle of a store step lets that step end first: what it took must be let go of.
    """
    answer: Any = None
    error: BaseException | None = None
    try:
        while True:
            step = _sent(flow, answer, error)
            answer, error = None, None
            try:
                if isinstance(step, InStore):
                    answer = await _to_its_end(in_thread(step.work))
                else:
                    answer = step.call()
                    if inspect.isawaitable(answer):
                        answer = await answer
            except _Cancelled as cancelled:
                _sent(flow, cancelled.answer, None)  # so that the flow knows what it holds
                error = cancelled.error
            except Exception as exc:  # noqa: BLE001 - the flow decides what an error means
                error = exc
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        flow.close()  # a cancelled task must let go of what the flow holds


class _Cancelled(Exception):
    def __init__(self, answer: Any, error: BaseException) -> None:
        super().__init__("cancelled")
        self.answer, self.error = answer, error


async def _to_its_end(work: Awaitable[Any]) -> Any:
    import asyncio  # a program without an event loop need not load one

    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError as exc:
        raise _Cancelled(await task, exc) from None


def _sent(flow: Flow[Any], answer: Any, error: BaseException | None) -> InStore | OnTarget:
    return flow.send(answer) if error is None else flow.throw(error)


def _answered(step: InStore | OnTarget) -> tuple[Any, Exception | None]:
    try:
        if isinstance(step, InStore):
            return step.work(), None
        answer = step.call()
    except Exception as exc:  # noqa: BLE001 - the flow decides what an error means
        return None, exc
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        return None, TypeError("the action is asynchronous: call it with `await` from the asynchronous interface")
    return answer, None
