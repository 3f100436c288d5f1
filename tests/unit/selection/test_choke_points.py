"""Choke points: the figures by an independent computation, and what is refused."""

import csv
import datetime as dt
import gzip
import itertools
import random
import statistics
from collections import defaultdict
from pathlib import Path

import pytest

from interlock.adapters.event_log.mine import mine_log
from interlock.engine.selection.choke_points import choke_points
from interlock.engine.selection.medians import median_ranks
from interlock.terms.errors import BadInput
from interlock.terms.event_log import Choke, EventLog, Gap, LogAsked

UNTIL = "2026-01-01"
HEADER = "case_id,activity,timestamp,group,amount"


def written(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "log.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def mined(path: Path, **words: object) -> EventLog:
    return mine_log(path, LogAsked(UNTIL, **words), ranks=median_ranks)  # type: ignore[arg-type]


def of(log: EventLog, kind: Choke) -> dict[tuple[str, str], tuple[int, int, float]]:
    return {(g.source, g.target): (g.n, g.cases, round(g.hours, 6)) for g in log.gaps if g.kind is kind}


def test_each_kind_of_choke_point_is_found_with_its_hours(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "1,open,2025-01-01 00:00,A,100",
        "1,work,2025-01-01 02:00,B,",
        "1,work,2025-01-01 05:00,A,",
        "1,closed,2025-01-02 05:00,A,",
        "1,work,2025-01-02 06:00,A,",
        "2,open,2025-01-01 00:00,A,",
        "2,work,2025-01-01 01:00,A,",
    )
    log = mined(path, closed=("closed",))
    assert of(log, Choke.WAITING) == {
        ("work", "closed"): (1, 1, 24.0),
        ("open", "work"): (2, 2, 3.0),
        ("closed", "work"): (1, 1, 1.0),
    }
    assert of(log, Choke.HAND_OFF) == {("A", "B"): (1, 1, 2.0), ("B", "A"): (1, 1, 3.0)}
    assert of(log, Choke.PING_PONG) == {("B", "A"): (1, 1, 3.0)}
    assert ("work", "work") not in of(log, Choke.WAITING)  # the same again is rework, shown once
    assert of(log, Choke.REWORK) == {("work", "work"): (2, 1, 4.0)}
    assert of(log, Choke.REOPENING) == {("closed", "work"): (1, 1, 1.0)}
    assert (log.hours, log.ended_cases, log.open_hours) == (31.0, 0, 29.0)
    trapped = {(g.source, g.target): g.amount_days for g in log.gaps if g.kind is Choke.WAITING}
    assert trapped["work", "closed"] == pytest.approx(100.0)  # 100 for one day
    assert trapped["open", "work"] == pytest.approx(100 * 2 / 24)  # the case without an amount adds nothing


def test_a_parquet_log_gives_what_the_same_csv_gives(tmp_path: Path) -> None:
    import duckdb

    path = written(
        tmp_path, *(f"{case},{what},2025-01-0{day} 00:00,A,10" for case in "12" for day, what in ((1, "a"), (3, "b")))
    )
    parquet = tmp_path / "log.parquet"
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{path}')) TO '{parquet}' (FORMAT parquet)")
    one, other = mined(path), mined(parquet)
    assert one.gaps == other.gaps
    assert (other.rows, other.cases, other.hours) == (4, 2, 96.0)


def test_a_start_takes_work_out_of_waiting(tmp_path: Path) -> None:
    rows = ("1,a,2025-01-01 00:00,2025-01-01 01:00", "1,b,2025-01-01 03:00,2025-01-01 09:00")
    log = mined(written(tmp_path, *rows, header="case_id,activity,start_time,end_time"))
    assert of(log, Choke.WAITING) == {("a", "b"): (1, 1, 2.0)}
    assert log.cycle.median_hours == 9.0


def test_what_is_wrong_in_a_log_is_counted_and_told(tmp_path: Path) -> None:
    log = mined(
        written(
            tmp_path,
            *[f"{case},a,2025-01-01 0{case}:00,A," for case in range(1, 6)],
            "1,b,2025-01-01 03:00,A,",
            "1,b,2025-01-01 03:00,A,",
            "2,b,2025-01-01 00:30,A,",
            "3,b,1970-01-01 00:00,A,",
            "4,b,2099-01-01 00:00,A,",
            ",b,2025-01-01 00:00,A,",
            "5,b,soon,A,",
        )
    )
    left = log.left_out
    assert (left.no_case_or_activity, left.no_time, left.implausible_time) == (1, 1, 2)
    assert (left.duplicates, left.out_of_order, left.cases_of_one_event) == (1, 1, 3)
    assert (log.rows, log.events, log.cases) == (12, 7, 5)


@pytest.mark.parametrize(
    ("header", "row", "told"),
    [
        (
            "case_id,what,timestamp",
            "1,a,2025-01-01",
            "no column is plainly the activity. Name it with --activity COLUMN",
        ),
        ("case_id,activity,timestamp", "1,a,yesterday", "row 1: 'yesterday' in 'timestamp' is no time"),
        ("case_id,activity,timestamp", "1,a,01/02/2025", "day first and month first alike"),
        ("case_id,activity,timestamp", "1,a,2025-01-01", "each of the 1 cases has one event"),
        ("case_id,activity,timestamp", "1,a,", "the column 'timestamp' is empty"),
    ],
)
def test_a_log_that_cannot_be_used_says_how_to_mend_it(tmp_path: Path, header: str, row: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        mined(written(tmp_path, row, header=header))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("01/25/2025 8:00 AM", "01/25/2025 8:00 PM"),
        ("25.01.25 08:00", "25.01.25 20:00"),
        ("25/01/2025 08:00:00.250", "25/01/2025 20:00:00.250"),
        ("20250125080000", "20250125200000"),
        ("1737792000", "1737835200"),
        ("1737792000000", "1737835200000"),
        ("2025-01-25T08:00:00+01:00", "2025-01-25T14:00:00-05:00"),
    ],
)
def test_times_are_read_as_other_tools_write_them(tmp_path: Path, first: str, second: str) -> None:
    log = mined(written(tmp_path, f"1,a,{first}", f"1,b,{second}", header="case_id,activity,timestamp"))
    assert of(log, Choke.WAITING) == {("a", "b"): (1, 1, 12.0)}
    assert log.first.startswith("2025-01-25")


def test_the_start_and_the_end_of_a_piece_of_work_in_two_rows_are_no_rework(tmp_path: Path) -> None:
    rows = [f"1,{what},2025-01-01 0{hour}:00,{how}" for what, hour, how in (("a", 1, "start"), ("a", 2, "complete"))]
    rows += ["1,b,2025-01-01 03:00,start", "1,b,2025-01-01 05:00,COMPLETE"]
    log = mined(written(tmp_path, *rows, header="case_id,activity,timestamp,lifecycle:transition"))
    assert of(log, Choke.REWORK) == {}
    assert of(log, Choke.WAITING) == {("a", "b"): (1, 1, 3.0)}
    assert (log.events, log.left_out.other_transitions) == (2, 2)


def test_an_event_without_an_end_or_with_one_before_its_start_keeps_its_place(tmp_path: Path) -> None:
    rows = ("1,a,2025-01-01 00:00,2025-01-01 01:00", "1,b,2025-01-01 02:00,", "1,c,2025-01-01 05:00,2025-01-01 04:00")
    log = mined(written(tmp_path, *rows, header="case_id,activity,start_time,end_time"))
    assert of(log, Choke.WAITING) == {("a", "b"): (1, 1, 1.0), ("b", "c"): (1, 1, 2.0)}
    assert (log.left_out.no_time, log.left_out.no_end, log.left_out.ends_before_start) == (0, 1, 1)


def test_an_amount_that_is_no_plain_number_is_told(tmp_path: Path) -> None:
    log = mined(written(tmp_path, '1,a,2025-01-01 00:00,A,"1,000.50"', "1,b,2025-01-02 00:00,A,€ 5"))
    assert (log.left_out.unread_amounts, log.gaps[0].amount_days) == (2, None)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<?xml version='1.0'?><log><trace/></log>", "looks like a web page or XML"),
        (b'{"case_id": 1}\n', "looks like JSON"),
        ("case_id,activity,timestamp\n".encode("utf-16"), "is UTF-16 text"),
        ("case_id,activity,timestamp\n1,pr\xfcfen,2025-01-01\n".encode("latin-1"), "is not UTF-8 text"),
        (b"\x1f\x8b\x08" + bytes(40), "gzip file is damaged"),
        (b"case_id,activity,timestamp\n1,a,2025-01-01\n1,b\n1,c,2025-01-02,x,y\n", "more or fewer fields"),
    ],
)
def test_what_is_no_log_is_told_what_it_looks_like(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "log.csv").write_bytes(content)
    with pytest.raises(BadInput, match=told):
        mined(tmp_path / "log.csv")


def test_a_column_or_an_end_that_is_not_there_is_told_with_what_there_is(tmp_path: Path) -> None:
    path = written(tmp_path, "1,a,2025-01-01 00:00,A,", "1,b,2025-01-02 00:00,A,")
    with pytest.raises(BadInput, match="Did you mean 'case_id'"):
        mined(path, case="case_ids")
    with pytest.raises(BadInput, match=r"no such activity\. It has: a, b"):
        mined(path, closed=("done",))


def test_the_draft_says_what_the_log_knows_and_asks_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, "1,a,2025-01-01 00:00,A,", "1,b,2025-01-02 00:00,A,")
    (point,) = choke_points(mined(path), top=5)
    assert point.share == 1.0
    assert (point.problem.who, point.problem.cause, point.problem.outcome, point.problem.constraints) == ("",) * 4
    assert "24 hours passed, 100.0% of all time" in point.problem.cost
    assert [field for field, _ in point.open_questions] == ["who", "cause", "outcome", "constraints"]


def test_ranks_hold_the_median_as_often_as_they_say() -> None:
    assert [median_ranks(n) for n in (0, 1, 5, 6, 9, 100)] == [None, None, None, (1, 6), (2, 8), (40, 61)]
    low, high = median_ranks(2_001) or (0, 0)
    assert low + high == 2_002
    assert 955 <= low <= 957
    draw = random.Random(5)
    hits = 0
    for _ in range(4_000):
        values = sorted(draw.expovariate(1) for _ in range(25))
        low, high = median_ranks(25) or (1, 25)
        hits += values[low - 1] <= 0.6931471805599453 <= values[high - 1]
    assert hits / 4_000 >= 0.95 - 5 * (0.95 * 0.05 / 4_000) ** 0.5


def test_the_incident_log_agrees_with_plain_python(data_dir: Path) -> None:
    path = data_dir / "triage_uci_incident_log" / "incident_event_log.csv.gz"
    log = mined(path, closed=("Closed",))
    waits = _by_hand(path)
    assert (log.rows, log.cases) == (101_045, 17_136)
    assert log.hours == pytest.approx(sum(map(sum, waits.values())))
    for gap in (one for one in log.gaps if one.kind is Choke.WAITING):
        assert _same(gap, waits[gap.source, gap.target])


def _same(gap: Gap, hours: list[float]) -> bool:
    assert gap.hours == pytest.approx(sum(hours))
    assert gap.median_hours == pytest.approx(statistics.median(hours))
    return gap.n == len(hours)


def _by_hand(path: Path) -> dict[tuple[str, str], list[float]]:
    cases: dict[str, dict[tuple[str, str, str], tuple[dt.datetime, str]]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            at = dt.datetime.strptime(row["sys_updated_at"] + "Z", "%d/%m/%Y %H:%M%z")
            key = (row["incident_state"], row["assignment_group"], row["sys_updated_at"])
            cases[row["number"]].setdefault(key, (at, row["incident_state"]))
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for events in cases.values():
        ordered = sorted(events.values(), key=lambda one: one[0])
        for (earlier, source), (later, target) in itertools.pairwise(ordered):
            waits[source, target].append((later - earlier).total_seconds() / 3600)
    return waits
