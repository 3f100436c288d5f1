"""The benchmarks' own arithmetic, and that what they fill a store with is what the product would have written."""

import itertools
from pathlib import Path

import pytest

from interlock.flows.ledger.verify import verify
from postgres_server import Databases
from runtime.bars import Bars
from runtime.filled import fill, key_of
from runtime.governed import NAME, opened, promoted
from runtime.grown import LAZY
from runtime.journaled import journal_only, made_ready, whole_action
from runtime.memory import slope_of
from runtime.processes import in_processes
from runtime.resident import peak_mb, resident_mb
from runtime.slower import opened_slower
from runtime.timing import Timed
from runtime.turns import TURNS_MIN, Spread, Took, Turns, in_turns, took


def test_a_spread_is_the_quarters_that_were_reached() -> None:
    assert Spread.of([5.0, 1.0, 3.0, 2.0, 4.0, 8.0, 7.0, 6.0]) == Spread(2.0, 4.0, 6.0)
    assert Spread(1.0, 2.345, 1234.5).words(1) == "2.3 (1.0..1,234.5)"


def test_ways_are_compared_within_a_turn() -> None:
    turns = Turns({"floor": [Took(10, 4), Took(100, 8)], "way": [Took(15, 5), Took(150, 10)]})

    assert (turns.ratio("way", "floor"), turns.cpu_over_us("way", "floor")) == (Spread(1.5, 1.5, 1.5), Spread(1, 1, 2))
    assert (turns.number, turns.wall_us("floor").low, turns.cpu_us("way").high) == (2, 10, 10)


def test_every_way_has_its_turn_and_the_first_is_no_part_of_it() -> None:
    called: list[str] = []

    def way(name: str) -> Took:
        called.append(name)
        return Took(len(called), 0)

    turns = in_turns({"a": lambda: way("a"), "b": lambda: way("b")}, seconds=0.0)

    assert called == ["a", "b", *("a", "b") * TURNS_MIN]
    assert turns.taken["a"][0] == Took(3, 0)


def test_an_action_of_a_turn_has_its_share_and_a_slow_disk_ends_it() -> None:
    cpu = itertools.count()
    one = took(lambda _: None, range(4), cpu=lambda: next(cpu))
    done: list[int] = []
    took(done.append, range(7, 100), lasts_s=0.0)

    assert (one.cpu_us, one.wall_us > 0, done) == (250_000, True, [7])


def test_bars_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.at_most("time", 1.5, 1.5)
    bars.at_least("rate", 0.79, 0.8)
    bars.at_most("nothing", float("nan"), 1.0)
    bars.without("known")

    assert (bars.held, bars.missed) == (1, 2)
    assert capsys.readouterr().out.splitlines() == [
        "  held    time: 1.50, bar <= 1.5",
        "  MISSED  rate: 0.79, bar >= 0.8",
        "  MISSED  nothing: nan, bar <= 1",
        "  no bar  known",
    ]


def test_a_slope_has_its_standard_error() -> None:
    assert slope_of([(0, 1.0), (1, 3.0), (2, 5.0)]) == (2.0, 0.0)
    slope, error = slope_of([(0, 0.0), (1, 0.0), (2, 3.0), (3, 3.0)])
    assert (round(slope, 9), round(error, 6)) == (1.2, 0.424264)


def test_what_was_made_ready_is_journaled_as_the_product_does(tmp_path: Path) -> None:
    with opened(str(tmp_path / "store.db")) as rt:
        release = promoted(rt)
        for one in made_ready(rt, release, ["a", "b"]):
            journal_only(rt, one)
        whole_action(rt, release, "c")

        assert verify(rt.store).faults == ()
        with rt.store.reading() as reading:
            assert [intent.key for intent in reading.intents(f"workflow:{NAME}", state="done")] == ["a", "b", "c"]
        with pytest.raises(RuntimeError, match="'known'"):
            journal_only(rt, made_ready(rt, release, ["a"])[0])


def test_a_slower_store_is_the_same_store(tmp_path: Path) -> None:
    with opened_slower(tmp_path / "store.db", 0.0001) as rt:
        release = promoted(rt)
        whole_action(rt, release, "a")
        assert verify(rt.store).faults == ()
    with opened_slower(tmp_path / "store.db", 0.0) as rt:
        assert rt.store.seal().size > 0


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_filled_store_is_one_that_the_verifier_accepts(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    at = str(tmp_path / "store.db")
    if engine == "postgresql":
        databases: Databases = request.getfixturevalue("postgres")
        at = databases.new_database()
    with opened(at) as rt:
        release = promoted(rt, LAZY)
    told: list[int] = []
    for entries in (400, 400, 601):
        fill(at, release, entries=entries, told=told.append)

    with opened(at) as rt:
        whole_action(rt, release, key_of(0))
        checked = verify(rt.store)
        assert (checked.faults, checked.unsealed, checked.entries) == ((), 0, told[-1] + 2)
        assert told[-1] in {600, 601}
        with rt.store.reading() as reading:
            assert sum(1 for _ in reading.intents("global", state="done")) == sum(
                entry.kind == "intent.completed" for entry in reading.entries()
            )


def test_memory_is_told(tmp_path: Path) -> None:
    assert 1.0 < resident_mb() <= peak_mb()


def timed_alone(task: float, ready: object) -> Timed:
    assert callable(ready)
    ready()
    return Timed([task], task, 2 * task)


def test_processes_are_timed_together() -> None:
    assert in_processes(timed_alone, [1.0, 2.0], seconds=0.0) in (
        Timed([1.0, 2.0], 2.0, 6.0),
        Timed([2.0, 1.0], 2.0, 6.0),
    )
