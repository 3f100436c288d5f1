"""A shared store that is lost under an action: in every message, with its server, and under load."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from faults.aftermath import DONE, GIVEN_BACK, WAITS, Case, aftermath, later
from faults.flaky_proxy import Cut, FlakyProxy, Side, every_cut
from governed import BEN, DEFINITION, NAME
from interlock.adapters.postgres import journal
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill
from interlock.flows.action.recover import Fate
from interlock.flows.action.runtime import RunTime
from interlock.terms.decision import Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.intent import IntentState
from interlock.terms.workflow import TargetKind
from postgres_server import Databases, Server
from trials.children import Child, in_child, wait_for
from trials.crash import swept_until_quiet
from trials.effects import FileTarget
from trials.places import Place, place

KEPT = "it is kept on this host, and goes to the queue when the store is back"
NO_AUDITS = replace(DEFINITION, rollout=replace(DEFINITION.rollout, audit_share=0.0))
LOST_S = 10.0


@pytest.fixture(autouse=True)
def _state_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLOCK_STATE", str(tmp_path / "state"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer to come back is gone."""
    monkeypatch.setattr(journal, "AGAIN_S", (0.001, 0.05))


def case(at: Place, key: str) -> Proposal:
    return Proposal(key, at.release, "billing", 0.95, "sha256:payload")


def acted_or_raised(rt: RunTime, target: FileTarget, proposal: Proposal) -> str:
    """'done', 'refused', or 'not recorded' where the effect happened and its receipt could not be written."""
    try:
        acted = act(rt, target, NAME, proposal)
    except Unavailable:
        return "not recorded"
    return "done" if acted.state is IntentState.DONE else "refused"


# A connection that is lost


@contextmanager
def lossy(tmp_path: Path, postgres: Databases) -> Iterator[tuple[Place, FlakyProxy, RunTime, FileTarget]]:
    """A place behind a proxy, and a run time on it whose connection is made and at peace."""
    at = place(tmp_path / "at", NO_AUDITS, database=postgres.new_database)
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with FlakyProxy(at.address, unix=True) as proxy, replace(at, address=proxy.url).opened() as rt:
        for number in range(3):
            act(rt, target, NAME, case(at, f"warm-{number}"))
        yield at, proxy, rt, target


def cuts_of(proxy: FlakyProxy, work: Callable[[], object]) -> tuple[Cut, ...]:
    """Every place at which what is said meanwhile can be lost."""
    proxy.forget()
    work()
    return every_cut(proxy.seen)


@pytest.mark.parametrize("connected", [True, False])
def test_a_connection_lost_at_any_message_loses_and_doubles_nothing(
    tmp_path: Path, postgres: Databases, impatient: None, connected: bool
) -> None:
    """A lost connection is made again, and both functions know what they did before: nobody need notice."""
    said = dict[str, str]()
    with lossy(tmp_path, postgres) as (at, proxy, rt, target):

        def at_peace(key: str) -> None:
            act(rt, target, NAME, case(at, key))
            if not connected:
                proxy.drop_all()
                time.sleep(0.01)

        at_peace("peace")
        cuts = cuts_of(proxy, lambda: act(rt, target, NAME, case(at, "counted")))[:: 1 if connected else 5]
        for number, cut in enumerate(cuts):
            at_peace(f"peace-{number}")
            proxy.cut(cut)
            said[f"k{number}"] = acted_or_raised(rt, target, case(at, f"k{number}"))
            assert proxy.wait_for_cut(seconds=LOST_S), cut
            proxy.forget()
    with at.opened(later(at.now)) as rt:
        left = aftermath(rt, target, said)
    assert len(cuts) > 20
    if connected:
        assert Counter(said.values()) == {"done": len(cuts)}, said
    expected = {"done": DONE, "refused": WAITS}
    assert left == {key: expected[words] for key, words in said.items()}


def test_a_server_that_cannot_be_reached_any_more_at_any_message(
    tmp_path: Path, postgres: Databases, impatient: None
) -> None:
    """Where the connection is lost, another one is refused, for as long as the action lasts."""
    said = dict[str, str]()
    with lossy(tmp_path, postgres) as (at, proxy, rt, target):
        cuts = cuts_of(proxy, lambda: act(rt, target, NAME, case(at, "counted")))
        for number, cut in enumerate(cuts):
            act(rt, target, NAME, case(at, f"peace-{number}"))  # which brings the suggestions to the queue
            proxy.cut(cut)
            proxy.refuse()
            said[f"k{number}"] = acted_or_raised(rt, target, case(at, f"k{number}"))
            assert proxy.wait_for_cut(seconds=LOST_S), cut
            proxy.allow()
            proxy.forget()
        with replace(at, address=proxy.url).opened(later(at.now)) as again:
            left = aftermath(replace(again, spool=rt.spool), target, said)
    found = {(words, left[key]) for key, words in said.items()}
    assert found == {("done", DONE), ("not recorded", DONE), ("refused", WAITS), ("refused", GIVEN_BACK)}


def test_a_kill_while_an_admitted_action_has_lost_its_connection_is_heeded(
    tmp_path: Path, postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The intent is written, its answer and its locks are lost. When it asks again, it must not go on."""
    monkeypatch.setattr(journal, "AGAIN_S", (0.6,))
    with lossy(tmp_path, postgres) as (at, proxy, rt, target), ThreadPoolExecutor(1) as pool:
        proxy.cut(Cut(Side.TO_CLIENT, 1))
        acting = pool.submit(act, rt, target, NAME, case(at, "k"))
        assert proxy.wait_for_cut(seconds=LOST_S)
        with at.opened() as other:
            report = kill(other.store, other.drain, "global", by=BEN, reason="stop", clock=other.clock, timeout_s=0.2)
            assert not acting.done()
            acted = acting.result()
            assert (report.quiesced_at, report.in_flight) == (None, ("k",))
            assert (acted.decision.verb, acted.state) == (Verb.APPLY, IntentState.EXECUTING)
            assert target.effects("k") == 0
            again = kill(other.store, other.drain, "global", by=BEN, reason="stop", clock=other.clock, timeout_s=0.2)
            assert (again.quiesced_at, again.in_flight) == (None, ("k",))  # its lease has not ended
            later_on = replace(other, clock=later(at.now))
            assert [one.fate for one in swept_until_quiet(later_on, target)] == [Fate.HALTED]
            assert other.drain.emptied("global", timeout_s=0.2)


# A server that is stopped


def test_without_its_server_it_is_a_suggestion_and_says_so(tmp_path: Path, postgres_to_stop: Server) -> None:
    at = place(tmp_path / "at", NO_AUDITS, database=postgres_to_stop.new_database)
    target = FileTarget(at.folder, TargetKind.IDEMPOTENT)
    with at.opened() as rt:
        assert act(rt, target, NAME, case(at, "before")).state is IntentState.DONE
        postgres_to_stop.stop()
        acted = act(rt, target, NAME, case(at, "k"))
        because, kept = acted.decision.reasons
        assert (acted.decision.verb, acted.recorded, kept) == (Verb.REVIEW, False, KEPT)
        assert because.startswith("a person decides, because the PostgreSQL store cannot be used: ")
        assert because.endswith("Check that the server runs and can be reached.")
        postgres_to_stop.start()
        assert act(rt, target, NAME, case(at, "after")).state is IntentState.DONE
        with rt.store.reading() as reading:
            assert [review.key for review in reading.reviews(NAME)] == ["k"]


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_that_is_stopped_under_load(
    tmp_path: Path, postgres_to_stop: Server, impatient: None, mode: str
) -> None:
    at = place(tmp_path / "at", NO_AUDITS, database=postgres_to_stop.new_database)
    workers = [Child(partial(_work, at, number)) for number in range(4)]
    wait_for([at.folder / f"ready-{number}" for number in range(4)])
    time.sleep(0.2)
    postgres_to_stop.stop(mode)
    time.sleep(0.3)
    postgres_to_stop.start()
    time.sleep(0.3)
    (at.folder / "end").touch()
    said = {key: words for worker in workers for key, words in worker.result().items()}
    left = in_child(partial(_left, at, list(said)))
    expected = {"done": {DONE}, "not recorded": {DONE}, "refused": {WAITS, GIVEN_BACK}}
    assert {key: (words, left[key]) for key, words in said.items() if left[key] not in expected[words]} == {}
    assert min(Counter(said.values())[words] for words in ("done", "refused")) > 4, Counter(said.values())


def _work(at: Place, worker: int) -> dict[str, str]:
    """What was said of each case."""
    target, said, end = FileTarget(at.folder, TargetKind.IDEMPOTENT), dict[str, str](), at.folder / "end"
    with at.opened(owner=f"worker {worker}") as rt:
        while not end.exists():
            key = f"{worker}-{len(said)}"
            said[key] = acted_or_raised(rt, target, case(at, key))
            (at.folder / f"ready-{worker}").touch()
            time.sleep(0.002)
    return said


def _left(at: Place, keys: list[str]) -> dict[str, Case]:
    with at.opened(later(at.now)) as rt:
        return aftermath(rt, FileTarget(at.folder, TargetKind.IDEMPOTENT), keys)
