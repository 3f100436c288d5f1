"""Hand-written Cedar taken apart into its rules, each with its line; what a parser could choke on is refused first."""

import re
from dataclasses import dataclass

# Cedar's parser is recursive: brackets some hundred deep, or long chains of operators, overflow the stack and end the
# whole process. These hold on a stack of 1 MiB; the engine's own limit of 100 levels comes after that.
NESTED_MAX = 40
CHAINED_MAX = 100
_TOKEN = re.compile(r'(?P<blank>\s+|//[^\n]*)|"(?:\\.|[^"\\])*"|(?P<word>\w+)|&&|\|\||[=!<>]=|::|.', re.DOTALL)
_CHAINS = frozenset({"&&", "||", "+", "-", "*", "!", "if"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule: its text with the comments before it, the line of its first word, and why it is not to be parsed."""

    text: str
    line: int
    refused: str = ""


@dataclass(slots=True)
class _Size:
    """How deep a parser would have to go for the tokens seen so far."""

    depth: int = 0
    deepest: int = 0
    chained: int = 0
    dots: int = 0
    most_dots: int = 0

    def add(self, sign: str, *, is_word: bool) -> None:
        self.depth += (sign in "([{") - (sign in ")]}")
        self.deepest = max(self.deepest, self.depth)
        self.chained += sign in _CHAINS
        self.dots = self.dots + 1 if sign == "." else self.dots if is_word else 0
        self.most_dots = max(self.most_dots, self.dots)

    def refused(self) -> str:
        if self.deepest > NESTED_MAX:
            return f"has brackets {self.deepest:,} deep, at most {NESTED_MAX}: split it into several rules"
        links = max(self.chained, self.most_dots)
        if links > CHAINED_MAX:
            return f"joins {links:,} conditions or parts, at most {CHAINED_MAX}: split it into several rules"
        return ""


def statements_of(text: str) -> tuple[Statement, ...]:
    """The rules of a text, in order. A last one without its semicolon is refused."""
    found: list[Statement] = []
    start, first, size = 0, -1, _Size()
    for token in _TOKEN.finditer(text):
        if token["blank"]:
            continue
        first = token.start() if first < 0 else first
        size.add(token[0], is_word=token["word"] is not None)
        if token[0] == ";":
            found.append(_statement(text, start, first, token.end(), size.refused()))
            start, first, size = token.end(), -1, _Size()
    if first >= 0:
        found.append(_statement(text, start, first, len(text), "does not end with a semicolon"))
    return tuple(found)


def _statement(text: str, start: int, first: int, end: int, refused: str) -> Statement:
    return Statement(text[start:end].strip(), text.count("\n", 0, first) + 1, refused)
