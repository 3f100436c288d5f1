"""Does a text try to take over the model? Words and pairs of words with weights, added up over a stretch of text.

The score is that of the heaviest stretch of two blocks, each phrase counted once in it: a long text does not score for
its length, and words around an attempt neither hide nor dilute it. No weight is negative for the same reason. The
weights are data (`injection_model`), and their training can be repeated. What says outright that it is one is found by
rules, however short. Direct attempts only: see the reference page.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from interlock.engine.gateway.detectors.injection_model import ALARM_PERMILLE, BIAS, WEIGHTS
from interlock.engine.gateway.detectors.injection_rules import CERTAIN_PERMILLE, broken_rules
from interlock.engine.gateway.redaction.folding import folded
from interlock.terms.gateway.content import InjectionScore

BLOCK_WORDS = 32
PHRASES_SHOWN = 5
UNIT = 100  # weights are hundredths of a logit

_SPACE, _APOSTROPHE = 0x20, 0x27
_WORDS = bytes(
    n + 32 if 0x41 <= n <= 0x5A else n if bytes([n]).isalnum() or n == _APOSTROPHE or n >= 0xC0 else _SPACE
    for n in range(256)
)
_SINGLE = {phrase.encode("ascii"): weight for phrase, weight in WEIGHTS.items() if " " not in phrase}
_SINGLES = frozenset(_SINGLE)
# A pair is looked up by its rarer word: most words of a text are these few.
_FREQUENT = frozenset(b"the to and you your of a i is in me do for with on any does".split())
_BEFORE: dict[bytes, dict[bytes, int]] = {}  # by the second word: the first
_AFTER: dict[bytes, dict[bytes, int]] = {}
for _phrase, _weight in WEIGHTS.items():
    _first, _, _second = _phrase.encode("ascii").partition(b" ")
    if _second and _first in _FREQUENT:
        _BEFORE.setdefault(_second, {})[_first] = _weight
    elif _second:
        _AFTER.setdefault(_first, {})[_second] = _weight
_NONE: dict[bytes, int] = {}
_IN_PAIRS = frozenset(_BEFORE) | frozenset(_AFTER)

Block = dict[bytes, int]


def injection(text: str) -> InjectionScore:
    """The fact for policy. Give it what a person or a document said, not the application's own instructions."""
    data = folded(text).data
    weighed = _weighed(_words(data))
    rules = broken_rules(data)
    if not rules:
        return weighed
    return InjectionScore(
        max(weighed.permille, CERTAIN_PERMILLE), alarm=True, phrases=(*rules, *weighed.phrases)[:PHRASES_SHOWN]
    )


def words_of(text: str) -> list[bytes]:
    """Lower-case words, one byte a character; accents, look-alikes and invisible characters folded away."""
    return _words(folded(text).data)


def _words(data: bytes) -> list[bytes]:
    return data.translate(_WORDS).split()


def _weighed(words: list[bytes]) -> InjectionScore:
    starts = range(0, len(words), BLOCK_WORDS)
    blocks: list[Block] = [
        {word: _SINGLE[word] for word in _SINGLES.intersection(words[at : at + BLOCK_WORDS])} for at in starts
    ]
    for at in [at for at, word in enumerate(words) if word in _IN_PAIRS]:
        _pairs_at(words, at, blocks)
    return _said(max(_stretches(blocks), key=_weight_of, default={}))


def _pairs_at(words: list[bytes], at: int, blocks: list[Block]) -> None:
    word = words[at]
    if at and (weight := _BEFORE.get(word, _NONE).get(words[at - 1])):
        blocks[(at - 1) // BLOCK_WORDS][words[at - 1] + b" " + word] = weight
    if at + 1 < len(words) and (weight := _AFTER.get(word, _NONE).get(words[at + 1])):
        blocks[at // BLOCK_WORDS][word + b" " + words[at + 1]] = weight


def _singles(words: list[bytes]) -> Block:
    return {word: _SINGLE[word] for word in _SINGLES.intersection(words)}


def phrases_of(words: Sequence[bytes]) -> Iterator[set[bytes]]:
    """All words and pairs of each stretch of a text: what a model is trained on. A pair is where its first word is."""
    blocks = [words[at : at + BLOCK_WORDS + 1] for at in range(0, len(words), BLOCK_WORDS)]
    found = [{*block[:BLOCK_WORDS], *map(b" ".join, pairwise(block))} for block in blocks]
    if len(found) < 2:
        yield from found
    for first, second in pairwise(found):
        yield first | second


def _stretches(blocks: Sequence[Block]) -> Iterator[Block]:
    if len(blocks) == 1:
        yield blocks[0]
    for first, second in pairwise(blocks):
        yield first | second


def _weight_of(stretch: Block) -> int:
    return sum(stretch.values())


def _said(stretch: Block) -> InjectionScore:
    permille = round(1000 / (1 + math.exp(-(BIAS + _weight_of(stretch)) / UNIT)))
    heaviest = sorted(stretch, key=lambda phrase: (-stretch[phrase], phrase))[:PHRASES_SHOWN]
    return InjectionScore(permille, permille >= ALARM_PERMILLE, tuple(phrase.decode("ascii") for phrase in heaviest))
