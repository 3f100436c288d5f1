"""The monitors: exact laws at the budget, plain definitions, saved states."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.oversight.sequential.monitor import copy_weight, worse_rates
from interlock.oversight import BreachMonitor, DemotionMonitor

Monitor = DemotionMonitor | BreachMonitor
KINDS: tuple[type[Monitor], ...] = (DemotionMonitor, BreachMonitor)


def fed(monitor: Monitor, audits: list[bool]) -> Monitor:
    for audit in audits:
        monitor.observe(audit)
    return monitor


def mean_statistic(kind: type[Monitor], budget: float, n: int) -> float:
    """Over all sequences of n audits, weighted with their probability at the budget."""
    return sum(
        budget ** sum(audits) * (1 - budget) ** (n - sum(audits)) * fed(kind(budget), list(audits)).statistic
        for audits in itertools.product((False, True), repeat=n)
    )


@pytest.mark.parametrize("budget", [0.02, 0.3, 0.9])
def test_mean_demotion_statistic_is_the_number_of_audits(budget: float) -> None:
    """What makes the average run length at least `run_length`."""
    assert mean_statistic(DemotionMonitor, budget, 9) == pytest.approx(9.0, rel=1e-12)


@pytest.mark.parametrize("budget", [0.02, 0.3, 0.9])
def test_mean_breach_statistic_is_the_weight_started(budget: float) -> None:
    assert mean_statistic(BreachMonitor, budget, 9) == pytest.approx(copy_weight(0), rel=1e-12)


def test_weights_of_all_copies_sum_to_at_most_one() -> None:
    """Terms fall, so the rest after the first million is under the integral of 1/(x ln^2 x), which is 1/ln(10^6)."""
    copies = np.arange(1, 10**6 + 1)
    total = copy_weight(0) * math.log(1 + math.e) ** 2 * float((1 / (copies * np.log(copies + math.e) ** 2)).sum())
    rest = copy_weight(0) * math.log(1 + math.e) ** 2 / math.log(10**6)
    assert 0.9999 < total + rest <= 1.0


@given(audits=st.lists(st.booleans(), max_size=120), budget=st.sampled_from((0.02, 0.1, 0.5)))
def test_one_sum_a_rate_equals_keeping_every_copy(audits: list[bool], budget: float) -> None:
    """The restarted process as defined: each copy by itself, started every 25 audits."""
    wanted = 0.0
    for copy in range((len(audits) + 24) // 25):
        since = audits[25 * copy :]
        k, n = sum(since), len(since)
        bets = [(q / budget) ** k * ((1 - q) / (1 - budget)) ** (n - k) for q in worse_rates(budget)]
        wanted += copy_weight(copy) * sum(bets) / len(bets)
    assert fed(BreachMonitor(budget), audits).statistic == pytest.approx(wanted, rel=1e-9)


@given(audits=st.lists(st.booleans(), max_size=60), budget=st.sampled_from((0.02, 0.1, 0.5)))
def test_demotion_statistic_is_as_defined(audits: list[bool], budget: float) -> None:
    sums = [0.0] * 5
    for wrong in audits:
        sums = [
            (r + 1) * (q / budget if wrong else (1 - q) / (1 - budget))
            for r, q in zip(sums, worse_rates(budget), strict=True)
        ]
    assert fed(DemotionMonitor(budget), audits).statistic == pytest.approx(sum(sums) / 5, rel=1e-12)


@pytest.mark.parametrize("budget", [1e-6, 0.02, 0.099, 0.2, 0.7, 0.999])
def test_every_rate_watched_for_is_a_rate_over_the_budget(budget: float) -> None:
    assert all(budget < rate < 1.0 for rate in worse_rates(budget))


def test_rates_watched_for_at_2_percent() -> None:
    assert worse_rates(0.02) == pytest.approx((0.03, 0.04, 0.06, 0.1, 0.2))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("budget", [1e-6, 0.02, 0.5, 0.999])
def test_never_overflows_and_comes_back_from_the_ceiling(kind: type[Monitor], budget: float) -> None:
    monitor = fed(kind(budget), [True] * 5000)
    assert math.isfinite(monitor.statistic)
    fed(monitor, [False] * 5000)
    assert math.isfinite(monitor.statistic)
    assert monitor.n == 10_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_breach_is_found_and_stays_found(kind: type[Monitor]) -> None:
    monitor = fed(kind(0.02), [False] * 100)
    assert not monitor.decided
    fed(monitor, [True] * 10)
    at = monitor.decided_at
    assert at is not None
    assert 100 < at <= 110
    fed(monitor, [False] * 2000)
    assert (monitor.decided, monitor.decided_at, monitor.n, monitor.n_wrong) == (True, at, 2110, 10)
    assert monitor.statistic < monitor.limit


def test_medians_to_demotion_after_a_threefold_worsening() -> None:
    """Budget 2 %: a change from 1 % to 6 % shows after about 166 audits following 2,000 good ones, 189 at once."""
    rng = np.random.default_rng(11)
    late = [_audits_to_alarm(rng, good_audits=2000) for _ in range(101)]
    at_once = [_audits_to_alarm(rng, good_audits=0) for _ in range(201)]
    # medians of so few runs stay within these limits but once in far more than a million seeds
    assert 90 < np.median(late) < 260
    assert 120 < np.median(at_once) < 290


def _audits_to_alarm(rng: np.random.Generator, *, good_audits: int) -> float:
    while True:
        monitor = DemotionMonitor(0.02)
        if not fed(monitor, (rng.random(good_audits) < 0.01).tolist()).decided:
            break
    worse = (rng.random(3000) < 0.06).tolist()
    return next((n for n, wrong in enumerate(worse, 1) if monitor.observe(wrong)), 3000)


@given(
    kind=st.sampled_from(KINDS),
    budget=st.floats(0.001, 0.99),
    audits=st.lists(st.booleans(), max_size=200),
    cut=st.integers(0, 200),
)
def test_saved_and_restored_equals_uninterrupted(
    kind: type[Monitor], budget: float, audits: list[bool], cut: int
) -> None:
    whole = fed(kind(budget), audits)
    saved = json.loads(json.dumps(fed(kind(budget), audits[:cut]).to_state()))
    assert fed(kind.from_state(saved), audits[cut:]).to_state() == whole.to_state()


def test_settings_survive_saving() -> None:
    demotion = DemotionMonitor.from_state(DemotionMonitor(0.02, 500).to_state())
    breach = BreachMonitor.from_state(BreachMonitor(0.02, 0.01).to_state())
    assert (demotion.run_length, breach.delta) == (500.0, 0.01)
    assert (demotion.limit, breach.limit) == pytest.approx((500.0, 100.0))


@pytest.mark.parametrize("kind", KINDS)
def test_foreign_and_torn_states_and_unknown_outcomes_are_refused(kind: type[Monitor]) -> None:
    state = kind(0.02).to_state()
    with pytest.raises(ValueError, match="the saved state is of 'promotion'"):
        kind.from_state({**state, "kind": "promotion"})
    with pytest.raises(ValueError, match="lacks sums"):
        kind.from_state({name: value for name, value in state.items() if name != "sums"})
    with pytest.raises(ValueError, match="the saved state has unusable sums: 5 finite"):
        kind.from_state({**state, "sums": [1.0, 2.0]})
    with pytest.raises(ValueError, match="wrong is None: give True"):
        kind(0.02).observe(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"budget is 1\.0"):
        kind(1.0)


@pytest.mark.parametrize("run_length", [0, math.inf, math.nan])
def test_run_length_must_be_a_number_of_audits(run_length: float) -> None:
    with pytest.raises(ValueError, match="give a number of audits"):
        DemotionMonitor(0.02, run_length)


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_that_hides_its_alarm_is_refused(kind: type[Monitor]) -> None:
    state = fed(kind(0.02), [True] * 20).to_state()
    with pytest.raises(
        ValueError, match="has reached its limit and lacks the decision: read it from the journal again"
    ):
        kind.from_state({**state, "decided_at": None})
    with pytest.raises(ValueError, match=f"{kind.setting} is None"):
        kind.from_state({**state, kind.setting: None})
    with pytest.raises(ValueError, match="budget is nan"):
        kind.from_state({**state, "budget": math.nan})
