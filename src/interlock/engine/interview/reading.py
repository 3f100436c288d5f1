"""What the words of an answer mean; a BadInput says how to write it instead."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from interlock.terms.errors import BadInput
from interlock.terms.interview import AnswerKind, Question

_NUMBER = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.\d{1,9})?")
_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def value_of(question: Question, said: str) -> Any:
    """The value as a definition file holds it. Raises BadInput where the words cannot be read as what is asked for."""
    words = " ".join(said.split())
    return _READ[question.kind](words, question)


def _words(words: str, question: Question) -> str:
    del question  # words are taken as they are
    return words


def _names(words: str, question: Question) -> list[str]:
    bare = words.removeprefix("[").removesuffix("]")
    parts = [part.strip() for part in bare.split(";" if ";" in bare else ",")]
    names = [part for part in parts if part]
    if not names:
        raise BadInput(f"'{words}' names nothing; separate several with commas{_such_as(question)}")
    return names


def _number(words: str, question: Question) -> float | int:
    bare = words.removeprefix("$").removesuffix("%").removesuffix("USD").strip()
    if _NUMBER.fullmatch(bare) is None:
        raise BadInput(f"'{words}' is no number; write one such as {question.example or '1200'} or 0.5")
    return _plain(Decimal(bare.replace(",", "")))


def _share(words: str, question: Question) -> float | int:
    number = _number(words, question)
    if words.endswith("%"):
        return _plain(Decimal(str(number)) / 100)
    if number > 1:
        raise BadInput(f"'{words}' is over 1, which is all of them; write {words} % or {number / 100:g}")
    return number


def _plain(number: Decimal) -> float | int:
    return int(number) if number == number.to_integral_value() else float(number)


def _choice(words: str, question: Question) -> str:
    near = [name for name in question.choices if name.startswith(words.casefold())]
    if words.casefold() in question.choices:
        return words.casefold()
    if len(near) != 1:
        raise BadInput(f"'{words}' is none of {', '.join(question.choices)}; write one of them")
    return near[0]


def _yes_no(words: str, question: Question) -> bool:
    del question
    if words.casefold() not in _YES_NO:
        raise BadInput(f"'{words}' is neither yes nor no; write one of them")
    return _YES_NO[words.casefold()]


def _such_as(question: Question) -> str:
    return f", such as {question.example}" if question.example else ""


_READ: Mapping[AnswerKind, Callable[[str, Question], Any]] = {
    AnswerKind.WORDS: _words,
    AnswerKind.NAMES: _names,
    AnswerKind.NUMBER: _number,
    AnswerKind.SHARE: _share,
    AnswerKind.DATE: _words,  # the file's own reader knows what a date is
    AnswerKind.CHOICE: _choice,
    AnswerKind.YES_NO: _yes_no,
}
