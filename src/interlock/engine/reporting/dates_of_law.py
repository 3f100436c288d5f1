"""When lines of a law apply, as each source said it."""

from interlock.terms.briefing import Grid, Passage
from interlock.terms.compliance import DatedFact, Framework, Timeline
from interlock.terms.story import Tone

NO_DATE = "no date"


def binding(timeline: Timeline) -> DatedFact | None:
    """The newest saying that is law in force."""
    return next((fact for fact in reversed(timeline.facts) if fact.binding), None)


def pending(timeline: Timeline) -> DatedFact | None:
    """The newest saying, where it is not law yet."""
    newest = timeline.facts[-1]
    return None if newest.binding else newest


def dates(framework: Framework) -> Passage:
    """Every dated saying with version, source and the day on which it was known; none wipes out another."""
    rows = tuple(
        (
            timeline.title,
            fact.applies_from or NO_DATE,
            "binding" if fact.binding else "not confirmed as law",
            fact.version,
            fact.source,
            fact.known_as_on,
            fact.note,
        )
        for timeline in framework.timelines
        for fact in timeline.facts
    )
    header = ("What", "Applies from", "Binding", "Version", "Source", "As known on", "Note")
    moved = [one for one in framework.timelines if pending(one) is not None]
    title = f"{framework.title}: {len(moved)} of {len(framework.timelines)} dates may have moved; not confirmed as law"
    grid = Grid(f"Dates of {framework.title}, each as a source said it", header, rows)
    lines = tuple(_told(one, framework) for one in framework.timelines)
    return Passage(title, lines, grids=(grid,), tone=Tone.NEUTRAL, part=f"{framework.title}: dates")


def _told(timeline: Timeline, framework: Framework) -> str:
    law, newer = binding(timeline), pending(timeline)
    about = ", ".join(line.id for line in framework.lines if timeline.id in line.timelines)
    said = f"{timeline.title}: binding is {law.applies_from if law and law.applies_from else NO_DATE}"
    if newer is not None:
        words = newer.applies_from or NO_DATE
        said += f"; {newer.source} ({newer.known_as_on}) says {words}, which is not confirmed as law"
    return f"{said}. It is about {about or 'no line'}."
