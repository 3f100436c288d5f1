"""What the client of a tool is told: where its call stands, never why it was held back."""

from interlock.terms.decision import Verb
from interlock.terms.gateway.tool_call import CallState
from interlock.terms.intent import IntentState

# An agent that reads why it was held back learns to get past: the reasons are on record, for people.
WORDS = {
    CallState.DONE: "Done.",
    CallState.NOT_DONE: "It was not done.",
    CallState.WAITS: "It was not done yet. A person has been asked to decide.",
    CallState.AT_WORK: "It is being done.",
    CallState.FAILED: "It could not be done. A person has been asked.",
    CallState.UNCERTAIN: "It is not certain whether it was done. A person has been asked; do not try again.",
    CallState.UNDONE: "It was done and taken back since.",
    CallState.UNKNOWN: "There is no such ticket.",
}
_OF_INTENTS = {
    IntentState.DONE: CallState.DONE,
    IntentState.FAILED: CallState.FAILED,
    IntentState.IN_DOUBT: CallState.UNCERTAIN,
    IntentState.EXECUTING: CallState.AT_WORK,
    IntentState.UNDOING: CallState.AT_WORK,
    IntentState.UNDONE: CallState.UNDONE,
}
TOO_LARGE = "its arguments have more than {most:,} bytes of JSON"
UNCLEAR = "two names of its arguments differ in capitals alone, or one so differs from what is asked for"
OTHER_CALL = "another call was made under this idempotency key: give each action a key of its own"


def call_state(verb: Verb, intent: IntentState | None) -> CallState:
    """Where a call stands, by its decision and its intent (None: it never had one)."""
    if intent is not None:
        return _OF_INTENTS[intent]
    return CallState.WAITS if verb is Verb.REVIEW else CallState.NOT_DONE
