"""Plain functions as effects: called as before, each call is a case, and the body runs only where the workflow may."""

import inspect
from collections.abc import Callable, Coroutine, Mapping
from functools import partial, wraps
from typing import Any, ParamSpec, Protocol, overload

from interlock.surfaces.sdk.action import is_awaited
from interlock.surfaces.sdk.case import OpenedCase
from interlock.surfaces.sdk.outcome import Outcome
from interlock.terms.intent import Receipt

P = ParamSpec("P")
OF_THE_CASE = frozenset({"text", "tenant", "segment"})


class Governing(Protocol):
    """A decorator that keeps a function's arguments; it returns the Outcome, to be awaited where the function was."""

    @overload
    def __call__(
        self, function: Callable[P, Coroutine[Any, Any, Any]]
    ) -> Callable[P, Coroutine[Any, Any, Outcome]]: ...

    @overload
    def __call__(self, function: Callable[P, Any]) -> Callable[P, Outcome]: ...

    def __call__(self, function: Callable[P, Any]) -> Callable[P, Any]:
        """The function, governed."""
        ...


def governing(
    case_of: Callable[..., OpenedCase],
    *,
    key: Callable[..., str],
    label: Callable[..., str] | str,
    confidence: Callable[..., float | None] | float | None,
    about: Callable[..., Mapping[str, Any]] | None,
) -> Governing:
    """See `Workflow.governed`; `case_of` is its `case`."""

    def proposed(*args: Any, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        of_case, rest = parted({} if about is None else about(*args, **kwargs))
        rest["label"] = label if isinstance(label, str) else label(*args, **kwargs)
        rest["confidence"] = confidence(*args, **kwargs) if callable(confidence) else confidence
        return {"key": key(*args, **kwargs), **of_case}, rest

    def plain(function: Callable[..., Any]) -> Callable[..., Outcome]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Outcome:
            of_case, rest = proposed(*args, **kwargs)
            with case_of(**of_case) as case:
                case.propose(**rest)
                return case.apply(instead=_as_action(partial(function, *args, **kwargs)))

        return call

    def awaited(function: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Outcome]]:
        @wraps(function)
        async def call(*args: Any, **kwargs: Any) -> Outcome:
            of_case, rest = proposed(*args, **kwargs)
            async with case_of(**of_case) as case:
                await case.propose(**rest)
                return await case.apply(instead=_as_action(partial(function, *args, **kwargs)))

        return call

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        return awaited(function) if is_awaited(function) else plain(function)

    return wrap


def parted(about: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is told of a case, in two: what it is opened with (its text and its scopes), and what is proposed."""
    of_case = {name: value for name, value in about.items() if name in OF_THE_CASE}
    return of_case, {name: value for name, value in about.items() if name not in OF_THE_CASE}


def _as_action(call: Callable[[], Any]) -> Callable[[object], Any]:
    """As an action. What is no receipt is the function's own affair: that it returned shows that it was done."""

    def action(_: object) -> Any:
        found = call()
        return _later(found) if inspect.isawaitable(found) else _kept(found)

    async def _later(found: Any) -> Any:
        return _kept(await found)

    return action


def _kept(found: Any) -> Any:
    return found if isinstance(found, Receipt | Mapping | str) else None
