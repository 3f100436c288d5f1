"""The page of a story: its steps with their states in words, and their pictures."""

from dataclasses import dataclass

from interlock.adapters.reports import plots
from interlock.adapters.reports.plots import Plot
from interlock.adapters.reports.promises import State
from interlock.terms.story import Section, Story, Tone

STATES = {
    Tone.PASSED: State("Passed", "✓", "passed"),
    Tone.FAILED: State("Failed", "✗", "failed"),
    Tone.INCONCLUSIVE: State("Inconclusive", "?", "inconclusive"),
    Tone.NEUTRAL: State("Noted", "•", "neutral"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One section with its place in the order (from 1), its state and its pictures."""

    number: int
    section: Section
    state: State
    plots: tuple[Plot, ...]


@dataclass(frozen=True, slots=True)
class StoryPage:
    """Everything that the template writes down; `tally` counts the states that occur."""

    story: Story
    steps: tuple[Step, ...]
    plots: tuple[Plot, ...]
    tally: tuple[tuple[State, int], ...]


def page(story: Story) -> StoryPage:
    """The steps of a story in order."""
    steps = tuple(
        Step(i, section, STATES[section.tone], tuple(plots.from_chart(chart) for chart in section.charts))
        for i, section in enumerate(story.sections, start=1)
    )
    counts = tuple((state, sum(1 for step in steps if step.state is state)) for state in STATES.values())
    return StoryPage(
        story,
        steps,
        tuple(plot for step in steps for plot in step.plots),
        tuple((state, n) for state, n in counts if n),
    )
