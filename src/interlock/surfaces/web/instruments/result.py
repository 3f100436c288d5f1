"""What the answers about somebody or something come to, what stands against them, and how that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from interlock.engine.instruments.comparing import compare
from interlock.engine.instruments.evaluated import Evaluated
from interlock.engine.instruments.scoring import NOT_DECIDED, ItemScore, Scored
from interlock.engine.instruments.sections import sections_of
from interlock.engine.instruments.told import answer_words, conclusion, to_answer
from interlock.surfaces.web.charts import sparkline
from interlock.surfaces.web.instruments.reach import About
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms.words import plural

CONTRADICTED = said(FAILED, "Records contradict it")
ON_RECORD = said(PASSED, "Records agree")
OPINION = said(INCONCLUSIVE, "Opinion")
OUTDATED = said(INCONCLUSIVE, "Evidence no longer holds")
BACKED = said(PASSED, "Evidence holds")
OPEN = said(NOTED, "No answer")
MEASURED = said(NOTED, "From records alone")


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do about it, and where."""

    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One item with its answer in words and the state of what stands behind it."""

    on: About
    score: ItemScore
    answer: str
    state: State


@dataclass(frozen=True, slots=True)
class Then:
    """What the answers came to after one sheet, who gave it, and what it changed."""

    score: Scored
    by: str
    entry: int
    changed: str


def result_title(on: About, result: Scored) -> str:
    """The conclusion."""
    if not any(one.given for one in result.items):
        return f"{on.instrument.title}, {on.subject}: nobody answered it yet"
    return f"{on.instrument.title}, {on.subject}: {conclusion(result)}"


def next_steps(on: About, result: Scored) -> tuple[NextStep, ...]:
    """What forbids, what is contradicted, what is missing and what rests on opinion, in this order."""
    titles = {one.item: one.title for one in result.items}
    steps = [NextStep(f"Rule: {words}") for words in result.rules_held]
    steps += [NextStep(f"Rule until it is answered: {words}") for words in result.rules_open]
    links = {
        "Records contradict": result.contradicted,
        "Answer": to_answer(result),
        "Attach evidence to": tuple(one for one in result.unbacked if one not in result.contradicted),
    }
    for verb, items in links.items():
        if items:
            words = f"{verb}: {', '.join(titles[item] for item in items)}"
            steps.append(NextStep(words, _section_of(on, items[0]) if on.may_answer else ""))
    return tuple(steps)


def rows_of(on: About, result: Scored) -> tuple[Row, ...]:
    """Every item."""
    return tuple(Row(on, one, _answer(on, one), _state(one)) for one in result.items)


def history_of(past: Evaluated | None) -> tuple[Then, ...]:
    """After each sheet, the newest first."""
    if past is None:
        return ()
    rows = []
    for number, (score, sheet) in enumerate(zip(past.history, past.sheets, strict=True)):
        before = past.history[number - 1] if number else None
        changes = [] if before is None else compare(before, score)
        changed = "; ".join(f"{one.title} {one.before or 'no answer'} → {one.after}" for one in changes)
        first = f"first sheet, {plural(len(sheet.answers), 'item')}"
        rows.append(Then(score, sheet.by, sheet.entry, (changed or "the same again") if before else first))
    return tuple(reversed(rows))


def history_line(rows: Sequence[Then]) -> Markup:
    """The lowest total after each sheet; nothing where there are not two."""
    lows = [float(row.score.low) for row in reversed(rows)]
    if len(lows) < 2 or not rows[0].score.best:
        return Markup()
    return sparkline(lows, words=f"total at least {lows[0]:g} at first, {lows[-1]:g} now")


def band_state(result: Scored) -> State | None:
    """Whether a band is decided and allows to go on; None where there are no bands."""
    if not result.band:
        return None
    if result.band == NOT_DECIDED:
        return said(INCONCLUSIVE, "Not decided")
    return said(PASSED, "May scale") if result.may_scale else said(INCONCLUSIVE, "Does not allow to scale yet")


def profiles(on: About) -> tuple[str, ...]:
    """Roles by which areas weigh differently; () where the instrument knows none."""
    return tuple(sorted({name for item in on.instrument.items for name in item.weights}))


def as_json(on: About, result: Scored, history: Sequence[Then]) -> Mapping[str, object]:
    """The whole result."""
    return {
        "title": result_title(on, result),
        "result": result,
        "history": [
            {"at": one.score.at, "low": one.score.low, "high": one.score.high, "band": one.score.band, "by": one.by,
             "entry": one.entry, "changed": one.changed}
            for one in history
        ],
    }  # fmt: skip


def _section_of(on: About, item: str) -> str:
    section = next(one for one in sections_of(on.instrument) if any(each.id == item for each in one.items))
    return on.address(f"sheet/{section.id}")


def _answer(on: About, one: ItemScore) -> str:
    return "" if one.given is None else answer_words(on.instrument, one.given.answer)


def _state(one: ItemScore) -> State:
    if one.contradicted:
        return CONTRADICTED
    if one.given is None:
        return MEASURED if one.measured is not None else OPEN
    if one.measured is not None:
        return ON_RECORD
    if one.backed:
        return BACKED
    return OPINION if one.opinion else OUTDATED
