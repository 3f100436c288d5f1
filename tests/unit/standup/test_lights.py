"""The light of a KPI: green takes a proof, red does not, and what nobody measured has no colour."""

import datetime as dt
from dataclasses import replace

import pytest

import portfolio_made
from interlock.engine.standup.functions import NO_FUNCTION, conclusion, function_lights, moved
from interlock.engine.standup.lights import STALE_DAYS, kpi_light, worst
from interlock.terms.initiative import Direction, Kpi
from interlock.terms.measured import Measurement
from interlock.terms.standup import Action, Closing, Light

# Half of the way is over on 2026-10-11: there 10 of the 20 hours are asked for.
KPI = Kpi("first answer", "hours", Direction.DOWN, 40.0, "2026-09-01", 20.0, "2026-11-20", "desk")
TODAY = dt.date(2026, 10, 12)


def measured(value: float, low: float | None, high: float | None, *, until: str = "2026-10-11") -> Measurement:
    return Measurement("triage", KPI.name, value, "2026-10-01", until, "desk", f"sha256:{value}", 100, low, high)


@pytest.mark.parametrize(
    ("low", "high", "light"),
    [
        (28.0, 30.0, Light.ON_TRACK),  # the worse end is just on the way
        (28.0, 30.1, Light.UNSURE),
        (30.0, 32.0, Light.UNSURE),  # the better end is just on the way
        (30.1, 32.0, Light.BEHIND),
    ],
)
def test_the_whole_interval_decides(low: float, high: float, light: Light) -> None:
    found = kpi_light("triage", KPI, [measured((low + high) / 2, low, high)], today=TODAY)
    assert (found.light, found.asked_for) == (light, 30.0)


@pytest.mark.parametrize(
    ("value", "light"), [(29.0, Light.UNSURE), (30.0, Light.UNSURE), (30.1, Light.BEHIND), (45.0, Light.BEHIND)]
)
def test_without_an_interval_nothing_is_green_and_behind_is_behind(value: float, light: Light) -> None:
    assert kpi_light("triage", KPI, [measured(value, None, None)], today=TODAY).light is light


def test_a_target_that_is_reached_is_on_track_whatever_the_date() -> None:
    without_dates = replace(KPI, baseline_at=None, target_date=None)
    found = kpi_light("triage", without_dates, [measured(19.0, 18.0, 20.0)], today=TODAY)
    assert (found.light, found.reason) == (Light.ON_TRACK, "the target of 20 hours is reached")


def test_after_the_target_date_all_of_it_is_asked_for() -> None:
    late = measured(21.0, 20.5, 21.5, until="2027-01-31")
    found = kpi_light("triage", KPI, [late], today=dt.date(2027, 2, 1))
    assert (found.light, found.asked_for) == (Light.BEHIND, 20.0)


@pytest.mark.parametrize(
    ("kpi", "reason"),
    [
        (replace(KPI, baseline=None), "it has no baseline: nothing can be proved"),
        (replace(KPI, target=None), "it has no target"),
        (replace(KPI, target_date=None), "its definition lacks the date of its baseline or target"),
        (replace(KPI, baseline_at=None), "its definition lacks the date of its baseline or target"),
        (replace(KPI, name="another"), "nobody measured it yet"),
    ],
)
def test_what_cannot_be_held_against_a_way_is_not_known(kpi: Kpi, reason: str) -> None:
    found = kpi_light("triage", kpi, [measured(29.0, 28.0, 29.5)], today=TODAY)
    assert found.light is Light.UNKNOWN
    assert found.reason.startswith(reason)


def test_an_old_measurement_is_no_light_from_the_day_on_that_is_said() -> None:
    one, end = measured(29.0, 28.0, 29.5), dt.date(2026, 10, 11)
    fresh = kpi_light("triage", KPI, [one], today=end + dt.timedelta(days=STALE_DAYS))
    stale = kpi_light("triage", KPI, [one], today=end + dt.timedelta(days=STALE_DAYS + 1))
    assert (fresh.light, stale.light) == (Light.ON_TRACK, Light.UNKNOWN)


def test_a_measurement_counts_from_the_day_on_which_its_period_ended() -> None:
    assert kpi_light("triage", KPI, [measured(29, 28, 29.5)], today=dt.date(2026, 10, 10)).light is Light.UNKNOWN


def test_what_was_measured_where_the_workflow_did_not_act_is_not_its_line() -> None:
    control = replace(measured(50.0, 49.0, 51.0), control=True)
    found = kpi_light("triage", KPI, [control, measured(29.0, 28.0, 29.5)], today=TODAY)
    assert [one.value for one in found.measured] == [29.0]


def test_a_function_has_its_worst_light_and_none_without_a_kpi() -> None:
    every = [Light.ON_TRACK, Light.UNKNOWN, Light.UNSURE, Light.BEHIND]
    assert [worst(every[:n]) for n in range(5)] == [
        Light.UNKNOWN, Light.ON_TRACK, Light.UNKNOWN, Light.UNSURE, Light.BEHIND,
    ]  # fmt: skip


def test_functions_of_a_portfolio_come_worst_first_with_what_moved_since() -> None:
    portfolio = portfolio_made.portfolio()
    found = function_lights(portfolio, today=dt.date(2026, 10, 31), since=dt.date(2026, 8, 1))
    names = {one.definition.initiative.function or NO_FUNCTION for one in portfolio.standings}
    assert {one.function for one in found} == names
    order = [list(Light).index(one.light) for one in found]
    assert order == sorted(order)
    assert sum(len(one.kpis) for one in found) == sum(
        len(one.definition.initiative.kpis) for one in portfolio.standings
    )
    news = moved(portfolio, found, since=dt.date(2026, 8, 1))
    days = [one.on for one in news]
    assert days == sorted(days, reverse=True)
    changed = [(kpi.workflow, kpi.kpi.name) for one in found for kpi in one.kpis if kpi.was is not kpi.light]
    assert len(changed) == sum(": from " in one.what for one in news) > 0


def test_lights_are_those_of_what_is_asked_about_now() -> None:
    portfolio, days = portfolio_made.portfolio(), {"today": dt.date(2026, 10, 31), "since": dt.date(2026, 10, 24)}
    first = function_lights(portfolio, **days)
    assert function_lights(portfolio, **days) == first
    unmeasured = replace(portfolio, standings=tuple(replace(one, measurements=()) for one in portfolio.standings))
    assert {one.light for one in function_lights(unmeasured, **days)} == {Light.UNKNOWN}
    later = function_lights(portfolio, today=dt.date(2027, 10, 31), since=dt.date(2026, 10, 24))
    assert {kpi.light for one in later for kpi in one.kpis} == {Light.UNKNOWN}
    assert function_lights(portfolio, **days) == first


def test_the_title_counts_lights_and_says_what_is_late() -> None:
    found = function_lights(portfolio_made.portfolio(), today=dt.date(2026, 10, 31), since=dt.date(2026, 10, 24))
    late = Action(1, "ask", "Ana", "2026-10-30", "Ben", "2026-10-20T09:00:00.000000Z")
    done = replace(late, closing=Closing(True, "", "Ana", "2026-10-29T09:00:00.000000Z", 2))
    counts = ", ".join(f"{n} {light}" for light in Light if (n := sum(one.light is light for one in found)))
    assert conclusion(found, [late, done], today="2026-10-31") == (
        f"{len(found)} functions: {counts}; 1 action is overdue"
    )
    assert conclusion(found, [late], today="2026-10-30") == f"{len(found)} functions: {counts}"  # the last day counts
    assert conclusion((), (), today="2026-10-31") == "No workflow is defined yet"
