"""Record a KPI's value over a period as evidence."""

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import known_as
from interlock.engine.timestamp import stamp
from interlock.flows.measure.period_of import check_once, check_period
from interlock.flows.rollout.attest import attest_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.initiative import Kpi
from interlock.terms.person import Person

UNIT_SHARE = frozenset({"share", "part of 1"})


@dataclass(frozen=True, slots=True)
class KpiValue:
    """What a person or a system measured; as terms.measured.Measurement, without the evidence that it becomes.

    `unit`: the unit that they measured in, None where they did not say. `place` names where it was given, for errors.
    """

    kpi: str
    value: float
    period_start: str
    period_end: str
    n: int | None = None
    low: float | None = None
    high: float | None = None
    segment: str | None = None
    control: bool = False
    unit: str | None = None
    place: str = ""


def record_kpis(
    store: Store, workflow: str, values: Sequence[KpiValue], *, source: str, by: Person, clock: Clock
) -> tuple[Evidence, ...]:
    """All of them or none. `source` is the system of record.

    Raises BadInput for an unknown workflow or KPI, another unit, a figure that is none, a period that is on record.
    """
    if not known_as(by.name) or not source.strip():
        raise BadInput("say who measured (--as) and in which system (--source): both are recorded")
    if not values:
        raise BadInput("there is nothing to record: give at least one value")
    with store.transaction() as tx:
        now = clock()
        row = known_row(tx, workflow)
        kpis = {kpi.name: kpi for kpi in definition_of(row.definition).initiative.kpis}
        known = _known(tx, workflow)
        recorded = []
        for one in values:
            try:
                _check(one, kpis)
                check_period(one.period_start, one.period_end, today=now.date())
                series = known.setdefault((one.kpi, one.segment, one.control), [])
                check_once(one.period_start, one.period_end, series, what=_series(one))
            except BadInput as exc:
                raise BadInput(f"{one.place}: {exc}" if one.place else str(exc)) from None
            series.append((one.period_start, one.period_end))
            recorded.append(
                attest_in(
                    tx, workflow, release=row.release, kind="kpi", evidence_class=EvidenceClass.SOURCE, source=source,
                    body=_body(one, kpis[one.kpi], by), at=stamp(now),
                )
            )  # fmt: skip
    return tuple(recorded)


def _known(reading: Reading, workflow: str) -> dict[tuple[str, str | None, bool], list[tuple[str, str]]]:
    known: dict[tuple[str, str | None, bool], list[tuple[str, str]]] = {}
    for item in reading.evidence(workflow):
        if item.kind == "kpi":
            body = item.body
            series = (body["kpi"], body.get("segment"), bool(body.get("control", False)))
            known.setdefault(series, []).append((body["period_start"], body["period_end"]))
    return known


def _series(one: KpiValue) -> str:
    segment = f" in {one.segment}" if one.segment else ""
    return f"'{one.kpi}'{segment}{' (control)' if one.control else ''}"


def _check(one: KpiValue, kpis: dict[str, Kpi]) -> None:
    kpi = kpis.get(one.kpi)
    if kpi is None:
        near = difflib.get_close_matches(one.kpi, kpis, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has: {', '.join(kpis) or 'none; name it under `kpis`'}"
        raise BadInput(f"the definition has no KPI '{one.kpi}' ({hint})")
    if one.unit is not None and one.unit.casefold() != kpi.unit.casefold():
        raise BadInput(f"'{one.kpi}' is measured in {kpi.unit}, not in {one.unit}; convert the value")
    for name, figure in (("value", one.value), ("low", one.low), ("high", one.high)):
        if figure is not None and not math.isfinite(figure):
            raise BadInput(f"the {name} of '{one.kpi}' is no number; leave out what was not measured")
    if kpi.unit.casefold() in UNIT_SHARE and not 0 <= one.value <= 1:
        raise BadInput(f"'{one.kpi}' is a {kpi.unit}, and {one.value:g} is not from 0 to 1; divide percents by 100")
    if one.n is not None and one.n < 1:
        raise BadInput(f"--n of '{one.kpi}' is {one.n}: a value needs at least one case")
    if (one.low is None) != (one.high is None):
        raise BadInput(f"the interval of '{one.kpi}' has one end only; give both or none")
    if one.low is not None and one.high is not None and not one.low <= one.value <= one.high:
        raise BadInput(f"{one.value:g} of '{one.kpi}' is not within its interval {one.low:g} to {one.high:g}")


def _body(one: KpiValue, kpi: Kpi, by: Person) -> dict[str, object]:
    told = {
        "kpi": one.kpi,
        "value": one.value,
        "unit": kpi.unit,
        "direction": kpi.direction,
        "baseline": kpi.baseline,
        "period_start": one.period_start,
        "period_end": one.period_end,
        "n": one.n,
        "low": one.low,
        "high": one.high,
        "segment": one.segment,
        "control": one.control,
        "by": by.name,
    }
    return {name: value for name, value in told.items() if value is not None}
