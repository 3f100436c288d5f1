"""What the page of a stand-up shows, as plain values with words."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from interlock.engine.reporting.figures import counted, quantity
from interlock.engine.standup.lights import WORST_FIRST
from interlock.engine.timestamp import moment, stamp
from interlock.surfaces.web.standup.picture import drawn, shown
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms.measured import Measurement
from interlock.terms.standup import Action, FunctionLight, KpiLight, Light

MINUTES = 15
FUNCTIONS_MAX = 12
KPIS_MAX = 4
STATES: Mapping[Light, State] = {
    Light.BEHIND: said(FAILED, "Behind"),
    Light.UNSURE: said(INCONCLUSIVE, "Cannot be said"),
    Light.UNKNOWN: State("Not known", "○", "neutral"),
    Light.ON_TRACK: said(PASSED, "On track"),
}
OVERDUE, DUE, OPEN = said(FAILED, "Overdue"), said(INCONCLUSIVE, "Due today"), said(NOTED, "Open")
DONE, NOT_DONE = said(PASSED, "Done"), said(FAILED, "Not done")


@dataclass(frozen=True, slots=True)
class KpiShown:
    """One KPI in a line: where it is, in words."""

    workflow: str
    name: str
    state: State
    now: str
    behind: str
    aim: str
    reason: str
    was: str


@dataclass(frozen=True, slots=True)
class FunctionShown:
    """One function: its state, the KPI whose picture is shown, and the others in a line each."""

    anchor: str
    name: str
    state: State
    counts: str
    trouble: tuple[str, ...]
    without: str
    first: KpiShown | None
    picture: Markup
    numbers: tuple[tuple[str, ...], ...]
    others: tuple[KpiShown, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ActionShown:
    """One action with its state; `may_close` is whether this visitor may say that it is done."""

    action: Action
    state: State
    may_close: bool


@dataclass(frozen=True, slots=True)
class Countdown:
    """Until when the stand-up lasts (RFC 3339), how many seconds are left, and that in words."""

    until: str
    seconds: int
    left: str

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.seconds == 0


def functions_shown(functions: Sequence[FunctionLight]) -> tuple[FunctionShown, ...]:
    """Each function, the worst first."""
    return tuple(_function(one, number) for number, one in enumerate(functions, 1))


def actions_shown(
    actions: Sequence[Action], *, today: str, may_act: Callable[[Action], bool]
) -> tuple[ActionShown, ...]:
    """Those that are open: overdue first, then by date."""
    left = sorted((one for one in actions if one.closing is None), key=lambda one: (one.due, one.entry))
    return tuple(ActionShown(one, action_state(one, today), may_act(one)) for one in left)


def action_state(action: Action, today: str) -> State:
    """Where an action stands, in a word."""
    if action.closing is not None:
        return DONE if action.closing.done else NOT_DONE
    return OVERDUE if action.overdue(today) else DUE if action.due == today else OPEN


def kpis_title(lights: Sequence[KpiLight]) -> str:
    """How many KPIs are where."""
    counts = [(light, sum(one.light is light for one in lights)) for light in WORST_FIRST]
    said = ", ".join(f"{n:,} {light}" for light, n in counts if n)
    return f"{counted(len(lights), 'KPI', 'KPIs')}: {said}" if lights else "No KPI is named yet"


def countdown(until: str, now: dt.datetime) -> Countdown | None:
    """The end that an address names; None where it names none that a stand-up of today can have."""
    try:
        end = moment(until)
        left = end - now
    except (ValueError, TypeError, OverflowError):
        return None
    if not dt.timedelta(hours=-12) < left <= dt.timedelta(minutes=MINUTES):
        return None
    seconds = max(int(left.total_seconds()), 0)
    return Countdown(stamp(end), seconds, f"{seconds // 60}:{seconds % 60:02}")


def kpi_now(light: KpiLight) -> tuple[str, str]:
    """The newest value, and its interval and n."""
    if not light.measured:
        return "not measured", ""
    newest, unit = light.measured[-1], light.kpi.unit
    return quantity(newest.value, unit), _behind(newest, unit)


def aim_of(light: KpiLight) -> str:
    """From where to where, by when."""
    kpi = light.kpi
    ends = [("from", kpi.baseline), ("to", kpi.target)]
    told = " ".join(f"{word} {quantity(value, kpi.unit)}" for word, value in ends if value is not None)
    return f"{told} by {kpi.target_date}" if told and kpi.target_date and kpi.target is not None else told


def _behind(one: Measurement, unit: str) -> str:
    limits = (one.low, one.high)
    between = " to ".join(quantity(each, unit).removesuffix(f" {unit}") for each in limits if each is not None)
    return ", ".join(
        filter(None, (f"({between})" if None not in limits else "", "" if one.n is None else f"n {one.n:,}"))
    )


def _function(one: FunctionLight, number: int) -> FunctionShown:
    first = next((kpi for kpi in one.kpis if kpi.measured), one.kpis[0] if one.kpis else None)
    others = [kpi for kpi in one.kpis if kpi is not first]
    counts = [(light, sum(kpi.light is light for kpi in one.kpis)) for light in WORST_FIRST]
    without = counted(len(one.without), "workflow names no KPI", "workflows name no KPI") if one.without else ""
    return FunctionShown(
        anchor=f"function-{number}",
        name=one.function,
        state=STATES[one.light],
        counts=", ".join(f"{n} {light}" for light, n in counts if n) if len(one.kpis) > 1 else "",
        trouble=one.trouble,
        without=without,
        first=None if first is None else _kpi(first),
        picture=Markup() if first is None else drawn(first, _told(first)),
        numbers=() if first is None else tuple(_numbers(first)),
        others=tuple(map(_kpi, others[:KPIS_MAX])),
        more=max(len(others) - KPIS_MAX, 0),
    )


def _kpi(light: KpiLight) -> KpiShown:
    now, behind = kpi_now(light)
    was = "" if light.was is None or light.was is light.light else f"at the last stand-up: {light.was}"
    return KpiShown(light.workflow, light.kpi.name, STATES[light.light], now, behind, aim_of(light), light.reason, was)


def _told(light: KpiLight) -> str:
    now, behind = kpi_now(light)
    return f"{light.kpi.name} of {light.workflow}: {now} {behind}, {aim_of(light)}; {light.light}"


def _numbers(light: KpiLight) -> list[tuple[str, ...]]:
    unit = light.kpi.unit
    return [(one.period_end, quantity(one.value, unit), _behind(one, unit)) for one in shown(light)]
