"""What became of a case, in words for people and in words for an agent."""

from dataclasses import dataclass
from html import escape

from interlock.flows.action.act import Acted
from interlock.terms.decision import Verb
from interlock.terms.intent import IntentState

MESSAGES = {
    IntentState.DONE: "Done.",
    IntentState.FAILED: "It could not be done. A person has been asked.",
    IntentState.IN_DOUBT: "It is not certain whether it was done. A person has been asked; do not try again.",
    IntentState.EXECUTING: "It is being done.",
    IntentState.UNDOING: "It is being taken back.",
    IntentState.UNDONE: "It was done and taken back since.",
}
NOT_NOW = "It was not done. A person has been asked to decide."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided about a case and where its effect stands (None: there is none).

    `reasons` are for people. Give an agent `message` only: one that sees why it was held back learns to get past.
    `recorded` is False only where the store could not be reached: nothing was applied then.
    """

    key: str
    verb: Verb
    state: IntentState | None
    reasons: tuple[str, ...]
    recorded: bool = True

    @property
    def applied(self) -> bool:
        """Whether the effect is done."""
        return self.state is IntentState.DONE

    @property
    def message(self) -> str:
        """A neutral sentence, the same whatever the reason was."""
        return NOT_NOW if self.state is None else MESSAGES[self.state]

    def __bool__(self) -> bool:
        return self.applied

    def _repr_html_(self) -> str:
        reasons = "".join(f"<li>{escape(reason)}</li>" for reason in self.reasons)
        state = "" if self.state is None else f", {escape(self.state)}"
        return f"<b>{escape(self.key)}</b>: {escape(self.verb)}{state}<ul>{reasons}</ul>"


def outcome_of(key: str, acted: Acted, *more: str) -> Outcome:
    """What a flow answered, without what would tell whether the case is audited; and more reasons, for people."""
    return Outcome(key, acted.decision.verb, acted.state, (*acted.decision.reasons, *more), acted.recorded)
