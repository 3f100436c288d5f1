"""An application's functions as a target: what has to be awaited is known before it is called."""

import asyncio
import functools
from collections.abc import Mapping
from typing import Any

import pytest

from interlock.surfaces.sdk.action import Action, is_awaited, kind_of
from interlock.terms.errors import BadInput
from interlock.terms.intent import Effect, Receipt
from interlock.terms.workflow import TargetKind

EFFECT = Effect(case_key="k", label="billing", idempotency_key="k", epoch=1)


def plain(effect: Effect) -> str:
    return "r"


async def later(effect: Effect) -> str:
    await asyncio.sleep(0)
    return "r"


async def state(effect: Effect) -> Mapping[str, Any]:
    await asyncio.sleep(0)
    return {"queue": "billing"}


class Callable:
    def __call__(self, effect: Effect) -> str:
        return "r"


class Awaited:
    async def __call__(self, effect: Effect) -> str:
        return await later(effect)

    async def method(self, effect: Effect) -> str:
        return await later(effect)


def action(function: Any, **more: Any) -> Action:
    return Action(function, TargetKind.IDEMPOTENT, **{"read": None, "undo": None, "probe": None, **more})


@pytest.mark.parametrize("function", [later, Awaited(), Awaited().method, functools.partial(later), state])
def test_what_has_to_be_awaited(function: Any) -> None:
    assert is_awaited(function)
    assert action(function).is_async
    assert action(plain, read=function).is_async
    assert action(plain, undo=function).is_async
    assert action(plain, probe=function).is_async


@pytest.mark.parametrize("function", [plain, Callable(), functools.partial(plain), len, None])
def test_what_has_not(function: Any) -> None:
    assert not is_awaited(function)


def test_an_action_is_still_the_function() -> None:
    made = action(plain)
    assert (made(EFFECT), made.__name__, made.apply(EFFECT)) == ("r", "plain", Receipt("r", {}))


@pytest.mark.parametrize("function", [plain, later])
@pytest.mark.parametrize("read", [None, state, lambda effect: {"queue": "billing"}])
def test_the_state_is_read_afterwards_awaited_or_not(function: Any, read: Any) -> None:
    async def applied() -> Any:
        found: Any = action(function, read=read).apply(EFFECT)
        return await found if asyncio.iscoroutine(found) else found

    assert asyncio.run(applied()) == Receipt("r", {} if read is None else {"queue": "billing"})


@pytest.mark.parametrize("answer", [None, "found"])
@pytest.mark.parametrize("awaited", [False, True])
def test_a_probe_finds_a_receipt_or_nothing(answer: str | None, *, awaited: bool) -> None:
    async def probe_later(effect: Effect) -> str | None:
        return answer

    async def probed() -> Any:
        made = action(plain, probe=probe_later if awaited else lambda effect: answer, read=lambda effect: {"n": 1})
        found: Any = made.probe(EFFECT)
        return await found if asyncio.iscoroutine(found) else found

    assert asyncio.run(probed()) == (None if answer is None else Receipt("found", {"n": 1}))


async def hanging(effect: Effect) -> Any:
    await asyncio.sleep(60)


@pytest.mark.parametrize("made", [action(hanging), action(plain, read=hanging), action(later, read=hanging)])
def test_the_timeout_is_of_the_effect_and_of_reading_what_it_left(made: Action) -> None:
    async def applied() -> Any:
        found: Any = made.within(0.02).apply(EFFECT)
        return await found

    with pytest.raises(TimeoutError):
        asyncio.run(applied())


def test_another_function_in_its_place() -> None:
    made = action(later, undo=lambda effect, before: "undone")
    other = made.calling(plain)
    assert (other.apply(EFFECT), other.can_undo, other.is_async) == (Receipt("r", {}), True, False)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"idempotent": True}, TargetKind.IDEMPOTENT),
        ({"idempotent": True, "probe": plain}, TargetKind.IDEMPOTENT),
        ({"probe": plain}, TargetKind.PROBE),
        ({"blind": True}, TargetKind.BLIND),
    ],
)
def test_what_the_target_can_do_is_said(said: dict[str, Any], kind: TargetKind) -> None:
    assert kind_of(**{"idempotent": False, "probe": None, "blind": False, **said}) is kind


@pytest.mark.parametrize("said", [{}, {"idempotent": True, "blind": True}, {"probe": plain, "blind": True}])
def test_and_exactly_one_thing_of_it(said: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="say what the target can do for a lost call"):
        kind_of(**{"idempotent": False, "probe": None, "blind": False, **said})


def test_an_answer_that_is_no_receipt_is_not_taken_for_one() -> None:
    with pytest.raises(TypeError, match="not int"):
        action(lambda effect: 7).apply(EFFECT)


@pytest.mark.parametrize("call", [lambda made: made.undo(EFFECT, {}), lambda made: made.probe(EFFECT)])
def test_what_was_not_given_is_asked_for(call: Any) -> None:
    with pytest.raises(BadInput, match=r"give one, @workflow\.action"):
        call(action(plain))
