"""Putting back and approving through the SDK: of this workflow's cases only, on an event loop as well."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

import interlock
from governed import BEN, DEFINITION, NAME, House
from interlock.flows.action.kill import kill
from interlock.terms.decision import Verb
from interlock.terms.intent import IntentState
from sdk_desk import DeskByHand, connected

ANA = "Ana Ruiz"


@pytest.fixture
def desk() -> DeskByHand:
    return DeskByHand()


@pytest.fixture
def triage(live: House, desk: DeskByHand) -> Iterator[interlock.Workflow]:
    with connected(live, desk) as workflow:
        yield workflow


def applied(workflow: interlock.Workflow, *keys: str) -> None:
    for key in keys:
        with workflow.case(key) as case:
            case.propose("billing", confidence=0.97)
            assert case.apply().applied


def asynchronous(workflow: interlock.Workflow, desk: DeskByHand) -> None:
    async def later(effect: interlock.Effect) -> str:
        await asyncio.sleep(0)
        return desk.move(effect)

    workflow.action(later, read=desk.read, undo=desk.put_back, idempotent=True)


def test_another_workflows_case_is_not_put_back_by_this_ones_undo(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    # Without `read` every state is {}: nothing else would notice that the wrong target was put back.
    triage.action(desk.move, undo=desk.put_back, idempotent=True)
    applied(triage, "m-1")
    live.define(replace(DEFINITION, name="other"))
    other = triage.connection.workflow("other")
    put_back: list[str] = []
    other.action(desk.move, undo=lambda effect, before: put_back.append(effect.case_key), idempotent=True)
    told = "was decided by 'triage', not by 'other': undo it there"
    with pytest.raises(interlock.BadInput, match=told):
        other.undo("m-1", by=ANA)
    with pytest.raises(interlock.BadInput, match=told):
        asyncio.run(other.aundo("m-1", by=ANA))
    assert put_back == []
    with live.store.reading() as reading:
        assert reading.intent_state("m-1") is IntentState.DONE


def test_all_since_an_entry_newest_first_and_the_rest_named(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    applied(triage, "a")
    since = len(live.kinds())
    applied(triage, "b", "c", "d")
    desk.queues["c"] = "moved by hand"
    undone = triage.undo_since(since, by=ANA)
    assert undone.undone == ("d", "b")
    ((key, reason),) = undone.for_a_person
    assert (key, "somebody changed it since" in reason) == ("c", True)
    assert desk.queues == {"a": "billing", "b": "inbox", "c": "moved by hand", "d": "inbox"}


def test_the_same_on_an_event_loop_while_halted(triage: interlock.Workflow, desk: DeskByHand, live: House) -> None:
    asynchronous(triage, desk)

    async def one(key: str) -> None:
        async with triage.case(key) as case:
            await case.propose("billing", confidence=0.97)
            assert (await case.apply()).applied

    async def all_of_it() -> tuple[str, ...]:
        await one("a")
        await one("b")
        kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
        await triage.aundo("a", by=ANA)
        return (await triage.aundo_since(0, by=ANA)).undone

    assert asyncio.run(all_of_it()) == ("b",)
    assert desk.queues == {"a": "inbox", "b": "inbox"}


def test_many_are_not_said_to_wait_for_a_person_because_of_how_they_were_asked_for(
    triage: interlock.Workflow, desk: DeskByHand
) -> None:
    applied(triage, "a")
    asynchronous(triage, desk)
    with pytest.raises(interlock.BadInput, match=r"await workflow\.aundo_since"):
        triage.undo_since(0, by=ANA)
    with pytest.raises(interlock.BadInput, match=r"await case\.undo"):
        triage.undo("a", by=ANA)


# Approved by a person.


def test_what_a_person_approves_is_done_as_it_was_proposed(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    with triage.case("m-1") as case:
        case.propose("billing", confidence=0.2)
        assert case.apply().verb is Verb.REVIEW
        outcome = case.approve(by="Ben Okafor")
    assert (outcome.applied, outcome.message, outcome.reasons) == (True, "Done.", ("approved by Ben Okafor",))
    assert desk.calls == ["m-1"]
    assert "intent.approved" in live.kinds()


def test_approval_on_an_event_loop(triage: interlock.Workflow, desk: DeskByHand) -> None:
    asynchronous(triage, desk)

    async def one() -> interlock.Outcome:
        async with triage.case("m-1") as case:
            await case.propose("fraud", confidence=0.97)
            await case.apply()
            return await case.approve(by="Ben Okafor", note="it is one")

    assert asyncio.run(one()).applied
    assert desk.queues == {"m-1": "fraud"}


def test_an_approval_lifts_neither_a_halt_nor_what_is_forbidden(
    triage: interlock.Workflow, desk: DeskByHand, live: House
) -> None:
    with triage.case("m-1") as case:
        case.propose("billing", confidence=0.2)
        case.apply()
        kill(live.store, live.drain, "global", by=BEN, reason="stop", clock=live.clock, timeout_s=0)
        outcome = case.approve(by="Ben Okafor")
    assert not outcome.applied
    assert outcome.reasons == ("approved by Ben Okafor, and not done yet: global is halted by the kill switch",)
    with triage.case("m-2") as case:
        case.propose("close account", confidence=0.97)
        case.apply()
        with pytest.raises(interlock.BadInput):
            case.approve(by="Ben Okafor")
    assert desk.calls == []


def test_nobody_approves_what_nobody_was_asked_about(triage: interlock.Workflow) -> None:
    with triage.case("m-1") as case:
        with pytest.raises(interlock.BadInput, match="nothing is proposed"):
            case.approve(by="Ben Okafor")
        case.propose("billing", confidence=0.97)
        assert case.apply().applied
        with pytest.raises(interlock.BadInput, match=f"no decision review of case 'm-1' in '{NAME}'"):
            case.approve(by="Ben Okafor")
