"""Actions made ready, so that the journal can be timed by itself: what was to be admitted, what was to be settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interlock.flows.action.act import act
from interlock.flows.action.runtime import RunTime
from interlock.ports.journal import Admission, Answer, Wish
from interlock.terms.intent import IntentState
from interlock.terms.ledger import NewEntry
from runtime.governed import NAME, Instant, proposal


@dataclass(frozen=True, slots=True)
class Ready:
    """A wish as the product decided it, and the receipt of its effect as the product wrote it."""

    wish: Wish
    receipt: NewEntry


@dataclass(slots=True)
class _Caught:
    """A journal that writes nothing, and keeps what it was asked to write."""

    wishes: list[Wish] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)

    def admit(self, wishes: Sequence[Wish]) -> tuple[Admission, ...]:
        self.wishes.extend(wishes)
        return tuple(Admission(Answer.ADMITTED) for _ in wishes)

    def settle(self, entry: NewEntry, admission: Admission | None = None, *, durable: bool) -> bool:  # noqa: ARG002
        self.entries.append(entry)
        return True

    def used(self, workflow: str, counters: Sequence[str]) -> Mapping[str, int]:  # noqa: ARG002
        return dict.fromkeys(counters, 0)


def made_ready(rt: RunTime, release: str, keys: Iterable[str]) -> list[Ready]:
    """Actions on cases with these keys, done by the product to the last step but for the journal."""
    caught = _Caught()
    beside = replace(rt, journal=caught)
    for key in keys:
        act(beside, Instant(), NAME, proposal(release, key))
    return [Ready(wish, entry) for wish, entry in zip(caught.wishes, caught.entries, strict=True)]


def journal_only(rt: RunTime, one: Ready) -> None:
    """Admit and settle. Raises RuntimeError where it was not admitted."""
    (admission,) = rt.journal.admit((one.wish,))
    if admission.answer is not Answer.ADMITTED:
        raise RuntimeError(f"a case that is new was answered '{admission.answer}'")
    rt.journal.settle(one.receipt, admission, durable=False)


def whole_action(rt: RunTime, release: str, key: str) -> None:
    """From the proposal to the receipt. Raises RuntimeError where it was not applied."""
    acted = act(rt, Instant(), NAME, proposal(release, key))
    if acted.state is not IntentState.DONE:
        raise RuntimeError(f"a sure case was not applied: {acted.decision.reasons}")
