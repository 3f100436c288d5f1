"""Flows that wait for their callers: each step once, whatever is sent how often."""

import datetime as dt
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.surfaces.api.steps import KEPT_S, ActionFailed, Elsewhere, Gone, Steps
from interlock.terms.errors import BadInput, Refused, Unavailable
from interlock.terms.intent import Effect

EFFECT = Effect("k", "billing", "k", 0)


class Flows:
    """A flow that reads, works and applies; what it did, and whether it was closed."""

    def __init__(self) -> None:
        self.did: list[Any] = []
        self.broken: Exception | None = None

    def flow(self) -> Flow[str]:
        target = Elsewhere()
        try:
            self.did.append((yield OnTarget(partial(target.read, EFFECT))))
            self.did.append((yield InStore(self.work)))
            try:
                self.did.append((yield OnTarget(partial(target.apply, EFFECT))))
            except ActionFailed as exc:
                self.did.append(str(exc))
            return "done"
        finally:
            self.did.append("closed")

    def work(self) -> str:
        if self.broken is not None:
            raise self.broken
        return "admitted"


@pytest.fixture
def flows() -> Flows:
    return Flows()


@pytest.fixture
def now() -> list[dt.datetime]:
    return [dt.datetime(2026, 3, 2, tzinfo=dt.UTC)]


@pytest.fixture
def steps(now: list[dt.datetime]) -> Iterator[Steps]:
    made = Steps(lambda: now[0])
    yield made
    now[0] += dt.timedelta(days=1)
    made.forget_old()


def begun(steps: Steps, flows: Flows, name: str = "one", owner: str = "desk") -> Any:
    return steps.begin(name, flows.flow, owner=owner, lease_s=30)


def test_a_flow_goes_from_step_to_step(steps: Steps, flows: Flows) -> None:
    asked = begun(steps, flows)
    assert (asked.number, asked.asked.step, asked.asked.effect) == (1, "read", EFFECT)
    asked = steps.answer("one", 1, {"queue": "inbox"}, None, owner="desk")
    assert asked.asked is not None
    assert (asked.number, asked.asked.step) == (2, "apply")
    ended = steps.answer("one", 2, "receipt", None, owner="desk")
    assert (ended.asked, ended.result) == (None, "done")
    assert flows.did == [{"queue": "inbox"}, "admitted", "receipt", "closed"]


def test_what_is_sent_again_changes_nothing(steps: Steps, flows: Flows) -> None:
    first = begun(steps, flows)
    assert begun(steps, flows) == first
    second = steps.answer("one", 1, "read", None, owner="desk")
    assert steps.answer("one", 1, "read otherwise", None, owner="desk") == second == begun(steps, flows)
    ended = steps.answer("one", 2, None, ActionFailed("no answer"), owner="desk")
    assert steps.answer("one", 2, "receipt", None, owner="desk") == ended == begun(steps, flows)
    assert flows.did == ["read", "admitted", "no answer", "closed"]


def test_nobody_answers_for_another(steps: Steps, flows: Flows) -> None:
    begun(steps, flows)
    with pytest.raises(Gone):
        steps.answer("one", 1, "read", None, owner="other")
    with pytest.raises(BadInput, match="step 2 was not asked for yet: answer step 1"):
        steps.answer("one", 2, "receipt", None, owner="desk")


def test_an_error_of_the_flow_is_told_again(steps: Steps, flows: Flows) -> None:
    flows.broken = Refused("not now")
    begun(steps, flows)
    for _ in range(2):
        with pytest.raises(Refused, match="not now"):
            steps.answer("one", 1, "read", None, owner="desk")
    assert flows.did == ["read", "closed"]


def test_who_never_heard_of_a_step_has_done_nothing(steps: Steps, flows: Flows) -> None:
    begun(steps, flows)
    steps.answer("one", 1, "read", None, owner="desk")
    steps.abandon("one", ActionFailed("never heard"), owner="desk")
    assert flows.did == ["read", "admitted", "never heard", "closed"]
    steps.abandon("one", ActionFailed("again"), owner="desk")
    with pytest.raises(Gone):
        steps.abandon("two", ActionFailed("again"), owner="desk")


def test_a_flow_whose_answer_does_not_come_is_closed(steps: Steps, flows: Flows, now: list[dt.datetime]) -> None:
    begun(steps, flows)
    now[0] += dt.timedelta(seconds=30 + KEPT_S - 1)
    steps.forget_old()
    assert flows.did == []
    now[0] += dt.timedelta(seconds=1)
    steps.forget_old()
    assert flows.did == ["closed"]
    with pytest.raises(Gone):
        steps.answer("one", 1, "read", None, owner="desk")


def test_there_is_an_end_to_what_waits(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interlock.surfaces.api.steps.WAITING_MAX", 2)
    for number in range(2):
        begun(steps, Flows(), f"flow-{number}")
    with pytest.raises(Unavailable, match="cases wait here for their callers' answers: try again in a while"):
        begun(steps, Flows(), "flow-3")


def test_one_answer_of_many_at_once_counts(steps: Steps, flows: Flows) -> None:
    begun(steps, flows)
    answers = [
        threading.Thread(target=steps.answer, args=("one", 1, number, None), kwargs={"owner": "desk"})
        for number in range(16)
    ]
    for thread in answers:
        thread.start()
    for thread in answers:
        thread.join()
    assert (len(flows.did), flows.did[1]) == (2, "admitted")


def test_probing_is_for_who_has_the_target() -> None:
    with pytest.raises(Unavailable, match="interlock recover"):
        Elsewhere().probe(EFFECT)
