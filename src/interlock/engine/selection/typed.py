"""Answers about whether AI fits, as somebody typed them."""

import math
from collections.abc import Mapping

from interlock.terms.ai_fit import AnswerKind, FitAnswers, FitPack, FitQuestion

TEXT_MAX = 1_000


def typed_answers(pack: FitPack, name: str, typed: Mapping[str, str]) -> tuple[FitAnswers, Mapping[str, str]]:
    """The answers, by question, and what is wrong with those that cannot be used. What is empty is unknown."""
    values: dict[str, str | float] = {}
    faults = {}
    for one in pack.questions:
        text = typed.get(one.id, "").strip()
        if not text:
            continue
        try:
            values[one.id] = _answer(one, text)
        except ValueError as exc:
            faults[one.id] = str(exc)
    return FitAnswers(name, values), faults


def _answer(question: FitQuestion, text: str) -> str | float:
    if len(text) > TEXT_MAX:
        raise ValueError(f"shorten it to {TEXT_MAX:,} characters; it has {len(text):,}")
    if question.kind is AnswerKind.CHOICE and text not in question.options:
        raise ValueError(f"choose {' or '.join(question.options)}, or leave it open")
    if question.kind is not AnswerKind.NUMBER:
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise ValueError("write a number of at least 0, such as 1200, or leave it open")
    return number
