"""Who trains, who calibrates, who evaluates."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.evaluation import split
from interlock.engine.evaluation.split import Division, Keys, calibration_share, divide

START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def keys(texts: list[str], groups: list[str] | None = None, days: list[int] | None = None) -> Keys:
    return Keys(
        texts=texts,
        groups=groups or [""] * len(texts),
        at=[None] * len(texts) if days is None else [START + dt.timedelta(days=day) for day in days],
        has_groups=groups is not None,
        has_times=days is not None,
    )


def sides(division: Division) -> tuple[set[int], set[int], set[int]]:
    return set(division.train), set(division.calibration), set(division.evaluation)


def apart(sets: list[set[int]] | list[set[str]]) -> bool:
    return sum(map(len, sets)) == len(set().union(*sets))


def texts(n: int) -> list[str]:
    return [f"text {number}" for number in range(n)]


def test_shares_of_a_random_split() -> None:
    division = divide(keys(texts(1000)), fits=True, seed=0)
    found = division.split
    assert (found.by, found.n_train, found.n_calibration, found.n_evaluation, found.n_groups) == (
        "random", 500, 300, 200, 0,
    )  # fmt: skip
    assert found.description == (
        "At random by the seed: 50 % train, 30 % calibrate, 20 % evaluate. Identical texts are never on two sides."
    )
    assert division.notes == ()


def test_time_runs_from_training_to_evaluation() -> None:
    days = [(number * 7) % 100 for number in range(100)]
    train, calibration, evaluation = sides(divide(keys(texts(100), days=days), fits=True, seed=0))
    assert {days[index] for index in train} == set(range(50))
    assert {days[index] for index in calibration} == set(range(50, 80))
    assert {days[index] for index in evaluation} == set(range(80, 100))


def test_recorded_predictions_all_calibrate_or_the_oldest_do() -> None:
    alike = keys(["same"] * 100)
    assert [len(side) for side in sides(divide(alike, fits=False, seed=0))] == [0, 100, 0]
    timed = keys(["same"] * 100, days=list(range(100)))
    assert sides(divide(timed, fits=False, seed=0)) == (set(), set(range(70)), set(range(70, 100)))
    assert [calibration_share(fits=False, has_times=timed) for timed in (False, True)] == [1.0, 0.7]


def test_training_is_capped_and_the_rest_calibrates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "TRAINING_CASES_MAX", 100)
    division = divide(keys(texts(1000)), fits=True, seed=0)
    assert [len(side) for side in sides(division)] == [100, 700, 200]
    assert division.split.description.endswith("Training uses at most 100 cases; the others calibrate.")


def test_one_case_of_each_group_calibrates() -> None:
    groups = [f"customer {number // 5}" for number in range(1000)]
    division = divide(keys(texts(1000), groups), fits=True, seed=0)
    assert [len(side) for side in sides(division)] == [500, 60, 40]
    assert "400 further cases of the same groups were left out there" in division.notes[0]
    assert division.split.n_groups == 200


def test_a_text_that_everybody_writes_does_not_swallow_the_groups() -> None:
    groups = [f"customer {number // 2}" for number in range(200)]
    greeting = ["hello" if number % 2 else f"text {number}" for number in range(200)]
    division = divide(keys(greeting, groups), fits=True, seed=0)
    assert [len(side) for side in sides(division)] == [100, 30, 20]
    assert division.notes[0].startswith("Identical texts tie 200 cases of different groups together")


case_lists = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "1", "2", "3", "4", "5"]), st.integers(0, 30)),
    max_size=60,
)


@settings(deadline=None)
@given(case_lists, st.booleans(), st.booleans(), st.integers(0, 5))
def test_laws(cases: list[tuple[str, str, int]], has_groups: bool, has_times: bool, seed: int) -> None:
    given_keys = keys(
        [text for text, _, _ in cases],
        [group for _, group, _ in cases] if has_groups else None,
        [day for _, _, day in cases] if has_times else None,
    )
    division = divide(given_keys, fits=True, seed=seed)
    train, calibration, evaluation = sides(division)
    assert apart([train, calibration, evaluation])
    assert divide(given_keys, fits=True, seed=seed) == division
    if not has_groups:
        assert train | calibration | evaluation == set(range(len(cases)))
        places = [{cases[index][0] for index in side} for side in (train, calibration, evaluation)]
        assert apart(places)
    else:
        places = [{cases[index][1] for index in side} - {""} for side in (train, calibration, evaluation)]
        assert apart(places)
        for side in (calibration, evaluation):
            kept = [cases[index][1] for index in side if cases[index][1]]
            assert len(kept) == len(set(kept))


def test_nothing_left_to_evaluate_on_is_said() -> None:
    division = divide(keys(["same"] * 10), fits=True, seed=0)
    assert division.evaluation == ()
    assert division.notes == ("No case was left to evaluate on; all figures are on the calibration cases.",)
