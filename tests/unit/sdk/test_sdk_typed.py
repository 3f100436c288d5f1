"""What an application writes, as a type checker sees it: `make lint` reads this file, the tests run it."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, assert_type

import pytest

import interlock
from interlock.surfaces.sdk.action import Action
from interlock.surfaces.sdk.case import AsyncCase, Case
from interlock.terms.decision import Proposal


def connected(path: Path) -> interlock.Connection:
    return interlock.connect(f"sqlite:///{path}")


def put_back(effect: interlock.Effect, before: Mapping[str, Any]) -> interlock.Receipt:
    return interlock.Receipt("r", before)


def actions(workflow: interlock.Workflow) -> None:
    @workflow.action(undo=put_back, idempotent=True)
    def route(effect: interlock.Effect) -> interlock.Receipt:
        return interlock.Receipt(effect.idempotency_key, {})

    @workflow.action(undo=put_back, idempotent=True)
    async def route_later(effect: interlock.Effect) -> Mapping[str, str]:
        return {"reference": effect.idempotency_key}

    assert_type(route, Action)
    assert_type(route_later, Action)
    assert_type(workflow.action(lambda effect: None, blind=True), Action)

    @workflow.action(idempotent=True)  # type: ignore[arg-type] # a number is no receipt
    def wrong(effect: interlock.Effect) -> int:
        return 1


def plain(workflow: interlock.Workflow) -> None:
    with workflow.case("k", tenant="acme") as case:
        assert_type(case, Case)
        assert_type(case.propose("billing", confidence=0.9, amount_cents=5), Proposal)
        assert_type(case.apply(), interlock.Outcome)
        assert_type(case.approve(by="Ana"), interlock.Outcome)
        case.propose("billing", confidence=0.9, amount_cent=5)  # type: ignore[call-arg] # misspelt
        case.propose("billing")  # type: ignore[call-arg] # not knowing how sure it is has to be said: None


async def awaited(workflow: interlock.Workflow) -> None:
    async with workflow.case("k") as case:
        assert_type(case, AsyncCase)
        assert_type(await case.propose("billing", confidence=None), Proposal)
        assert_type(await case.apply(timeout_s=5), interlock.Outcome)


def governed(workflow: interlock.Workflow) -> None:
    @workflow.governed(key=lambda order, days: f"order-{order}", label="refund", confidence=0.9)
    def settle(order: int, days: float = 1) -> None: ...

    @workflow.governed(key=lambda order: f"order-{order}", label=lambda order: "refund", confidence=None)
    async def settle_later(order: int) -> None: ...

    assert_type(settle(1, days=2), interlock.Outcome)
    kept: Callable[[int], Awaitable[interlock.Outcome]] = settle_later
    assert_type(kept(1), Awaitable[interlock.Outcome])
    coroutine: Callable[[int], Coroutine[Any, Any, interlock.Outcome]] = settle_later
    assert coroutine is kept
    settle("one")  # type: ignore[arg-type] # the function's own arguments are kept


def test_the_connection_of_this_page_is_one(tmp_path: Path) -> None:
    with connected(tmp_path / "store.db") as connection:
        assert_type(connection, interlock.Connection)
        with pytest.raises(interlock.BadInput, match="there is no workflow 'triage'"):
            connection.workflow("triage")
