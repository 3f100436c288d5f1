"""Hand-written Cedar taken apart into its rules, each with its line; what a parser could choke on is refused first."""

import re
from dataclasses import dataclass

# Cedar's parser is recursive: brackets some hundred deep, or chains of a thousand operators, end the whole process.
NESTED_MAX = 40
WORDS_MAX = 600
_TOKEN = re.compile(r'(?P<blank>\s+|//[^\n]*)|(?P<literal>"(?:\\.|[^"\\])*"|\d+|,)|\w+|&&|\|\||[=!<>]=|::|.', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule: its text with the comments before it, the line of its first word, and why it is not to be parsed."""

    text: str
    line: int
    refused: str = ""


def statements_of(text: str) -> tuple[Statement, ...]:
    """The rules of a text, in order. A last one without its semicolon is refused."""
    found: list[Statement] = []
    start, first, words, depth, deepest = 0, -1, 0, 0, 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if token["blank"]:
            continue
        first = token.start() if first < 0 else first
        words += not token["literal"]
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
        if sign == ";":
            found.append(_statement(text, start, first, token.end(), _too_much(words, deepest)))
            start, first, words, depth, deepest = token.end(), -1, 0, 0, 0
    if first >= 0:
        found.append(_statement(text, start, first, len(text), "does not end with a semicolon"))
    return tuple(found)


def _statement(text: str, start: int, first: int, end: int, refused: str) -> Statement:
    return Statement(text[start:end].strip(), text.count("\n", 0, first) + 1, refused)


def _too_much(words: int, deepest: int) -> str:
    if deepest > NESTED_MAX:
        return f"has brackets {deepest} deep, at most {NESTED_MAX}: split it into several rules"
    return f"has {words} words and signs, at most {WORDS_MAX}: split it into several rules" if words > WORDS_MAX else ""
