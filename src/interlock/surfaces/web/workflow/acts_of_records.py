"""What people put on record of a workflow: KPIs, expenses, counted periods, incidents and their end."""

from interlock.flows.measure.expense import record_expense
from interlock.flows.measure.incident import Report, close_incident, open_incident
from interlock.flows.measure.kpi import KpiValue, record_kpis
from interlock.flows.measure.period import record_period
from interlock.surfaces.web.workflow.fields import (
    Act,
    Asked,
    Doing,
    Field,
    Options,
    chosen,
    day,
    number,
    period_fields,
    whole,
)
from interlock.terms.errors import BadInput
from interlock.terms.measured import Bucket, Severity
from interlock.terms.words import moment

MONEY, HISTORY = "money", "history"
BUCKETS: Options = (
    (Bucket.COMPUTE, "Compute and vendors"),
    (Bucket.LAST_MILE, "The last mile of engineering"),
    (Bucket.BEING_WRONG, "Being wrong"),
    (Bucket.LEARNING, "Learning: no return is expected of it"),
)
SEVERITIES: Options = tuple((one, one.capitalize()) for one in Severity)
SOURCE = Field("text", "source", "Where it is from", "The system of record, such as a desk or accounts.", needed=True)
WHOLE = "all of it"


def _kpis(doing: Doing) -> Options:
    kpis = doing.standing.definition.initiative.kpis
    if not kpis:
        raise BadInput(f"the definition of {doing.name} names no KPI; name it under `kpis` and apply it")
    return tuple((kpi.name, f"{kpi.name}, in {kpi.unit}") for kpi in kpis)


def _segments(doing: Doing) -> Options:
    return (("", WHOLE), *((name, name) for name in doing.standing.definition.initiative.segments))


def _kpi_asked(doing: Doing) -> Asked:
    return Asked(
        f"Record a KPI of {doing.name}",
        "It becomes evidence, so that every figure can be traced back. Give the cases that it is made of and a 95 % "
        "interval where you have them: without them a change cannot be told from noise.",
        (
            Field("select", "kpi", "KPI", options=_kpis(doing)),
            Field("text", "value", "Value, in its unit", needed=True),
            *period_fields(),
            Field("text", "n", "Cases", "Left out where that is not known."),
            Field("text", "low", "Lower end of the interval"),
            Field("text", "high", "Upper end of the interval"),
            Field("select", "segment", "Measured in", options=_segments(doing)),
            Field("box", "control", "The workflow does not act there"),
            SOURCE,
        ),
        "Record it",
    )


def _kpi(doing: Doing) -> tuple[str, int | None]:
    form = doing.form
    name = chosen(form, "kpi", _kpis(doing), "Choose a KPI of its definition")
    value = number(form, "value", "Give the value")
    start, end = _period(doing)
    n, low, high = whole(form, "n"), number(form, "low"), number(form, "high")
    segment = chosen(form, "segment", _segments(doing), "Choose a segment of its definition") or None
    source = form.needed("source", "Say where it is from: it is recorded")
    if form.faults or value is None:
        return "", None
    one = KpiValue(name, value, start, end, n, low, high, segment, control=form.has("control"))
    record_kpis(doing.here.rt.store, doing.name, (one,), source=source, by=doing.who.person, clock=doing.here.now)
    return MONEY, _evidence(doing)


def _expense_asked(doing: Doing) -> Asked:
    return Asked(
        f"Record an expense of {doing.name}",
        "The cost of a success is made of the first three buckets. The same source may count a day of a bucket once.",
        (
            Field("select", "bucket", "Bucket", options=BUCKETS),
            Field("text", "usd", "Amount in USD", needed=True),
            *period_fields(),
            SOURCE,
        ),
        "Record it",
    )


def _expense(doing: Doing) -> tuple[str, int | None]:
    form = doing.form
    bucket = chosen(form, "bucket", BUCKETS, "Choose a bucket")
    usd = number(form, "usd", "Give the amount")
    period = _period(doing)
    source = form.needed("source", "Say where it is from: it is recorded")
    if form.faults or usd is None:
        return "", None
    record_expense(
        doing.here.rt.store, doing.name, Bucket(bucket), usd, period=period, source=source, by=doing.who.person,
        clock=doing.here.now,
    )  # fmt: skip
    return MONEY, _evidence(doing)


def _period_asked(doing: Doing) -> Asked:
    return Asked(
        f"Count a period of {doing.name}",
        "Cases, what was applied, reviewed and overridden, and of those with a known outcome how many were wrong: "
        "counted from the decisions on record. Days are those of UTC.",
        period_fields(),
        "Count it",
    )


def _count(doing: Doing) -> tuple[str, int | None]:
    start, end = _period(doing)
    if doing.form.faults:
        return "", None
    record_period(doing.here.rt.store, doing.name, start=start, end=end, by=doing.who.person, clock=doing.here.now)
    return MONEY, _evidence(doing)


def _incident_asked(doing: Doing) -> Asked:
    return Asked(
        f"Report an incident of {doing.name}",
        "It stays open until somebody closes it with what was learned. Nothing is stopped by it: the switch stops.",
        (
            Field("text", "title", "What went wrong, in a line", needed=True),
            Field("choice", "severity", "How bad it is", options=SEVERITIES, needed=True),
            Field("text", "owner", "Who answers for it until it is closed",
                  value=doing.standing.definition.owners.safety or "", needed=True),
            Field("box", "redline", "A line was crossed that must never be"),
            Field("area", "mitigation", "What was done so that it harms no more", "Left out while nothing was."),
            Field("text", "cost", "What it cost in USD", "Left out while nobody knows."),
        ),
        "Put it on record",
    )  # fmt: skip


def _incident(doing: Doing) -> tuple[str, int | None]:
    form = doing.form
    title = form.needed("title", "Say in a line what went wrong")
    severity = chosen(form, "severity", SEVERITIES, "Choose how bad it is")
    owner = form.needed("owner", "Name who answers for it")
    cost = number(form, "cost")
    if form.faults:
        return "", None
    report = Report(title, Severity(severity), owner, form.has("redline"), form.text("mitigation") or None, cost)
    opened = open_incident(doing.here.rt.store, doing.name, report, by=doing.who.person, clock=doing.here.now)
    return HISTORY, opened.entry


def _close_asked(doing: Doing) -> Asked:
    entry = doing.form.text("entry")
    found = next((one for one in doing.standing.incidents if str(one.entry) == entry and one.closed_at is None), None)
    if found is None:
        raise BadInput(f"{doing.name} has no open incident of that number; its history shows which it has")
    redline = " Whoever proposed or amended the release cannot close it." if found.redline else ""
    return Asked(
        f"Close the incident: {found.title}",
        f"It stays on record with what was learned.{redline}",
        (
            Field("hidden", "entry", value=entry),
            Field("area", "lesson", "What was learned", "An incident without a lesson comes again.", needed=True),
            Field("area", "mitigation", "What was done so that it harms no more"),
            Field("text", "cost", "What it cost in USD", "Left out while nobody knows."),
        ),
        "Close it",
        known=(("Opened", moment(found.opened_at)), ("Severity", found.severity), ("Answers for it", found.owner)),
    )


def _close(doing: Doing) -> tuple[str, int | None]:
    form = doing.form
    _close_asked(doing)  # it is open, and of this workflow
    lesson = form.needed("lesson", "Say what was learned")
    cost, entry = number(form, "cost"), whole(form, "entry")
    if form.faults or entry is None:
        return "", None
    close_incident(
        doing.here.rt.store, entry, lesson=lesson, by=doing.who.person, clock=doing.here.now,
        mitigation=form.text("mitigation") or None, cost_usd=cost,
    )  # fmt: skip
    with doing.here.rt.store.reading() as reading:
        newest = reading.newest_of("incident.closed", doing.name)
    return HISTORY, None if newest is None else newest.index


def _period(doing: Doing) -> tuple[str, str]:
    return day(doing.form, "start", "Give the first day"), day(doing.form, "end", "Give the last day")


def _evidence(doing: Doing) -> int | None:
    with doing.here.rt.store.reading() as reading:
        newest = reading.newest_of("evidence.recorded", doing.name)
    return None if newest is None else newest.index


ACTS_OF_RECORDS: tuple[Act, ...] = (
    Act("kpi", "Record a KPI", ("kpi", "record"), frozenset({MONEY}), _kpi_asked, _kpi),
    Act("expense", "Record an expense", ("kpi", "record"), frozenset({MONEY}), _expense_asked, _expense),
    Act("period", "Count a period", ("kpi", "record"), frozenset({MONEY}), _period_asked, _count),
    Act("incident", "Report an incident", ("incident", "open"), frozenset({"", HISTORY}), _incident_asked, _incident),
    Act("close-incident", "Close an incident", ("incident", "close"), frozenset(), _close_asked, _close),
)
