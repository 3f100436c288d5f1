"""Counters of limits: whoever takes from them, from wherever and however it dies, they keep to the limit."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from interlock.ports.gateway.allowances import Allowance, AllowanceRow, Leased
from interlock.terms.errors import Unavailable
from interlock.wiring.run_time import Opened, open_address

ENDS = "2026-11-27T00:00:00.000000Z"
COUNTER = Allowance("day/2026-11-26/gateway/client/desk/requests/", 100, ENDS)


def rows(opened: Opened) -> tuple[AllowanceRow, ...]:
    with opened.store.reading() as reading:
        return reading.allowances(open_at="2026-11-26T12:00:00.000000Z")


def taken(opened: Opened) -> int:
    return sum(row.taken for row in rows(opened))


def test_it_gives_what_is_left_and_nothing_that_is_not(opened: Opened) -> None:
    lease = opened.allowances.lease
    assert lease(COUNTER, 101, 101) == Leased(0, 0)
    assert lease(COUNTER, 60, 1) == Leased(60, 60)
    assert lease(COUNTER, 60, 41) == Leased(0, 60)
    assert lease(COUNTER, 60, 40) == Leased(40, 100)
    assert lease(COUNTER, 1, 1) == Leased(0, 100)
    assert rows(opened) == (AllowanceRow(COUNTER.key, 100, ENDS),)


def test_a_first_wish_that_is_too_high_gets_what_there_is(opened: Opened) -> None:
    assert opened.allowances.lease(COUNTER, 1_000, 1) == Leased(100, 100)


def test_a_limit_of_nothing_gives_nothing(opened: Opened) -> None:
    assert opened.allowances.lease(Allowance("none", 0, ENDS), 5, 0) == Leased(0, 0)


def test_a_lowered_limit_gives_nothing_and_a_raised_one_does(opened: Opened) -> None:
    lease = opened.allowances.lease
    lease(COUNTER, 80, 80)
    assert lease(Allowance(COUNTER.key, 50, ENDS), 1, 1) == Leased(0, 80)
    assert lease(Allowance(COUNTER.key, 150, ENDS), 70, 70) == Leased(70, 150)


def test_what_is_given_back_is_there_again(opened: Opened) -> None:
    other = Allowance("day/2026-11-26/gateway/client/bot/requests/", 10**15, ENDS)
    opened.allowances.lease(COUNTER, 100, 100)
    opened.allowances.lease(other, 10**15, 1)
    opened.allowances.give_back([(COUNTER, 30), (other, 10**15 - 1)])
    assert [row.taken for row in rows(opened)] == [1, 70]
    opened.allowances.give_back([(COUNTER, 71), (Allowance("nobody's", 1, ENDS), 1)])  # more than was ever taken
    assert [row.taken for row in rows(opened)] == [1, 70]


def test_what_was_used_without_a_lease_is_charged_beyond_the_limit(opened: Opened) -> None:
    opened.allowances.lease(COUNTER, 99, 99)
    opened.allowances.charge([(COUNTER, 7), (Allowance("new", 1, ENDS), 5)])
    assert [row.taken for row in rows(opened)] == [106, 5]
    assert opened.allowances.lease(COUNTER, 1, 1) == Leased(0, 106)


def test_ended_windows_are_swept_and_open_ones_stay(opened: Opened) -> None:
    for hour in range(24):
        opened.allowances.lease(Allowance(f"hour {hour}", 1, f"2026-11-25T{hour:02d}:00:00.000000Z"), 1, 1)
    opened.allowances.lease(COUNTER, 5, 5)
    assert opened.allowances.sweep("2026-11-25T12:00:00.000000Z") == 12
    assert opened.allowances.sweep("2026-11-25T12:00:00.000000Z") == 0
    with opened.store.reading() as reading:
        assert len(reading.allowances(open_at="2026-01-01T00:00:00.000000Z")) == 13


def test_threads_and_stores_together_keep_to_the_limit(address: str, opened: Opened) -> None:
    most, got = 500, list[int]()
    counter, others = Allowance(COUNTER.key, most, ENDS), [opened, open_address(address)]

    def take(number: int) -> None:
        allowances = others[number % 2].allowances
        for step in range(60):
            amount = allowances.lease(counter, 1 + (number + step) % 7, 1).amount
            got.append(amount)
            if amount > 3:
                allowances.give_back([(counter, 1)])
                got.append(-1)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) == taken(opened) == most
    others[1].close()


TAKER = """
import sys
from interlock.ports.gateway.allowances import Allowance
from interlock.wiring.run_time import open_address
allowances = open_address(sys.argv[1]).allowances
counter = Allowance(sys.argv[2], int(sys.argv[3]), sys.argv[4])
while amount := allowances.lease(counter, 3, 1).amount:
    sys.stdout.write("%d\\n" % amount)
    sys.stdout.flush()
"""


def test_processes_that_are_killed_strand_at_most_what_they_were_given(address: str, opened: Opened) -> None:
    most, told = 30_000, 0
    for _ in range(2):
        words = [sys.executable, "-c", TAKER, address, COUNTER.key, str(most), ENDS]
        pair = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(2)]
        for one in pair:  # each of them is at it
            assert one.stdout is not None
            told += int(one.stdout.readline())
        for one in pair:
            os.kill(one.pid, signal.SIGKILL)
            out, _ = one.communicate()
            told += sum(int(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n"))
    found = taken(opened)
    assert told <= found <= told + 4 * 3 < most  # each of four may have died between its lease and its word
    assert opened.allowances.lease(Allowance(COUNTER.key, most, ENDS), most, 1) == Leased(most - found, most)


def test_a_store_that_cannot_be_written_gives_nothing(opened: Opened) -> None:
    opened.close()
    with pytest.raises(Unavailable):
        opened.allowances.lease(COUNTER, 1, 1)


def test_what_is_read_is_of_windows_that_are_open(opened: Opened) -> None:
    opened.allowances.lease(COUNTER, 1, 1)
    with opened.store.reading() as reading:
        assert reading.allowances(open_at=ENDS) == ()
