"""One thread on SQLite, one action after the other: the journal by itself, and the whole action, beside the floor."""

import itertools
from contextlib import ExitStack
from pathlib import Path

from runtime.bars import Bars
from runtime.floors import Durability, fsync, sqlite_actions
from runtime.governed import promoted
from runtime.journaled import journal_only, made_ready, whole_action
from runtime.slower import in_words, opened_slower
from runtime.turns import Took, Turns, in_turns, took

FSYNC_COSTS_US = 250.0
WALL_RATIO_MAX = 1.5
JOURNAL_OVER_MAX_US, DECISION_MAX_US = 150.0, 60.0
ACTIONS = 150  # a turn
TURN_LASTS_S = 2.0
FLOOR, JOURNAL, WHOLE = "floor: an insert synced, an update", "journal: admit synced, settle", "act: decision, journal"


def alone(folder: Path, bars: Bars, *, seconds: float, where: str, added_s: float = 0.0) -> float:
    """Measure and judge in this folder, which `where` names; what fsync takes there, in microseconds.

    `added_s`: each synced commit, of the floor too, takes so much longer.
    """
    folder.mkdir(exist_ok=True)
    (folder / "floor").mkdir()
    synced_us = fsync(folder, seconds=0.5).p50_us
    turns = _measured(folder, seconds, added_s)
    synced_us = min(synced_us, fsync(folder, seconds=0.5).p50_us) + 1e6 * added_s
    print(f"\nSQLite in {where}, one thread; fsync p50 {synced_us:,.0f} us{in_words(added_s)}")
    print(f"  {turns.number} turns of {ACTIONS} actions; microseconds an action, median (and quarters) of the turns")
    for way in (FLOOR, JOURNAL, WHOLE):
        print(f"  {way:<36} wall {turns.wall_us(way).words():<26} CPU {turns.cpu_us(way).words()}")
    ratio = turns.ratio(JOURNAL, FLOOR)
    words = f"journal's wall / floor's, {ratio.words(2)}"
    if synced_us >= FSYNC_COSTS_US:
        bars.at_most(words, ratio.mid, WALL_RATIO_MAX)
    else:
        bars.without(f"{words}; the bar of {WALL_RATIO_MAX} is for an fsync of {FSYNC_COSTS_US:.0f} us or more")
    bars.without(f"whole action's wall / floor's, {turns.ratio(WHOLE, FLOOR).words(2)}")
    # The lower quarter: others on the same core make whatever comes after a system call slower, never quicker.
    journal, whole = turns.cpu_over_us(JOURNAL, FLOOR), turns.cpu_over_us(WHOLE, FLOOR)
    bars.at_most(f"journal's CPU over the floor, {journal.words()}, lower quarter", journal.low, JOURNAL_OVER_MAX_US)
    most = JOURNAL_OVER_MAX_US + DECISION_MAX_US
    bars.without(f"whole action's CPU over the floor, {whole.words()}; journal and decision may take {most:.0f}")
    return synced_us


def _measured(folder: Path, seconds: float, added_s: float) -> Turns:
    numbers = itertools.count()
    with ExitStack() as stack:
        floor_action = stack.enter_context(sqlite_actions(folder / "floor", Durability.INTENT, added_s=added_s))
        rt = stack.enter_context(opened_slower(folder / "store.db", added_s))
        release = promoted(rt)

        def turn() -> range:
            first = ACTIONS * next(numbers)
            return range(first, first + ACTIONS)

        def floor() -> Took:
            return took(floor_action, turn(), lasts_s=TURN_LASTS_S)

        def journal() -> Took:
            places = turn()
            ready = made_ready(rt, release, [f"journal-{number:010d}" for number in places])
            return took(lambda n: journal_only(rt, ready[n - places.start]), places, lasts_s=TURN_LASTS_S)

        def whole() -> Took:
            return took(lambda n: whole_action(rt, release, f"whole-{n:010d}"), turn(), lasts_s=TURN_LASTS_S)

        return in_turns({FLOOR: floor, JOURNAL: journal, WHOLE: whole}, seconds=seconds)
