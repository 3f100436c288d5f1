"""Answers where no policy can be asked; they need no engine."""

from dataclasses import dataclass

from interlock.terms.policy import EdgeFacts, PolicyAnswer


def failed(*words: str, rules: tuple[str, ...] = ()) -> PolicyAnswer:
    """Nothing could be evaluated: not allowed. `rules` are the ids of those that failed."""
    return PolicyAnswer(allowed=False, rules=rules, reasons=words, failed=True)


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """A policy that answers every case with the reason why it cannot."""

    reason: str

    def answer(self, facts: EdgeFacts) -> PolicyAnswer:
        """A failed answer."""
        del facts
        return failed(self.reason)
