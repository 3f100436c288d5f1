"""What the page of the portfolio says: how many may act, who is waited for, and what presses most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from interlock.engine.economics.row import Row, Status
from interlock.engine.rollout.stages import STAGES
from interlock.surfaces.web.portfolio.cells import STATES, asked_of, dossier_address
from interlock.surfaces.web.sentences import plainly
from interlock.surfaces.web.states import State
from interlock.terms import words
from interlock.terms.stage import RolloutStage

NAMED_MAX = 2
PRESSING_MAX = 4
NAME_MAX = 40
PRESSING = (Status.STOPPED, Status.DRIFTING, Status.INCIDENT)


@dataclass(frozen=True, slots=True)
class StageShown:
    """One stage: how many workflows are in it, and how many of these may act."""

    stage: RolloutStage
    count: int
    may_act: int


@dataclass(frozen=True, slots=True)
class Pressing:
    """One workflow that needs somebody now."""

    name: str
    href: str
    state: State
    needed: str
    needed_from: str


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What to do where no workflow is there yet; `href` is "" for what is done on a terminal."""

    words: str
    under: str
    href: str = ""


def first_steps(*, may_try: bool, may_invite: bool) -> tuple[FirstStep, ...]:
    """The way to the first workflow, as far as this visitor may go it."""
    file = FirstStep("Try a file of past decisions", "How much AI could do of it, before anything is set up.", "/start")
    people = FirstStep(
        "Invite who will answer for it", "A workflow needs a value owner and a safety owner.", "/settings/people/new"
    )
    define = FirstStep(
        "Define it, on a terminal beside this store",
        "`interlock init NAME.yaml` asks and writes, `interlock apply -f NAME.yaml --as YOU` puts it on record. Then "
        "it stands here.",
    )
    return (*((file,) if may_try else ()), *((people,) if may_invite else ()), define)


def by_stage(rows: Sequence[Row]) -> tuple[Row, ...]:
    """In the order of the stages, and by name within each."""
    return tuple(sorted(rows, key=lambda row: STAGES.index(row.standing.stage)))


def title(rows: Sequence[Row]) -> str:
    """The conclusion: how many may act, and whom the others wait for."""
    if not rows:
        return "No workflow is here yet"
    acting = sum(row.may_act for row in rows)
    told = f"{words.count(acting)} of {words.plural(len(rows), 'workflow')} may act"
    waits = _waits(rows)
    return f"{told}; {waits}" if waits else told


def _waits(rows: Sequence[Row]) -> str:
    counted = Counter(row.seen.needed_from[0] for row in rows if row.seen.needed_from)
    named = counted.most_common(NAMED_MAX)
    told = [f"{words.count(n)} for {words.shorten(name, NAME_MAX)}" for name, n in named]
    others = counted.total() - sum(n for _, n in named)
    if others:
        told.append(f"{words.count(others)} for others")
    if not told:
        return ""
    verb = "waits" if counted.total() == 1 else "wait"
    first = told[0].replace(" for", f" {verb} for", 1)
    return " and ".join([", ".join([first, *told[1:-1]]), told[-1]] if len(told) > 1 else [first])


def summary(rows: Sequence[Row]) -> str:
    """What is not as it should be, in a sentence; what is well where nothing is."""
    counts = Counter(row.status for row in rows)
    late = sum(row.standing.late_reviews for row in rows)
    said = (
        (counts[Status.STOPPED], "is stopped", "are stopped"),
        (counts[Status.DRIFTING], "is live without a grant", "are live without a grant"),
        (counts[Status.INCIDENT], "has an open incident", "have an open incident"),
    )
    told = [f"{words.count(n)} {one if n == 1 else more}" for n, one, more in said if n]
    if late:
        told.append(f"{words.plural(late, 'review')} {'is' if late == 1 else 'are'} late")
    return f"{', '.join(told)}." if told else "None is stopped, none is live without a grant, no incident is open."


def stages(rows: Sequence[Row]) -> tuple[StageShown, ...]:
    """All five, also those in which nothing is."""
    return tuple(
        StageShown(
            stage,
            sum(row.standing.stage is stage for row in rows),
            sum(row.standing.stage is stage and row.may_act for row in rows),
        )
        for stage in STAGES
    )


def pressing(rows: Sequence[Row]) -> tuple[Pressing, ...]:
    """The few that need somebody now, the most pressing first."""
    found = sorted((row for row in rows if row.status in PRESSING), key=lambda row: PRESSING.index(row.status))
    return tuple(
        Pressing(
            row.name,
            dossier_address(row.name),
            STATES[row.status],
            words.shorten(plainly(row.seen.needed), 120),
            asked_of(row, 60),
        )
        for row in found[:PRESSING_MAX]
    )
