"""A sheet that is being answered: its sections, one section, and everything once more before it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.instruments.scales import choices_of
from interlock.engine.instruments.scoring import Given, ItemScore, Scored
from interlock.engine.instruments.sections import Progress, Section, sections_of
from interlock.engine.instruments.told import answer_words
from interlock.engine.rollout.people import same_person
from interlock.flows.instruments.scored import given
from interlock.surfaces.web.instruments.reach import About
from interlock.surfaces.web.states import INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Answer, Draft, Drafted, Item, Sheet
from interlock.terms.words import plural

PROGRESS: Mapping[Progress, State] = {
    Progress.COMPLETED: said(PASSED, "Completed"),
    Progress.IN_PROGRESS: said(INCONCLUSIVE, "In progress"),
    Progress.NOT_STARTED: said(NOTED, "Not started"),
}
EVIDENCE_OFFERED = 12


@dataclass(frozen=True, slots=True)
class OnSheet:
    """What is there of a sheet: what was given, newest last, and the drafts of the visitor and of others."""

    given: tuple[Sheet, ...]
    mine: Draft
    others: tuple[Draft, ...] = ()

    @property
    def seen(self) -> int:
        """The newest entry of it, -1 where nothing was given yet."""
        return self.given[-1].entry if self.given else -1

    @property
    def answered(self) -> frozenset[str]:
        """Items that are answered, on record or in the visitor's draft."""
        return frozenset({one.item for sheet in self.given for one in sheet.answers} | self.mine.written.keys())


@dataclass(frozen=True, slots=True)
class Task:
    """One section in the list of tasks."""

    section: Section
    href: str
    state: State
    answered: int


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said about an item, in words, and when; `is_draft`: it is not given yet."""

    words: str
    note: str
    by: str
    at: str
    is_draft: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A piece of evidence that an answer may cite."""

    digest: str
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One item on a page: what the visitor wrote, beside what is on record, what others write and what records say.

    `clash` is what the visitor themself kept in another window in the meantime.
    """

    item: Item
    options: tuple[tuple[str, str, str], ...]
    mine: Answer
    others: tuple[Said, ...]
    records: str
    contradicted: bool
    choices: tuple[Choice, ...]
    clash: Said | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One answer on the page before it is given; `before` is what is on record, `is_newer`: since this was written."""

    item: Item
    href: str
    mine: Said
    before: Said | None
    is_newer: bool
    is_unfinished: bool


def tasks(on: About, sheet: OnSheet) -> tuple[Task, ...]:
    """The sections, in order."""
    answered = sheet.answered
    return tuple(
        Task(
            one,
            on.address(f"sheet/{one.id}"),
            PROGRESS[one.progress(answered)],
            sum(item.id in answered for item in one.items),
        )
        for one in sections_of(on.instrument)
    )


def sheet_title(on: About, sheet: OnSheet) -> str:
    """How far it is."""
    total, done = len(on.instrument.items), len(sheet.answered)
    said_so = "all answered" if done == total else f"{done} of {plural(total, 'item')} answered"
    drafts = len(sheet.mine.written)
    return f"{on.instrument.title}, {on.subject}: {said_so}" + (f", {drafts} in your draft" if drafts else "")


def asked(
    on: About,
    section: Section,
    sheet: OnSheet,
    scored: Scored | None,
    evidence: Sequence[Evidence],
    clashes: Mapping[str, Drafted],
) -> tuple[Asked, ...]:
    """The items of one section."""
    on_record = given(sheet.given)
    scores = {one.item: one for one in scored.items} if scored is not None else {}
    options = (
        *((str(value), _option(on, value, words), "") for value, words in choices_of(on.instrument)),
        ("", "No answer yet", ""),
    )
    return tuple(
        Asked(
            item=item,
            options=options if choices_of(on.instrument) else (),
            mine=sheet.mine.written.get(item.id, Answer(item.id, None)),
            others=_others(on, item.id, on_record.get(item.id), sheet.others),
            records=_records(scores.get(item.id)),
            contradicted=item.id in scores and scores[item.id].contradicted,
            choices=_choices(evidence, sheet.mine.written.get(item.id)),
            clash=None if item.id not in clashes else _drafted(on, "you", clashes[item.id]),
        )
        for item in section.items
    )


def checked(on: About, sheet: OnSheet, unfinished: Sequence[str]) -> tuple[Checked, ...]:
    """Every answer of the visitor's draft, beside what is on record."""
    on_record = given(sheet.given)
    rows = []
    for section in sections_of(on.instrument):
        for item in section.items:
            mine = sheet.mine.items.get(item.id)
            if mine is None or mine.is_empty:
                continue
            before = on_record.get(item.id)
            rows.append(
                Checked(
                    item,
                    on.address(f"sheet/{section.id}") + f"#i-{item.id}",
                    _drafted(on, sheet.mine.by, mine),
                    None if before is None else _on_record(on, before),
                    before is not None and before.at > mine.at and not same_person(before.by, sheet.mine.by),
                    item.title in unfinished,
                )
            )
    return tuple(rows)


def check_title(rows: Sequence[Checked]) -> str:
    """What the visitor is about to do."""
    newer = sum(row.is_newer for row in rows)
    if not rows:
        return "Your draft holds no answers yet"
    said_so = f"Check {plural(len(rows), 'answer')} before you give {'it' if len(rows) == 1 else 'them'}"
    return f"{said_so}: {newer} changed since you wrote" if newer else said_so


def _option(on: About, value: int, words: str) -> str:
    return words if on.instrument.scale != "1-5" else f"{value} {words}".strip()


def _others(on: About, item: str, before: Given | None, others: Sequence[Draft]) -> tuple[Said, ...]:
    drafts = (_drafted(on, one.by, one.items[item]) for one in others if item in one.written)
    return (*(() if before is None else (_on_record(on, before),)), *drafts)


def _on_record(on: About, before: Given) -> Said:
    answer = before.answer
    note = "" if answer.value is None else answer.words
    return Said(answer_words(on.instrument, answer), note, before.by, before.at, evidence=answer.evidence)


def _drafted(on: About, by: str, one: Drafted) -> Said:
    answer = one.answer
    words = answer_words(on.instrument, answer) if answer.value is not None or on.instrument.scale == "text" else ""
    note = "" if on.instrument.scale == "text" else answer.words
    return Said(words or "no answer", note, by, one.at, is_draft=True, evidence=answer.evidence)


def _records(score: ItemScore | None) -> str:
    return "" if score is None or score.measured is None else score.measured.says


def _choices(evidence: Sequence[Evidence], mine: Answer | None) -> tuple[Choice, ...]:
    """Those that the visitor cites already, and the newest of each kind and source: a month of expenses is one line."""
    cited = () if mine is None else mine.evidence
    known = {one.digest: one for one in evidence}
    newest = {(one.kind, one.source): one for one in evidence}.values()
    offered = [one.digest for one in sorted(newest, key=lambda one: one.at, reverse=True)][:EVIDENCE_OFFERED]
    return tuple(Choice(one, _evidence_words(known.get(one))) for one in dict.fromkeys((*cited, *offered)))


def _evidence_words(one: Evidence | None) -> str:
    if one is None:
        return "evidence by its digest"
    return f"{one.kind}, {one.evidence_class}: {one.source}, {one.at[:10]}"
