"""What the state of a section is called in a document for leaders: something is in order, is not, or is open."""

from interlock.adapters.reports.promises import State
from interlock.terms.story import Tone

STATES = {
    Tone.PASSED: State("In order", "✓", "passed"),
    Tone.FAILED: State("Not in order", "✗", "failed"),
    Tone.INCONCLUSIVE: State("Open", "?", "inconclusive"),
    Tone.NEUTRAL: State("Noted", "•", "neutral"),
}
