"""Who decides what, and what was decided."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One responsibility of the organisation: its owners (exactly one is right) and those who are consulted."""

    id: str
    owners: tuple[str, ...]
    consulted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who leads, who sits in the council, how often it meets, and which live control answers each governing question.

    `governance` maps a question's id to where its answer is enforced. `entry` is where it is on record.
    """

    name: str
    responsibilities: tuple[Responsibility, ...] = ()
    council: tuple[str, ...] = ()
    meets_every_days: int = 7
    governance: tuple[tuple[str, str], ...] = ()
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Option:
    """One way to decide, and what follows from it.

    `effect` is what a decision for it does at once: "demote", "halt SCOPE", "close ENTRY", "end waiver ENTRY",
    "waive again ENTRY", "move STAGE", or of an action of a stand-up "done ENTRY", "more time ENTRY" or "drop ENTRY";
    empty where it is put on record only.
    """

    id: str
    title: str
    implication: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that needs deciding, built from the state. `id` stays the same while the question does.

    `evidence` are digests or ledger entries ("entry 12") behind it; `right` names the decision right that it takes.
    `weight` says how bad it is, in a measure of its own: a decision holds no longer than it stays as it was.
    """

    id: str
    workflow: str | None
    question: str
    why_now: str
    options: tuple[Option, ...]
    right: str
    may_decide: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class CouncilDecision:
    """What was decided, by whom and why. `entry` is where it is on record.

    `weight` is that of the item when it was decided, None where it was not recorded. `title` and `effect` are the
    option's, "" where they were not recorded.
    """

    item: str
    workflow: str | None
    question: str
    chosen: str
    reason: str
    by: str
    at: str
    entry: int
    present: tuple[str, ...] = field(default=())
    due_at: str | None = None  # when the question is asked again
    weight: float | None = None
    title: str = ""
    effect: str = ""

    @property
    def answer(self) -> str:
        """What was chosen, in words."""
        return self.title or self.chosen


@dataclass(frozen=True, slots=True)
class RefusedDecision:
    """A decision that a rule or a missing right stood against: nothing was done. `refusal` says why."""

    item: str
    workflow: str | None
    chosen: str
    reason: str
    by: str
    refusal: str
    at: str
    entry: int
