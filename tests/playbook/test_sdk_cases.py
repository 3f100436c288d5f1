"""What an application writes: actions, cases, and what each misuse is told."""

import asyncio
import contextvars
import copy
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

import interlock
from governed import BEN, DEFINITION, NAME, House
from interlock.flows.action.kill import kill
from interlock.terms.decision import Verb
from interlock.terms.intent import IntentState
from interlock.terms.workflow import EffectPlan, TargetKind
from sdk_desk import DeskByHand, connected


@pytest.fixture
def desk() -> DeskByHand:
    return DeskByHand()


@pytest.fixture
def triage(live: House, desk: DeskByHand) -> Iterator[interlock.Workflow]:
    with connected(live, desk) as workflow:
        yield workflow


def apply(workflow: interlock.Workflow, key: str, label: str = "billing", confidence: float | None = 0.97) -> Any:
    with workflow.case(key) as case:
        case.propose(label, confidence=confidence)
        return case.apply()


def test_a_sure_case_is_done_once_and_can_be_undone(triage: interlock.Workflow, desk: DeskByHand) -> None:
    first, again = apply(triage, "m-1"), apply(triage, "m-1")
    assert (first.applied, again.applied, bool(first)) == (True, True, True)
    assert (desk.queues, desk.calls) == ({"m-1": "billing"}, ["m-1"])
    triage.undo("m-1", by="Ana Ruiz")
    assert desk.queues == {"m-1": "inbox"}
    assert apply(triage, "m-1").state is IntentState.UNDONE


def test_what_a_person_must_decide_is_not_done_and_the_message_tells_nothing(
    triage: interlock.Workflow, desk: DeskByHand
) -> None:
    unsure, forbidden = apply(triage, "a", confidence=0.2), apply(triage, "b", "close account")
    assert (unsure.verb, forbidden.verb) == (Verb.REVIEW, Verb.DENY)
    assert unsure.message == forbidden.message == "It was not done. A person has been asked to decide."
    assert "certified threshold" in unsure.reasons[0]
    assert not hasattr(unsure, "audited")  # who acts must not learn which cases are looked at
    assert desk.calls == []


def test_the_content_is_kept_for_the_reviewer(triage: interlock.Workflow, live: House) -> None:
    with triage.case("m-1", text="where is my parcel?") as case:
        proposal = case.propose("billing", confidence=0.1)
        case.apply()
    with live.store.reading() as reading:
        assert reading.payload("m-1", proposal.payload_digest) == "where is my parcel?"


def test_a_persons_decision_closes_the_review_and_is_the_outcome(triage: interlock.Workflow, live: House) -> None:
    with triage.case("m-1") as case:
        case.propose("billing", confidence=0.1)
        case.apply()
        assert case.human("sales", by="Ben Okafor", note="it is an order").wrong
    with live.store.reading() as reading:
        assert reading.reviews(NAME) == ()
        decision = reading.decision("m-1")
    assert decision is not None
    assert decision.outcome == "sales"


def test_shadow_does_nothing_and_takes_many_at_once(triage: interlock.Workflow, desk: DeskByHand) -> None:
    outcomes = triage.shadow((f"s-{number}", "billing", 0.97) for number in range(20))
    assert [outcome.applied for outcome in outcomes] == [False] * 20
    with triage.case("s-20") as case:
        case.propose("billing", confidence=0.97)
        assert not case.shadow().applied
    assert desk.calls == []


def test_an_effect_that_fails_or_is_unsure_is_told_apart(triage: interlock.Workflow, desk: DeskByHand) -> None:
    def broken(error: Exception) -> Callable[[interlock.Effect], str]:
        def raising(effect: interlock.Effect) -> str:
            raise error

        return raising

    for error, state in ((interlock.NotApplied("closed"), IntentState.FAILED), (OSError(), IntentState.IN_DOUBT)):
        triage.action(broken(error), read=desk.read, undo=desk.put_back, idempotent=True)
        outcome = apply(triage, f"{state}")
        assert (outcome.state, outcome.applied) == (state, False)


@pytest.mark.parametrize(
    ("answer", "reference", "after"),
    [
        (None, "k", {"queue": "inbox"}),
        ("ref", "ref", {"queue": "inbox"}),
        ({"reference": "x", "after": {"queue": "y"}}, "x", {"queue": "y"}),
        (interlock.Receipt("r", {"z": 1}), "r", {"z": 1}),
    ],
)
def test_what_an_action_may_answer(
    triage: interlock.Workflow, desk: DeskByHand, live: House, answer: Any, reference: str, after: Mapping[str, Any]
) -> None:
    triage.action(lambda effect: answer, read=desk.read, undo=desk.put_back, idempotent=True)
    assert apply(triage, "k").applied
    with live.store.reading() as reading:
        intent = reading.intent("k")
    assert intent is not None
    assert (intent.receipt, intent.after) == (reference, after)


def test_a_plain_function_is_governed(triage: interlock.Workflow, desk: DeskByHand) -> None:
    ran: list[int] = []

    @triage.governed(
        key=lambda order: f"order-{order}", label="billing", confidence=lambda order: 0.97 if order else 0.1
    )
    def settle(order: int) -> None:
        ran.append(order)

    assert [settle(1).applied, settle(1).applied, settle(0).applied] == [True, True, False]
    assert ran == [1]


# Threads, tasks, forks.


def test_threads_share_a_connection(triage: interlock.Workflow, desk: DeskByHand) -> None:
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda number: apply(triage, f"t-{number % 50}"), range(100)))
    assert all(outcomes)
    assert sorted(desk.calls) == sorted({f"t-{number}" for number in range(50)})


def test_the_current_case_goes_with_the_context(triage: interlock.Workflow) -> None:
    with pytest.raises(interlock.BadInput, match="no case is being worked on here"):
        interlock.current_case()
    with triage.case("outer") as case:
        assert interlock.current_case() is case
        context = contextvars.copy_context()
        seen: list[str] = []
        thread = threading.Thread(target=lambda: seen.append(context.run(lambda: interlock.current_case().key)))
        thread.start()
        thread.join()
        with triage.case("inner"):
            assert interlock.current_case().key == "inner"
        assert (interlock.current_case().key, seen) == ("outer", ["outer"])


def test_a_case_may_be_left_in_another_context_than_it_was_opened_in(triage: interlock.Workflow) -> None:
    opened = triage.case("m-1")  # as web frameworks do, which set up and tear down in threads of a pool
    case = contextvars.copy_context().run(opened.__enter__)
    case.propose("billing", confidence=0.97)
    assert case.apply().applied
    with triage.case("another"):
        opened.__exit__(None, None, None)
        assert interlock.current_case().key == "another"


def test_a_case_that_is_not_open_can_be_looked_at(triage: interlock.Workflow) -> None:
    unopened = triage.case("m-1")
    assert not hasattr(unopened, "apply")
    assert not hasattr(unopened, "_repr_html_")
    assert copy.copy(unopened) is not unopened


def test_a_hundred_cases_at_once_on_an_event_loop(triage: interlock.Workflow, desk: DeskByHand) -> None:
    async def slowly(effect: interlock.Effect) -> str:
        await asyncio.sleep(0.001)
        return desk.move(effect)

    triage.action(slowly, read=desk.read, undo=desk.put_back, idempotent=True)

    async def one(number: int) -> Any:
        async with triage.case(f"a-{number}", text=f"message {number}") as case:
            await case.propose("billing", confidence=0.97)
            assert interlock.current_case() is case
            outcome = await case.apply()
            if number == 0:
                await case.undo(by="Ana Ruiz")
            return outcome

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*map(one, range(100)))

    assert all(asyncio.run(all_of_them()))
    assert len(desk.queues) == 100
    assert desk.queues["a-0"] == "inbox"


def test_in_a_notebook_a_loop_runs_already_and_plain_calls_work(triage: interlock.Workflow) -> None:
    async def cell() -> Any:
        return apply(triage, "from a cell")

    outcome = asyncio.run(cell())
    assert outcome.applied
    assert "<b>from a cell</b>" in outcome._repr_html_()


def test_a_cancelled_task_lets_go_of_its_locks(triage: interlock.Workflow, desk: DeskByHand, live: House) -> None:
    started = threading.Event()

    async def hanging(effect: interlock.Effect) -> str:
        started.set()
        await asyncio.sleep(60)
        return "never"

    triage.action(hanging, read=desk.read, undo=desk.put_back, idempotent=True)

    async def cancelled_in(wait: Callable[[], bool], key: str) -> None:
        async def one() -> None:
            async with triage.case(key) as case:
                await case.propose("billing", confidence=0.97)
                await case.apply()

        task = asyncio.create_task(one())
        while not wait():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled_in(started.is_set, "while it runs"))
    asyncio.run(cancelled_in(lambda: True, "before it begins"))
    # Nobody holds a drain lock any more: what is listed is listed because of its lease.
    assert live.drain.emptied("global", timeout_s=0.2)
    report = kill(live.store, live.drain, "global", by=BEN, reason="x", clock=live.clock, timeout_s=0.2)
    assert "while it runs" in report.in_flight


def test_an_action_that_takes_too_long_is_in_doubt(triage: interlock.Workflow, desk: DeskByHand) -> None:
    async def hanging(effect: interlock.Effect) -> str:
        await asyncio.sleep(60)
        return "never"

    triage.action(hanging, read=desk.read, undo=desk.put_back, idempotent=True)

    async def one() -> Any:
        async with triage.case("slow") as case:
            await case.propose("billing", confidence=0.97)
            with pytest.raises(interlock.BadInput, match="must be shorter than lease_s"):
                await case.apply(timeout_s=40)
            return await case.apply(timeout_s=0.02)

    assert asyncio.run(one()).state is IntentState.IN_DOUBT


def test_a_forked_worker_opens_its_own(triage: interlock.Workflow, live: House) -> None:
    assert apply(triage, "before the fork").applied
    children = []
    for number in range(3):  # as a server that loads the application before it forks its workers
        pid = os.fork()
        if pid == 0:
            try:
                applied = all(apply(triage, f"worker-{number}-{turn}").applied for turn in range(10))
                os._exit(0 if applied else 1)
            finally:
                os._exit(2)
        children.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0] * 3
    assert apply(triage, "after the fork").applied
    with live.store.reading() as reading:
        assert len(list(reading.intents(f"workflow:{NAME}"))) == 32


# Misuse: each is told what to do.


def misuses(triage: interlock.Workflow) -> dict[str, Callable[[], Any]]:
    def twice() -> None:
        with triage.case("k") as case:
            case.propose("billing", confidence=0.9)
            case.propose("sales", confidence=0.9)

    def too_early() -> None:
        with triage.case("k") as case:
            case.apply()

    def about(**told: Any) -> Callable[[], None]:
        def propose() -> None:
            with triage.case("k") as case:
                case.propose("billing", confidence=0.9, **told)

        return propose

    return {
        "did you mean 'amount_cents'": about(amount_cent=5),
        "amount_cents is a whole number from 0, not 19.99": about(amount_cents=19.99),
        "amount_cents is a whole number from 0, not -5": about(amount_cents=-5),
        "items is a whole number from 1, not 0": about(items=0),
        "call case.propose": too_early,
        "open another case, with another key": twice,
        "open the case first": lambda: triage.case("k").apply(),
        "use an order or message number": lambda: apply(triage, ""),
        "looks like text that a model wrote": lambda: apply(triage, "I think that the\ncustomer wants a refund"),
        "at most 200": lambda: apply(triage, "k" * 201),
        "outside 0..1": lambda: apply(triage, "k", confidence=97),
        "or None where the model gave none": lambda: apply(triage, "k", confidence="sure"),  # type: ignore[arg-type]
        "a text that is not empty": lambda: apply(triage, "k", label=" "),
        "say what the target can do": lambda: triage.action(lambda effect: None),
        "make them agree": lambda: triage.action(lambda effect: None, blind=True),
        "give it, @workflow.action": lambda: triage.action(lambda effect: None, idempotent=True),
        "did you mean 'triage'": lambda: triage.connection.workflow("triag"),
        "known: triage": lambda: triage.connection.workflow("something else"),
    }


@pytest.mark.parametrize("told", list(misuses(None)))  # type: ignore[arg-type]
def test_each_misuse_is_told_what_to_do(triage: interlock.Workflow, told: str, live: House) -> None:
    before = live.kinds()
    with pytest.raises(interlock.BadInput) as caught:
        misuses(triage)[told]()
    assert told in str(caught.value)
    assert live.kinds() == before


def test_an_asynchronous_action_is_not_called_as_if_it_were_not(triage: interlock.Workflow, desk: DeskByHand) -> None:
    async def later(effect: interlock.Effect) -> str:
        return desk.move(effect)

    triage.action(later, read=desk.read, undo=desk.put_back, idempotent=True)
    with pytest.raises(interlock.BadInput, match=r"`await case\.apply\(\)`"):
        apply(triage, "k")


def test_a_closed_connection_says_so(live: House, desk: DeskByHand) -> None:
    with connected(live, desk) as workflow:
        pass
    with pytest.raises(interlock.Unavailable, match="this connection was closed: open another"):
        apply(workflow, "k")


def test_a_definition_that_changed_under_the_process_applies_nothing(
    triage: interlock.Workflow, live: House, desk: DeskByHand
) -> None:
    before = triage.release[:19]
    live.live(replace(DEFINITION, acts={"model": "sha256:two"}))
    told = (
        "the proposal was made by a release that is not the one in force",
        f"this process proposes under {before}, in force is {live.release[:19]}: call workflow.reload()",
    )
    assert (apply(triage, "k").reasons, apply(triage, "k").reasons) == (told, told)
    triage.reload()
    assert apply(triage, "k").reasons == told[:1]  # as it was decided then, with nothing left to do about it
    assert apply(triage, "k2").applied
    live.define(replace(DEFINITION, effect=EffectPlan("route", TargetKind.PROBE, "put it back")))
    with pytest.raises(interlock.BadInput, match="make them agree"):
        triage.reload()


def test_no_password_is_shown() -> None:
    from interlock.surfaces.sdk.connection import without_secrets

    assert without_secrets("postgresql://ana:secret@host/db") == "postgresql://ana@host/db"
    assert without_secrets("sqlite:///store.db") == "sqlite:///store.db"


def test_another_kind_of_address_is_refused() -> None:
    with pytest.raises(interlock.BadInput, match="names no store: say sqlite:///"):
        interlock.connect("mysql://host/db")
