"""The course of an interview: only what is open is asked, and nothing that an earlier answer made idle."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from interlock.engine.interview.places import put, taken_out, value_at
from interlock.terms.flaw import Location
from interlock.terms.interview import KNOWN, Asked, Chapter, Interview, Question


def next_question(chapters: Sequence[Chapter], interview: Interview) -> Asked | None:
    """The next open question; None at the end."""
    put_before = set(interview.asked)
    return next(
        (
            one
            for one in questions(chapters, interview)
            if one.chapter not in put_before
            and one.location not in put_before
            and value_at(interview.content, one.location) is None
        ),
        None,
    )


def questions(chapters: Sequence[Chapter], interview: Interview) -> Iterator[Asked]:
    """Every question that applies, answered or not, in its order."""
    for number, chapter in enumerate(chapters, start=1):
        for location, question, entry in _placed(chapter, interview):
            if _applies(chapter, question, location, interview.content):
                yield Asked(question, location, number, entry)


def open_fields(chapters: Sequence[Chapter], interview: Interview) -> tuple[str, ...]:
    """The dotted names of all that nobody answered, where an answer would be of use."""
    return tuple(
        ".".join(map(str, one.location))
        for one in questions(chapters, replace(interview, asked=()))
        if value_at(interview.content, one.location) is None
    )


def answered(interview: Interview, location: Location, value: Any) -> Interview:
    """The interview after an answer."""
    return replace(interview, content=put(interview.content, location, value), asked=(*interview.asked, location))


def left_open(interview: Interview, location: Location) -> Interview:
    """The interview after a question that nobody can answer yet."""
    return replace(interview, asked=(*interview.asked, location))


def skipped(interview: Interview, chapter: int) -> Interview:
    """The interview without what is open in a chapter."""
    return replace(interview, asked=(*interview.asked, chapter))


def back(interview: Interview) -> Interview:
    """The interview before its last question, or before a chapter was skipped; the same where nothing was put."""
    if not interview.asked:
        return interview
    *before, last = interview.asked
    if isinstance(last, int) or value_at(interview.content, last) is None:
        return replace(interview, asked=tuple(before))
    return Interview(taken_out(interview.content, last), tuple(before))


def _placed(chapter: Chapter, interview: Interview) -> Iterator[tuple[Location, Question, int | None]]:
    if chapter.repeats is None:
        for question in chapter.questions:
            yield tuple(question.field.split(".")), question, None
        return
    entries = value_at(interview.content, (chapter.repeats,)) or ()
    for place in range(len(entries) + _one_more(chapter, chapter.repeats, len(entries), interview)):
        for question in chapter.questions:
            yield (chapter.repeats, place, *question.field.split(".")[1:]), question, place + 1


def _one_more(chapter: Chapter, part: str, entries: int, interview: Interview) -> bool:
    """Whether another entry is asked for: there is none yet, or the last one was begun in this interview."""
    begins = chapter.questions[0].field.rpartition(".")[2]
    return not entries or (part, entries - 1, begins) in interview.asked


def _applies(chapter: Chapter, question: Question, location: Location, content: Any) -> bool:
    if question.where is not None:
        field, wanted = question.where
        beside = (*location[:-1], field.rpartition(".")[2]) if chapter.repeats else tuple(field.split("."))
        value = value_at(content, beside)
        if not (value is not None if wanted == KNOWN else (value or "") == wanted):
            return False
    if question.opens:
        return True
    part = question.field.rpartition(".")[0]
    openers = [one for one in chapter.questions if one.opens and one.field.rpartition(".")[0] == part]
    return all(value_at(content, (*location[:-1], one.field.rpartition(".")[2])) is not None for one in openers)
