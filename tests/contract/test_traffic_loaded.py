"""Segments of the trace go into the store once, whatever dies on the way, and what is altered afterwards is told."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from interlock.adapters.gateway.segments.folder import SegmentFolder
from interlock.adapters.gateway.segments.log import SegmentTraceLog
from interlock.engine.timestamp import moment
from interlock.flows.gateway.evidence.load import KIND, TrafficLoading
from interlock.flows.gateway.evidence.rows import row_of
from interlock.flows.gateway.evidence.verify import verify_traffic
from interlock.flows.gateway.evidence.watch import KIND as UNUSUAL
from interlock.ports.gateway.traffic import SumBy
from interlock.ports.store import Store
from interlock.terms.gateway.segment import SegmentFlaw
from traced import AT, accepted, now, outcome

Open = Callable[[], Store]


def clock() -> Any:
    return moment(AT)


def traced(folder: Path, worker: str = "w-1", *, requests: int = 4, open_ones: int = 0) -> None:
    log = SegmentTraceLog(folder, worker, now, age_s=3_600)
    for number in range(requests):
        log.accept(accepted(f"{worker}-{number}"))
        log.outcome(outcome(f"{worker}-{number}"))
    for number in range(open_ones):
        log.accept(accepted(f"{worker}-open-{number}"))
    log.ungoverned(network="10.0.0.0/24", wire="openai", model="big", rule="unknown_caller")
    log.close()


def loaded(store: Store) -> list[Any]:
    with store.reading() as reading:
        return [entry.body for entry in reading.entries_of(KIND)]


def state(store: Store) -> Any:
    with store.reading() as reading:
        sums = reading.traffic_sums([SumBy.DAY, SumBy.WORKFLOW, SumBy.CLIENT, SumBy.MODEL])
        strangers = sum(one.requests for one in reading.ungoverned(since=AT, limit=99))
    return sums, strangers, sorted(body["segment"] for body in loaded(store))


def test_what_is_sealed_is_loaded_once_and_kept(store: Store, tmp_path: Path) -> None:
    traced(tmp_path, open_ones=1)
    segments = SegmentFolder(tmp_path, now)
    told: list[int] = []
    loading = TrafficLoading(store, segments, clock, after=lambda one: told.append(len(one.accepted)))
    ((name, n),) = loading.go().loaded.items()
    segment = segments.read(name)
    assert loading.go().loaded == {}
    assert (segments.sealed(), segments.kept(), told, n) == ([], [name], [5], 5)
    (body,) = loaded(store)
    assert (body["sha256"], body["last"], body["n_flaws"]) == (segment.sha256, segment.last, 0)
    assert (body["accepted"], body["outcomes"], body["ungoverned"]) == (5, 4, 1)
    assert body["in_doubt"] == ["rw-1-open-0"]  # it was closed, and will never say how that ended
    with store.reading() as reading:
        (hint,) = reading.entries_of(UNUSUAL)  # and so a person hears of it
    assert (hint.body["rule"], hint.body["facts"]) == ("in_doubt", {"requests": 1, "reserved_micro_usd": 900})
    assert sum(one["requests"] for one in body["totals"]) == 5
    assert sum(one["cost_micro_usd"] for one in body["totals"]) == 4 * 700 + 900
    (total,) = state(store)[0][:1]
    with store.reading() as reading:
        row = reading.traffic_of("rw-1-0")
        assert reading.ungoverned(since=AT, limit=9)[0].requests == 1
    assert row is not None
    assert row == row_of(segment.accepted[0], segment.outcomes[0], name)
    assert (row.model_used, row.upstream, row.input_tokens, row.cost_micro_usd, row.status) == (
        *("small", "east"), 100, 700, 200,
    )  # fmt: skip
    assert total.requests >= 1


def test_whatever_a_name_is_made_of_it_is_loaded(store: Store, tmp_path: Path) -> None:
    """Who asks for a model chooses what it is called; one such name must not keep all others from being loaded."""
    log = SegmentTraceLog(tmp_path, "w-1", now)
    log.accept(accepted(1, model="a\0b\ufffe\U0001f512", client="\0"))
    log.outcome(outcome(1, cache="hit", attempts=(), response_model="\0"))
    log.ungoverned(network="10.0.0.0/24", wire="openai", model="a\0b", rule="unknown_caller")
    log.close()
    assert TrafficLoading(store, SegmentFolder(tmp_path, now), clock).go().loaded == {"w-1.00000001": 1}
    with store.reading() as reading:
        row = reading.traffic_of("r1")
        assert reading.ungoverned(since=AT, limit=9)[0].model == "a\ufffdb"
        assert verify_traffic(reading, SegmentFolder(tmp_path, now)).faults == ()
    assert row is not None
    assert (row.model_asked, row.client, row.model_used) == ("a\ufffdb\ufffe\U0001f512", "\ufffd", "\ufffd")
    assert row.accepted["model"] == "a\0b\ufffe\U0001f512"


def test_an_end_in_a_later_segment_completes_its_row(store: Store, tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.002, age_s=0.0)
    segments = SegmentFolder(tmp_path, now)
    loading = TrafficLoading(store, segments, clock)
    log.accept(accepted(1))
    log.accept(accepted(2))
    while not (first := loading.go().loaded):
        pass
    log.outcome(outcome(1))
    log.close()
    loading.go()
    bodies = loaded(store)
    assert [body["number"] for body in bodies] == list(range(1, len(bodies) + 1))
    assert sum(body["n_flaws"] + body["n_lost"] for body in bodies) == 0
    assert [id_ for body in bodies for id_ in body["in_doubt"]] == ["r2"]
    with store.reading() as reading:
        (sums,) = reading.traffic_sums([])
        done = reading.traffic_of("r1")
    assert (sums.requests, sums.in_doubt, sums.cost_micro_usd) == (2, 1, 700 + 900)
    assert done is not None
    assert (done.segment, done.status, done.accepted["redacted"]) == (next(iter(first)), 200, {"email": 2})
    assert sum(one["cost_micro_usd"] for body in bodies for one in body["totals"]) == 700 + 900


class Died(BaseException):
    """As kill -9: nothing that stands after it is done."""


class Dying:
    """Hands every call on, and dies before the call of a number."""

    def __init__(self, inner: Any, at: int) -> None:
        self._inner, self.left = inner, at

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        def call(*given: Any, **named: Any) -> Any:
            self.step()
            if name == "transaction":
                return self._dying_transaction(found)
            return found(*given, **named)

        return call

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Died

    @contextmanager
    def _dying_transaction(self, found: Callable[[], Any]) -> Iterator[Any]:
        with found() as tx:
            dying = Dying(tx, self.left)
            yield dying
            self.left = dying.left
            self.step()  # all of it is done but for the commit
        self.step()  # and here just after it


def test_who_dies_between_any_two_steps_loads_nothing_twice_and_loses_nothing(
    open_store: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    for worker in ("w-1", "w-2"):
        traced(tmp_path, worker)
    deaths = 0
    for at in range(1, 200):
        segments = SegmentFolder(tmp_path, now)
        dying = Dying(store, at)
        folder = Dying(segments, at)
        try:
            TrafficLoading(dying, folder, clock).go()
        except Died:
            deaths += 1
        else:
            break
    assert deaths >= 8
    assert segments.sealed() == []
    sums, strangers, names = state(store)
    assert names == ["w-1.00000001", "w-2.00000001"]
    assert (sum(one.requests for one in sums), sum(one.cost_micro_usd for one in sums), strangers) == (8, 5_600, 2)


@pytest.mark.parametrize("step", ["plain.unlink", "making.rename"])
def test_who_dies_while_keeping_keeps_it_later(
    store: Store, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced(tmp_path)
    loading = TrafficLoading(store, SegmentFolder(tmp_path, now), clock)

    def dies(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as planted, pytest.raises(Died):
        planted.setattr(Path, step.partition(".")[2], dies)
        loading.go()
    before = state(store)
    assert loading.go().loaded == {}
    assert state(store) == before
    assert SegmentFolder(tmp_path, now).kept() == ["w-1.00000001"]


def test_a_segment_that_is_gone_is_told(store: Store, tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.002, age_s=0.0)
    segments = SegmentFolder(tmp_path, now)
    for number in range(2):
        log.accept(accepted(number))
        log.outcome(outcome(number))
        while len(segments.sealed()) <= number:
            pass
    log.close()
    (tmp_path / f"{segments.sealed()[0]}.jsonl").unlink()
    TrafficLoading(store, segments, clock).go()
    told = loaded(store)[0]
    assert (told["n_flaws"], told["flaws"][0]["words"]) == (1, "segment 1 of its worker was never loaded")


def test_a_segment_that_follows_another_one_is_told(store: Store, tmp_path: Path) -> None:
    log = SegmentTraceLog(tmp_path, "w-1", now, sync_s=0.002, age_s=0.0)
    segments = SegmentFolder(tmp_path, now)
    loading = TrafficLoading(store, segments, clock)
    log.accept(accepted(0))
    while not segments.sealed():
        pass
    traced(tmp_path / "elsewhere", "w-1")
    (tmp_path / "elsewhere" / "w-1.00000001.jsonl").replace(tmp_path / "w-1.00000001.jsonl")
    log.close()
    loading.go()
    words = [flaw["words"] for body in loaded(store) for flaw in body["flaws"]]
    assert words == ["segment 1 of its worker was another one"]


def test_an_altered_segment_is_loaded_and_its_flaw_is_on_record(store: Store, tmp_path: Path) -> None:
    traced(tmp_path)
    file = tmp_path / "w-1.00000001.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"cost_micro_usd":700', b'"cost_micro_usd":001', 1))
    file.write_bytes(file.read_bytes().replace(b'"cost_micro_usd":700', b'"cost_micro_usd":100', 1))
    (name,) = TrafficLoading(store, SegmentFolder(tmp_path, now), clock).go().loaded
    segment = SegmentFolder(tmp_path, now).read(name)
    (body,) = loaded(store)
    assert body["n_flaws"] == len(segment.flaws) == 2
    with store.reading() as reading:
        assert [entry.body["rule"] for entry in reading.entries_of(UNUSUAL)] == ["in_doubt", "trace"]
    assert SegmentFlaw(**body["flaws"][0]).line == 3


def test_one_that_cannot_be_read_stays_and_holds_nobody_up(store: Store, tmp_path: Path) -> None:
    traced(tmp_path, "w-2")
    (tmp_path / "w-1.00000001.jsonl").write_bytes(b"\x00" * 400)
    loading = TrafficLoading(store, SegmentFolder(tmp_path, now), clock)
    done = loading.go()
    assert list(done.loaded) == ["w-2.00000001"]
    assert list(done.unreadable) == list(loading.go().unreadable) == ["w-1.00000001"]
    assert SegmentFolder(tmp_path, now).sealed() == ["w-1.00000001"]


def test_several_machines_load_into_one_store_at_once(open_store: Open, tmp_path: Path) -> None:
    """Each has its own folder and two processes that look after it."""
    for machine in ("a", "b", "c"):
        for worker in range(3):
            traced(tmp_path / machine, f"{machine}-{worker}", requests=5)
    store = open_store()

    def look_after(machine: str) -> None:
        for _ in range(3):
            TrafficLoading(store, SegmentFolder(tmp_path / machine, now), clock).go()

    with ThreadPoolExecutor() as pool:
        list(pool.map(look_after, "abcabc"))
    sums, strangers, names = state(store)
    assert (sum(one.requests for one in sums), strangers, len(names), len(set(names))) == (45, 9, 9, 9)
    assert not any(SegmentFolder(tmp_path / machine, now).sealed() for machine in "abc")
