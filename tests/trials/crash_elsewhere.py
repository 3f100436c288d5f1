"""Processes that die elsewhere: in recovery, in an undo, inside a commit, wherever a kill from outside finds them."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from faults.clock_jump import Stepping
from governed import ANA, NAME
from interlock.flows.action.act import act
from interlock.flows.action.undo import undo
from interlock.flows.ledger.verify import verify_store
from interlock.ports.store import Store, Transaction
from interlock.terms.errors import BadInput
from interlock.terms.intent import IntentState
from interlock.terms.workflow import TargetKind
from trials.children import Child, die, dies, in_child, wait_for
from trials.crash import (
    LEASE,
    ONCE,
    PATIENCE_S,
    TABLE,
    Left,
    Point,
    compared,
    deliver,
    dying,
    proposal,
    recovered_and_delivered,
    swept_until_quiet,
)
from trials.effects import FileTarget
from trials.places import Place

CASES_MAX = 100_000
BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'decision'::regclass"


def recovery_trials(at: Place, kind: TargetKind, *, trials: int) -> Counter[str]:
    """Let a process die before and after its effect, then recovery at every point of its own; recover, deliver again.

    Each recovery that dies has one case to recover. The counts are named by what died where.
    """
    left = Counter[str]()
    for first in (Point.NOT_SENT, Point.REPLY_UNREAD):
        for then in _points_of_recovery(kind, first):
            for number in range(trials):
                key = f"{first.name}-{then.name}-{number}"
                dies(partial(deliver, at, kind, key, first))
                dies(partial(_recover, at, kind, then))
                found = in_child(partial(recovered_and_delivered, at, kind, [key], leases=2))
                left[compared(f"{first}; recovery {then}", found[key], TABLE[kind][first])] += 1
    return left


def _points_of_recovery(kind: TargetKind, first: Point) -> tuple[Point, ...]:
    """Where recovery can die: what it need not send it neither claims nor sends."""
    sends = kind is TargetKind.IDEMPOTENT or (kind is TargetKind.PROBE and first is Point.NOT_SENT)
    return tuple(Point) if sends else (Point.NOT_RECORDED, Point.RECORDED)


def _recover(at: Place, kind: TargetKind, point: Point) -> None:
    with at.opened(Stepping(at.now + LEASE), owner="dying recovery") as rt:
        mortal, target = dying(rt, at.folder, kind, point)
        swept_until_quiet(mortal, target)


class DyingStore:
    """A store whose process dies before (False) or after (True) its n-th transaction of `run` or `transaction`."""

    def __init__(self, store: Store, nth: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, nth, after

    def run(self, work: Callable[[Transaction], Any], *, durable: bool = True) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            die()
        done = self._store.run(work, durable=durable)
        if self._left == 0:
            die()
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


UNDO_POINTS: Mapping[str, tuple[int, bool] | Point] = {
    "before intent": (1, False),
    "intent": (1, True),
    "not sent": Point.NOT_SENT,
    "reply unread": Point.REPLY_UNREAD,
    "not recorded": (2, False),
    "recorded": (2, True),
}


def undo_trials(at: Place, kind: TargetKind, *, trials: int) -> Counter[str]:
    """Let a process die at every point of an undo; recover; ask for the undo again. How often it came out how."""
    keys = {f"undo-{number}-{name.replace(' ', '-')}": name for name in UNDO_POINTS for number in range(trials)}
    for key in keys:
        in_child(partial(deliver, at, kind, key, None))
    for key, name in keys.items():
        dies(partial(_undo, at, kind, key, UNDO_POINTS[name]))
    left = in_child(partial(_recovered_and_undone, at, kind, list(keys)))
    return Counter(f"{name}: undone {left[key]}" for key, name in keys.items())


def _undo(at: Place, kind: TargetKind, key: str, point: tuple[int, bool] | Point) -> None:
    with at.opened() as rt:
        if isinstance(point, Point):
            mortal, target = dying(rt, at.folder, kind, point)
        else:
            store: Any = DyingStore(rt.store, point[0], after=point[1])
            mortal, target = replace(rt, store=store), FileTarget(at.folder, kind)
        undo(mortal, target, key, by=ANA)


def _recovered_and_undone(at: Place, kind: TargetKind, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    target = FileTarget(at.folder, kind)
    with at.opened(Stepping(at.now + LEASE), owner="recovery") as rt:
        swept_until_quiet(rt, target)
        for key in keys:
            with suppress(BadInput):  # undone already
                undo(rt, target, key, by=ANA)
        with rt.store.reading() as reading:
            check = verify_store(reading)
            assert check.holds, check.faults
            states = {key: reading.intent_state(key) for key in keys}
        return {key: (target.effects(key, undone=True), str(state)) for key, state in states.items()}


def killed_from_outside(at: Place, kind: TargetKind, *, delays_s: Sequence[float], threads: int = 1) -> Counter[str]:
    """Kill a process whose threads act on case after case, each time so long after its first case.

    Then recover, and deliver every case again. How many came out as the table allows where nobody knows at which point
    the process died.
    """
    begun: list[str] = []
    for number, delay_s in enumerate(delays_s):
        log, at_work = at.folder / f"begun-{number}", at.folder / f"at-work-{number}"
        child = Child(partial(_work, at, kind, number, log, at_work, threads))
        wait_for([at_work])
        time.sleep(delay_s)
        child.kill()
        child.exit_code()
        begun += log.read_text().split()
    left = in_child(partial(recovered_and_delivered, at, kind, begun))
    return Counter("as allowed" if _allowed(kind, left[key]) else f"{key}: {left[key]}" for key in begun)


def _work(at: Place, kind: TargetKind, worker: int, log: Path, at_work: Path, threads: int) -> None:
    with at.opened(owner=f"worker {worker}") as rt:
        target = FileTarget(at.folder, kind)

        def acting(thread: int) -> None:
            for number in range(CASES_MAX):
                key = f"{worker}-{thread}-{number}"
                _note(log, key)
                act(rt, target, NAME, proposal(at, key))
                at_work.touch()

        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(acting, thread) for thread in range(threads)]:
                done.result()


def _note(log: Path, key: str) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"{key}\n".encode())
    os.close(handle)


def _allowed(kind: TargetKind, left: Left) -> bool:
    doubtful = left.state is IntentState.IN_DOUBT and left.in_doubt and left.effects <= 1
    return left == ONCE or (kind is TargetKind.BLIND and doubtful)


def commit_trials(at: Place, kind: TargetKind, *, trials: int) -> Counter[str]:
    """Let a process die while its intent, or its receipt, is being committed; recover; deliver again.

    An embedded store's process dies right before or right after the commit. A server is held up in the middle of its
    work, and loses its client there: it commits, and there is nobody to tell.
    """
    trial = _on_server if at.address.startswith("postgresql") else _in_file
    left = Counter[str]()
    for number in range(trials):
        for what, nth, after, expected in (
            ("intent", 1, False, Point.BEFORE_INTENT),
            ("intent", 1, True, Point.NOT_SENT),
            ("receipt", 2, False, Point.NOT_RECORDED),
            ("receipt", 2, True, Point.RECORDED),
        ):
            key = f"{what}-{'after' if after else 'before'}-{number}"
            if not trial(at, kind, key, nth, after=after):
                continue
            found = in_child(partial(recovered_and_delivered, at, kind, [key]))
            where = f"{'after' if after else 'before'} the commit of the {what}"
            left[compared(where, found[key], TABLE[kind][expected])] += 1
    return left


def _in_file(at: Place, kind: TargetKind, key: str, nth: int, *, after: bool) -> bool:
    def work() -> None:
        with at.opened() as rt:
            store: Any = rt.store
            commit, left = store._commit, [nth]

            def dying_commit(tx: Any) -> None:
                left[0] -= 1
                if left[0] == 0 and not after:
                    die()
                commit(tx)
                if left[0] == 0:
                    die()

            store._commit = dying_commit
            act(rt, FileTarget(at.folder, kind), NAME, proposal(at, key))

    dies(work)
    return True


def _on_server(at: Place, kind: TargetKind, key: str, nth: int, *, after: bool) -> bool:
    if not after:
        return False  # what a server was sent and did not commit is no other than what it was not sent
    ready, go = at.folder / f"{key}.ready", at.folder / f"{key}.go"

    def wait() -> None:
        ready.touch()
        wait_for([go])

    def work() -> None:
        with at.opened() as rt:
            rt.standings.refreshed(NAME)
            if nth == 1:
                wait()
            target = FileTarget(at.folder, kind, after=wait if nth == 2 else lambda: None)
            act(rt, target, NAME, proposal(at, key))

    child = Child(work)
    wait_for([ready])
    with _holding_up(at.address) as blocked:
        go.touch()
        blocked()
        child.kill()
        child.exit_code()
    os.close(child.reads)
    return True


@contextmanager
def _holding_up(address: str) -> Iterator[Callable[[], None]]:
    """Nobody can write a decision meanwhile; what is yielded waits until somebody tries to."""
    with psycopg.connect(address) as holder, psycopg.connect(address, autocommit=True) as looker:
        holder.execute("LOCK TABLE decision IN EXCLUSIVE MODE")

        def blocked() -> None:
            give_up = time.monotonic() + PATIENCE_S
            while looker.execute(BLOCKED).fetchone() == (0,):
                assert time.monotonic() < give_up, "nobody came to be held up"
                time.sleep(0.002)

        yield blocked
