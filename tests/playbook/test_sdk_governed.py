"""Plain functions and coroutine functions as effects."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import interlock
from governed import BEN, NAME, House
from interlock.flows.action.kill import kill
from interlock.terms.intent import IntentState
from sdk_desk import DeskByHand, connected


@pytest.fixture
def triage(live: House) -> Iterator[interlock.Workflow]:
    with connected(live, DeskByHand()) as workflow:
        yield workflow


def test_a_coroutine_function_is_awaited_once_where_it_may(triage: interlock.Workflow) -> None:
    ran: list[int] = []

    @triage.governed(key=lambda order, sure: f"order-{order}", label="billing", confidence=lambda order, sure: sure)
    async def settle(order: int, sure: float) -> None:
        await asyncio.sleep(0)
        ran.append(order)

    async def all_of_them() -> list[interlock.Outcome]:
        return [await settle(1, 0.97), await settle(1, sure=0.97), await settle(2, 0.1)]

    assert [outcome.applied for outcome in asyncio.run(all_of_them())] == [True, True, False]
    assert ran == [1]


@pytest.mark.parametrize(
    ("answer", "receipt"), [(None, "k"), ("r-7", "r-7"), ({"reference": "x"}, "x"), (7, "k"), (object(), "k")]
)
def test_what_the_function_answers_is_its_own_affair(
    triage: interlock.Workflow, live: House, answer: Any, receipt: str
) -> None:
    @triage.governed(key=lambda order: order, label="billing", confidence=0.97)
    def settle(order: str) -> object:
        return answer

    @triage.governed(key=lambda order: order, label="billing", confidence=0.97)
    async def settle_later(order: str) -> object:
        return answer

    assert settle("k").applied
    assert asyncio.run(settle_later("later")).applied
    with live.store.reading() as reading:
        intents = {intent.key: intent.receipt for intent in reading.intents(f"workflow:{NAME}")}
    assert intents["k"] == receipt
    assert intents["later"] == receipt.replace("k", "later")


def test_a_function_that_raises_leaves_its_case_in_doubt(triage: interlock.Workflow) -> None:
    @triage.governed(key=lambda: "k", label="billing", confidence=0.97)
    def settle() -> None:
        raise OSError("the line broke")

    assert settle().state is IntentState.IN_DOUBT


def test_what_else_is_told_reaches_limits_scopes_and_reviewers(triage: interlock.Workflow, live: House) -> None:
    @triage.governed(
        key=lambda order, tenant: order,
        label="billing",
        confidence=0.97,
        about=lambda order, tenant: {"tenant": tenant, "text": "a parcel", "amount_cents": 1_900, "target": "ann"},
    )
    def settle(order: str, tenant: str) -> None: ...

    kill(live.store, live.drain, "tenant:acme", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
    stopped, done = settle("a", "acme"), settle("b", tenant="other")
    assert (stopped.reasons, done.applied) == (("tenant:acme is halted by the kill switch",), True)
    with live.store.reading() as reading:
        row = reading.decision("b")
        assert row is not None
        assert row.inputs["proposal"]["amount_cents"] == 1_900
        assert reading.payload("b", row.inputs["proposal"]["payload_digest"]) == "a parcel"


def test_a_name_that_is_none_of_a_case_is_told(triage: interlock.Workflow) -> None:
    @triage.governed(key=lambda: "k", label="billing", confidence=0.97, about=lambda: {"amount_cent": 5})
    def settle() -> None: ...

    with pytest.raises(interlock.BadInput, match="did you mean 'amount_cents'"):
        settle()


def test_the_function_keeps_its_name_and_words(triage: interlock.Workflow) -> None:
    @triage.governed(key=lambda: "k", label="billing", confidence=None)
    def settle() -> None:
        """Settle it."""

    assert (settle.__name__, settle.__doc__) == ("settle", "Settle it.")
    assert not settle().applied  # nobody said how sure it is
