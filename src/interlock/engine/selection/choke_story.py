"""Choke points as a report, and what must be known to read them."""

from interlock.engine.selection.choke_points import ChokePoint
from interlock.terms.event_log import EventLog, Gap
from interlock.terms.story import DataTable, Section, Story, Tone


def told(log: EventLog) -> tuple[str, ...]:
    """What was read, guessed and left out, and how open cases were treated."""
    left, lines = log.left_out, list(log.guessed)
    lines.append(
        f"{log.events:,} of {log.rows:,} rows were used: {log.cases:,} cases, {log.activities:,} activities, "
        f"{log.first} to {log.last}"
    )
    counted = (
        (left.no_case_or_activity, "rows without a case or an activity were left out"),
        (left.no_time, "rows without a time that can be read were left out"),
        (left.implausible_time, "rows with a time before 1990 or in the future were left out: a clock was wrong"),
        (left.duplicates, "rows repeat an event (same case, activity, resource, times) and were left out"),
        (left.out_of_order, "rows are earlier than the row before them in their case; cases were put in order"),
        (left.cases_of_one_event, "cases have one event: nothing can be said of their time"),
        (left.other_transitions, "rows are no end of work (another transition than 'complete') and were left out"),
        (left.no_end, "events have a start and no end: they are taken to end when they start"),
        (left.ends_before_start, "events end before they start: waiting before them is counted until their end"),
        (
            left.unread_amounts,
            "rows have an amount that is no plain number, such as 1000.50: no money is counted",
        ),
    )
    lines.extend(f"{count:,} {words}" for count, words in counted if count)
    if log.columns.start is None:
        lines.append("No start of events is known: hours hold work and waiting together")
    if log.ended_cases is None or log.open_hours is None:
        lines.append(
            "Nobody said which activity ends a case (--closed ACTIVITY): what open cases still wait for is not counted"
        )
    else:
        lines.append(
            f"{log.cases - log.ended_cases:,} cases did not end: their finished gaps are counted; the "
            f"{log.open_hours:,.0f} hours since their last event until the log ends are not in any row"
        )
    lines.append("An activity straight after itself is rework and not a wait, so that it is shown once")
    lines.append("Kinds overlap (a hand-off is also a wait): shares do not add up to 100 %")
    lines.append("Intervals take gaps for independent; gaps of one case are not quite")
    return tuple(lines)


def story_of(log: EventLog, points: tuple[ChokePoint, ...], *, now: str) -> Story:
    """The report of a log."""
    first = points[0] if points else None
    title = "Nothing waits in this log" if first is None else _capital(first.problem.friction)
    cycle = log.cycle
    summary = (f"A case takes {cycle.median_hours:,.1f} hours in the median (90 % under {cycle.p90_hours:,.1f}), "
               f"n {cycle.n:,}.",) + (() if first is None else (f"{first.problem.cost}.",))  # fmt: skip
    ranked = Section("Ranked", f"{len(points)} choke points by hours", Tone.NEUTRAL, (), (_table(points),))
    drafts = tuple(_draft(place, point) for place, point in enumerate(points[:5], start=1))
    read = Section(
        "How to read this",
        "What was read and left out",
        Tone.NEUTRAL,
        (*told(log), f"SHA-256 of {log.file}: {log.sha256}"),
    )
    steps = ("Watch ten cases of the first choke point and answer its open questions.",
             "Write the answers into a problem statement before anybody names a solution.")  # fmt: skip
    return Story(title, summary, log.file, False, now, (ranked, *drafts, read), steps)  # noqa: FBT003 - a real log


def _table(points: tuple[ChokePoint, ...]) -> DataTable:
    header: tuple[str, ...] = ("Kind", "From", "To", "n", "Cases", "Hours", "Of all hours", "Median hours (95 %)")
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            one.gap.kind.value,
            one.gap.source,
            one.gap.target,
            f"{one.gap.n:,}",
            f"{one.gap.cases:,}",
            f"{one.gap.hours:,.0f}",
            "unknown" if one.share is None else f"{one.share:.1%}",
            _median(one.gap),
        )
        for one in points
    )
    if any(one.gap.amount_days is not None for one in points):
        header = (*header, "Amount-days")
        rows = tuple((*row, _money(one.gap)) for row, one in zip(rows, points, strict=True))
    return DataTable("Choke points by hours between events", header, rows, numeric=tuple(range(3, len(header))))


def _money(gap: Gap) -> str:
    return "unknown" if gap.amount_days is None else f"{gap.amount_days:,.0f}"


def _median(gap: Gap) -> str:
    if gap.median_low is None or gap.median_high is None:
        return f"{gap.median_hours:,.1f} (n too small)"
    return f"{gap.median_hours:,.1f} ({gap.median_low:,.1f} to {gap.median_high:,.1f})"


def _draft(place: int, point: ChokePoint) -> Section:
    problem = point.problem
    said = (f"Friction: {problem.friction}.", f"Cost: {problem.cost}.", f"Metric: {problem.metric}.")
    asked = tuple(f"{_capital(field)}: unknown. {question}" for field, question in point.open_questions)
    return Section(f"Draft {place}", _capital(problem.friction), Tone.INCONCLUSIVE, said + asked)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
