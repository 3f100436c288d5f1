"""interlock.connect as applications use it: scripts, threads, event loops, notebooks and workers, on both engines."""

import ast
import asyncio
import datetime as dt
import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from inspect import CO_COROUTINE
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest

import interlock
import sdk_workers
from governed import NAME, House
from interlock.flows.ledger.verify import verify
from interlock.terms.decision import Verb
from interlock.terms.intent import IntentState
from sdk_workers import Ledgered, apply, apply_all, registered

if TYPE_CHECKING:
    from postgres_server import Databases

# Newer Pythons warn of forks among threads; that these go well is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture(params=["sqlite", "postgres"])
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A live workflow whose grant holds now, in a store of either engine."""
    address = None
    if request.param == "postgres":
        databases: Databases = request.getfixturevalue("postgres")
        address = databases.new_database()
    house = House(tmp_path, address)
    house.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    house.live()
    yield house
    house.opened.close()


@pytest.fixture
def address(live: House) -> str:
    return live.address if "://" in live.address else f"sqlite:///{live.address}"


@pytest.fixture
def triage(address: str, tmp_path: Path) -> Iterator[interlock.Workflow]:
    with interlock.connect(address) as connection:
        yield registered(connection, tmp_path)


def intact(live: House, tmp_path: Path, done: int) -> bool:
    """Each case was done once, is on record as done, and the state is what the ledger says."""
    calls = Ledgered(tmp_path).calls()
    with live.store.reading() as reading:
        states = [intent.state for intent in reading.intents(f"workflow:{NAME}")]
    assert set(calls.values()) == {1}
    assert (len(calls), len(states), set(states)) == (done, done, {IntentState.DONE})
    return verify(live.store).holds


def test_what_people_and_systems_say_is_recorded(triage: interlock.Workflow, live: House) -> None:
    with triage.case("m-1", text="Where is my parcel?", tenant="acme", segment="web") as case:
        case.propose("billing", confidence=0.1, amount_cents=5, target="ann", facts={"vip": True}, arguments={"x": [1]})
        assert case.apply().verb is Verb.REVIEW
        assert case.human("sales", by="Ben Okafor", note="it is an order").wrong
    with triage.case("m-2") as case:
        case.propose("billing", confidence=0.1)
        assert not case.shadow().applied
    assert not triage.outcome("m-2", "billing", by="the mail system").wrong
    with triage.case("m-3") as case:
        case.propose("sales", confidence=0.1)
        case.apply()
        assert case.approve(by="Ben Okafor").applied
    triage.shadow([("s-1", "billing", 0.9), ("s-2", "billing", None)])
    assert [one.wrong for one in triage.outcomes([("s-1", "billing"), ("s-2", "sales")], by="people")] == [False, True]
    with live.store.reading() as reading:
        outcomes = {key: getattr(reading.decision(key), "outcome", None) for key in ("m-1", "m-2", "m-3", "s-1", "s-2")}
    assert outcomes == {"m-1": "sales", "m-2": "billing", "m-3": "sales", "s-1": "billing", "s-2": "sales"}
    assert verify(live.store).holds


def test_it_is_stopped_put_back_and_let_on(triage: interlock.Workflow, tmp_path: Path) -> None:
    assert apply(triage, "m-1")
    report = triage.kill(by="Ben Okafor", reason="wrong queue")
    assert (report.in_flight, report.in_doubt, report.quiesced_at is not None) == ((), (), True)
    assert not apply(triage, "m-2")
    assert triage.undo_since(0, by="Ana Ruiz").undone == ("m-1",)
    with pytest.raises(interlock.Refused):
        triage.resume(by="Ana Ruiz", reason="mended")
    triage.resume(by="Ben Okafor", reason="mended")
    assert apply(triage, "m-3")
    assert Ledgered(tmp_path).calls() == {"m-1": 2, "m-3": 1}  # done, and put back


def test_threads_and_a_hundred_tasks_share_a_connection(address: str, live: House, tmp_path: Path) -> None:
    with interlock.connect(address) as connection:
        plain, awaited = registered(connection, tmp_path), registered(connection, tmp_path, awaited=True)
        with ThreadPoolExecutor(9) as pool:
            loop = pool.submit(asyncio.run, apply_all(awaited, [f"k-{number}" for number in range(100)]))
            threads = pool.map(lambda number: apply(plain, f"k-{number}"), range(50, 120))
            # Who comes while another is at it is told that it is being done, and does not do it again.
            assert any(threads)
            assert any(loop.result())
    assert intact(live, tmp_path, 120)


def test_workers_forked_after_loading_while_the_parent_works(
    triage: interlock.Workflow, live: House, tmp_path: Path
) -> None:
    assert apply(triage, "before")
    stop = threading.Event()

    def go_on() -> None:
        number = 0
        while not stop.is_set():
            assert apply(triage, f"parent-{number}")
            number += 1

    with ThreadPoolExecutor(1) as pool:
        parent = pool.submit(go_on)
        children = [_forked(lambda number=number: _work(triage, number)) for number in range(3)]  # type: ignore[misc]
        ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
        stop.set()
        parent.result()
    assert ended == [0, 0, 0]
    assert apply(triage, "after")
    done = Ledgered(tmp_path).calls()
    assert {f"worker-{number}-{turn}" for number in range(3) for turn in range(10)} < set(done)
    assert intact(live, tmp_path, len(done))


def _work(triage: interlock.Workflow, number: int) -> bool:
    with ThreadPoolExecutor(4) as pool:
        mine = list(pool.map(lambda turn: apply(triage, f"worker-{number}-{turn}"), range(10)))
    for turn in range(5):
        apply(triage, f"contested-{turn}")  # whoever comes first does it
    return all(mine)


def _forked(work: Callable[[], bool]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os._exit(0 if work() else 1)
    finally:
        os._exit(2)


def test_a_pool_of_forked_processes_uses_what_was_loaded(
    triage: interlock.Workflow, live: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sdk_workers, "preloaded", triage)
    shares = [[f"k-{number}-{turn}" for turn in range(8)] for number in range(4)]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        assert list(pool.map(sdk_workers.with_what_was_loaded_before, shares)) == [[True] * 8] * 4
    assert intact(live, tmp_path, 32)


def test_processes_that_start_anew_connect_by_themselves(address: str, live: House, tmp_path: Path) -> None:
    shares = [["contested", *(f"k-{number}-{turn}" for turn in range(4))] for number in range(2)]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        work = [pool.submit(sdk_workers.in_a_process_of_its_own, address, str(tmp_path), share) for share in shares]
        assert [all(done.result()[1:]) for done in work] == [True, True]
    assert intact(live, tmp_path, 9)


def test_a_script_needs_nothing_but_the_address(address: str, live: House, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, interlock

            triage = interlock.connect(sys.argv[1]).workflow("triage")
            moved = []

            @triage.action(undo=lambda effect, before: moved.remove(effect.case_key), idempotent=True)
            def route(effect):
                moved.append(effect.case_key)

            with triage.case("message-17") as case:
                case.propose("billing", confidence=0.97)
                print(case.apply().message, moved, interlock.current_case().key)
            """
        ),
        encoding="utf-8",
    )
    words = [sys.executable, "-W", "error", str(script), address]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("Done. ['message-17'] message-17\n", "", 0)


# A notebook: cells run in a loop that is running already, and may await.


async def cells(source: str, names: dict[str, Any]) -> Any:
    """Run cells one after the other as a notebook does; what the last line of the last one is."""
    value = None
    for number, cell in enumerate(textwrap.dedent(source).split("# %%\n")):
        tree = ast.parse(cell)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        for part in (tree, ast.Expression(last.value) if isinstance(last, ast.Expr) else None):
            if part is None:
                continue
            mode = "exec" if isinstance(part, ast.Module) else "eval"
            code = compile(part, f"<cell {number}>", mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            value = FunctionType(code, names)()
            if code.co_flags & CO_COROUTINE:
                value = await value
    return value


def test_cells_of_a_notebook(address: str, live: House) -> None:
    names: dict[str, Any] = {"address": address}
    source = """
        import asyncio, interlock
        moved = []
        connection = interlock.connect(address)
        triage = connection.workflow("triage")

        @triage.action(undo=lambda effect, before: moved.remove(effect.case_key), idempotent=True)
        def route(effect):
            moved.append(effect.case_key)
        # %%
        with triage.case("plain") as case:
            case.propose("billing", confidence=0.97)
            first = case.apply()
        # %%
        @triage.action(undo=lambda effect, before: moved.remove(effect.case_key), idempotent=True)
        async def route(effect):
            await asyncio.sleep(0)
            moved.append(effect.case_key)

        async with triage.case("awaited") as case:
            await case.propose("billing", confidence=0.97)
            second = await case.apply()
        # %%
        shown = [one._repr_html_() for one in (triage, first, second)] + [repr(triage.case("x")), repr(case)]
        connection.close()
        shown
    """
    workflow, first, second, unopened, case = asyncio.run(cells(source, names))
    assert names["moved"] == ["plain", "awaited"]
    assert "<caption>triage</caption>" in workflow
    assert "agent at or over 0.9" in workflow
    assert first.startswith("<b>plain</b>: apply, done<ul><li>confidence 0.9700")
    assert second.startswith("<b>awaited</b>")
    assert unopened == "<interlock case x of triage: not opened yet, `with ... as case:`>"
    assert case == "<interlock.AsyncCase awaited of triage: 'billing' proposed, apply: Done.>"
