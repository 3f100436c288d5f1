"""Does a text try to take over the model? Words and pairs of words with weights, added up over a stretch of text.

The score is that of the heaviest stretch of two blocks, each phrase counted once in it: a long text does not score for
its length, and words around an attempt neither hide nor dilute it. No weight is negative for the same reason. The
weights are data (`injection_model`), and their training can be repeated. What says outright that it is one is found by
rules, however short. Direct attempts only: see the reference page.

Most texts are far from an attempt, and that is seen first: what the words of a text could weigh at most, with every
pair of theirs, takes a fifth of the time of weighing it.
"""

import math
from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from interlock.engine.gateway.detectors.injection_model import ALARM_PERMILLE, BIAS, WEIGHTS
from interlock.engine.gateway.detectors.injection_rules import CERTAIN_PERMILLE, broken_rules
from interlock.engine.gateway.redaction.folding import folded
from interlock.terms.gateway.content import InjectionScore

BLOCK_WORDS = 32
BOUNDED_WORDS = 4 * BLOCK_WORDS  # more of them weigh too much together to tell anything of a stretch
PHRASES_SHOWN = 5
UNIT = 100  # weights are hundredths of a logit
FLOOR_PERMILLE = 500  # a text that rather is none has no score: nobody needs to know how far from one it is

_SPACE, _APOSTROPHE = 0x20, 0x27
_WORDS = bytes(
    n + 32 if 0x41 <= n <= 0x5A else n if bytes([n]).isalnum() or n == _APOSTROPHE or n >= 0xC0 else _SPACE
    for n in range(256)
)
# A pair is looked up by its rarer word: most words of a text are these few.
_FREQUENT = frozenset(b"the to and you your of a i is in me do for with on any does".split())
_SINGLE: dict[bytes, int] = {}
_PAIRS: dict[bytes, list[tuple[bytes, bytes, int]]] = {}  # as it stands between others, as it is said, what it weighs
_AT_MOST: dict[bytes, int] = {}  # a word, with all pairs that are looked up by it
for _phrase, _weight in WEIGHTS.items():
    _first, _, _second = _phrase.encode("ascii").partition(b" ")
    _rarer = _second if _second and _first in _FREQUENT else _first
    _AT_MOST[_rarer] = _AT_MOST.get(_rarer, 0) + _weight
    if _second:
        _pair = _first + b" " + _second
        _PAIRS.setdefault(_rarer, []).append((b" %b " % _pair, _pair, _weight))
    else:
        _SINGLE[_first] = _weight
_TELLING, _SINGLES, _IN_PAIRS = frozenset(_AT_MOST), frozenset(_SINGLE), frozenset(_PAIRS)
_weight_at_most = _AT_MOST.__getitem__

Stretch = dict[bytes, int]
NO_SCORE = InjectionScore(0, alarm=False)


def permille_of(weight: int) -> int:
    """The score of a stretch of this weight: the logistic function."""
    return round(1000 / (1 + math.exp(-(BIAS + weight) / UNIT)))


_FLOOR_WEIGHT = next(weight for weight in range(sum(WEIGHTS.values())) if permille_of(weight) >= FLOOR_PERMILLE)


def injection(text: str, *, rules: bool = True) -> InjectionScore:
    """The fact for policy. Give it what a person or a document said, not the application's own instructions.

    `rules`: whether any of them can be broken; who looked and knows that none is need not look again.
    """
    data = folded(text).data
    weighed = _weighed(_words(data))
    broken = broken_rules(data) if rules else ()
    if not broken:
        return weighed
    return InjectionScore(
        max(weighed.permille, CERTAIN_PERMILLE), alarm=True, phrases=(*broken, *weighed.phrases)[:PHRASES_SHOWN]
    )


def words_of(text: str) -> list[bytes]:
    """Lower-case words, one byte a character; accents, look-alikes and invisible characters folded away."""
    return _words(folded(text).data)


def _words(data: bytes) -> list[bytes]:
    return data.translate(_WORDS).split()


def _weighed(words: list[bytes]) -> InjectionScore:
    if len(words) <= BOUNDED_WORDS:
        telling = _TELLING.intersection(words)
        if _at_most(telling) < _FLOOR_WEIGHT:
            return NO_SCORE
        stretch = _phrases_in(words, telling, len(words))
        weight = sum(stretch.values())
        if weight < _FLOOR_WEIGHT or len(words) <= 2 * BLOCK_WORDS:
            return _said(stretch, weight)
    stretch = _heaviest(words)
    return _said(stretch, sum(stretch.values()))


def _heaviest(words: list[bytes]) -> Stretch:
    """The heaviest stretch that is not below the floor; they are weighed in the order of what they could be."""
    # A pair is in the block of its first word, so the last one of a block may end a word later.
    blocks = [words[at : at + BLOCK_WORDS + 1] for at in range(0, len(words), BLOCK_WORDS)]
    telling = list(map(_TELLING.intersection, blocks))
    most = list(map(sum, pairwise(map(_at_most, telling))))
    heaviest, weight, known = Stretch(), _FLOOR_WEIGHT - 1, dict[int, Stretch]()
    for n in sorted(range(len(most)), key=most.__getitem__, reverse=True):
        if most[n] <= weight:
            break
        for block in (n, n + 1):
            if block not in known:
                known[block] = _phrases_in(blocks[block], telling[block], BLOCK_WORDS)
        stretch = known[n] | known[n + 1]
        if (found := sum(stretch.values())) > weight:
            heaviest, weight = stretch, found
    return heaviest


def _at_most(telling: Set[bytes]) -> int:
    """What words can weigh, whatever their order."""
    return sum(map(_weight_at_most, telling))


def _phrases_in(words: list[bytes], telling: Set[bytes], single: int) -> Stretch:
    """The phrases in a row of words: pairs in all of them, single words in so many from the left."""
    found = {word: _SINGLE[word] for word in telling & _SINGLES}
    if len(words) > single and words[single] in found and words[single] not in words[:single]:
        del found[words[single]]
    told = b" %b " % b" ".join(words)
    pairs = {phrase: weight for word in telling & _IN_PAIRS for pair, phrase, weight in _PAIRS[word] if pair in told}
    return found | pairs


def phrases_of(words: Sequence[bytes]) -> Iterator[set[bytes]]:
    """All words and pairs of each stretch of a text: what a model is trained on. A pair is where its first word is."""
    blocks = [words[at : at + BLOCK_WORDS + 1] for at in range(0, len(words), BLOCK_WORDS)]
    found = [{*block[:BLOCK_WORDS], *map(b" ".join, pairwise(block))} for block in blocks]
    if len(found) < 2:
        yield from found
    for first, second in pairwise(found):
        yield first | second


def _said(stretch: Stretch, weight: int) -> InjectionScore:
    if weight < _FLOOR_WEIGHT:
        return NO_SCORE
    permille = permille_of(weight)
    heaviest = sorted(stretch, key=lambda phrase: (-stretch[phrase], phrase))[:PHRASES_SHOWN]
    return InjectionScore(permille, permille >= ALARM_PERMILLE, tuple(phrase.decode("ascii") for phrase in heaviest))
