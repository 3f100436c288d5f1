"""The benchmark reads each of its bars, names each row once, and leaves none out."""

import contextlib
import io
import math
from pathlib import Path

import pytest

from rows.bars import ACCURACY, BARS, JUDGED, POWER, VALIDITY, Bar, Limit, cell_of, holds, read_limit
from rows.bench import Bench
from rows.judges import AGREEMENTS


def bar(limit: str, measured: str = "") -> Bar:
    return Bar("X", "", measured, limit)


def quiet(bench: Bench) -> int:
    with contextlib.redirect_stdout(io.StringIO()):
        return bench.close()


def test_every_bar_is_read_and_named_once() -> None:
    assert len({each.id for each in BARS}) == len(BARS) == 83
    limits = {each.id: read_limit(each) for each in BARS}
    assert all(limit.values for limit in limits.values())
    assert {limits[each.id].kind for each in BARS if each.what == VALIDITY} == {"at most"}
    assert {limits[each.id].kind for each in BARS if each.what in {POWER, ACCURACY}} == {"at least"}


def test_the_designs_own_figures_reach_every_bar() -> None:
    """So no limit was read the wrong way round."""
    for each in BARS:
        limit = read_limit(each)
        figures = each.measured.strip("()").replace("/", ",").split(",")
        assert holds(limit, tuple(float(figure) for figure in figures), draws=2000), each.id


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        (">=0.30", Limit("at least", (0.3,))),
        ("<=0.062 (0.05+2.5 SE)", Limit("at most", (0.062,))),
        ("<=0.25 (m/c)", Limit("at most", (0.25,))),
        ("<=0.05+2.5SE", Limit("at most", (0.05,), standard_errors=2.5)),
        ("=1.0", Limit("exactly", (1.0,))),
        ("within .005 of .142/.193", Limit("within", (0.142, 0.193), tolerance=0.005)),
    ],
)
def test_words_of_a_bar(words: str, limit: Limit) -> None:
    assert read_limit(bar(words)) == limit


def test_an_exact_bar_is_held_against_the_designs_figures() -> None:
    limit = read_limit(bar("exact", "(59, 93, 124, 153)"))
    assert limit == Limit("exactly", (59.0, 93.0, 124.0, 153.0))
    assert holds(limit, (59, 93, 124, 153), draws=1)
    assert not holds(limit, (59, 93, 124, 154), draws=1)
    assert not holds(limit, (59, 93, 124), draws=1)


@pytest.mark.parametrize("words", ["", "about 0.3", ">0.3", "<=", "<=0.05 + some", "exactly"])
def test_words_that_are_not_understood_are_no_bar(words: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_limit(bar(words))


@pytest.mark.parametrize("words", ["<=0.05", ">=0.3", "=1.0", "within .005 of .142"])
def test_not_a_number_never_holds(words: str) -> None:
    assert not holds(read_limit(bar(words)), (math.nan,), draws=2000, slack=1.0)


def test_standard_errors_hang_on_the_streams_made() -> None:
    limit = read_limit(bar("<=0.05+2.5SE"))
    assert holds(limit, (0.0621,), draws=2000)
    assert not holds(limit, (0.0623,), draws=2000)
    assert holds(limit, (0.088,), draws=200)


def test_each_threshold_row_names_a_pool_a_budget_and_a_number_of_labels() -> None:
    cells = [cell_of(each.id) for each in BARS if each.what in {VALIDITY, POWER}]
    assert None not in cells
    assert {each[1] for each in cells if each} == {"banking77_small", "banking77_heur"}
    assert cell_of("T-power-banking77_small-0.005-3000") == ("power", "banking77_small", (0.005, 3000))
    assert [cell_of(each.id) for each in BARS if each.what not in {VALIDITY, POWER}] == [None] * 45


def test_the_judges_rows_are_those_of_the_design() -> None:
    ours = {f"Jnull-{b}-null-{k}-{n}" for b in ("0.02", "0.05") for k in ("promote", "demote") for n in AGREEMENTS}
    assert ours == {each.id for each in BARS if each.what == JUDGED}


def test_a_row_that_was_not_run_is_a_miss_unless_an_optional_input_is_missing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, only="N-")
    with contextlib.redirect_stdout(io.StringIO()) as words:
        assert bench.close() == 1
    assert "N-0.02" in words.getvalue()
    assert "0 held, 0 missed, 4 not run" in words.getvalue()
    optional = Bench(tmp_path, only="A-clinc")
    with contextlib.redirect_stdout(io.StringIO()):
        optional.not_run("A-", "not installed", optional=True)
    assert quiet(optional) == 0


def test_a_missed_bar_ends_with_status_1(tmp_path: Path) -> None:
    bench = Bench(tmp_path, only="G-0.01-fp")
    with contextlib.redirect_stdout(io.StringIO()):
        bench.bar("G-0.01-fp", 0.0581)
    assert quiet(bench) == 1
    with contextlib.redirect_stdout(io.StringIO()):
        bench.bar("G-0.01-fp", 0.058)
    assert quiet(bench) == 0


def test_few_draws_widen_a_bar_by_three_standard_errors(tmp_path: Path) -> None:
    quick, full = Bench(tmp_path, draws=200, only="G-0.01-fp"), Bench(tmp_path, only="G-0.01-fp")
    with contextlib.redirect_stdout(io.StringIO()):
        for bench in (quick, full):
            bench.bar("G-0.01-fp", 0.1)
    assert (quiet(quick), quiet(full)) == (0, 1)
