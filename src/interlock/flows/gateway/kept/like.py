"""Which kept answer was given to a question that means the same: an index over kept answers, beside their own keys."""

from collections import OrderedDict

from interlock.engine.gateway.routing.likeness import Meaning, nearest
from interlock.flows.gateway.kept.exact import Kept, KeptAnswers, Whose

LIKE_MAX = 256
MEANINGS_BYTES_MAX = 32 * 1024 * 1024


class LikeAnswers:
    """Of one process. Under each key, of everything but the question, the meanings of at most `LIKE_MAX` questions,
    the newest; at most `bytes_max` of vectors in all, of which the key that was not used for longest goes first.
    """

    def __init__(self, kept: KeptAnswers, *, bytes_max: int = MEANINGS_BYTES_MAX) -> None:
        self._kept, self._bytes_max = kept, bytes_max
        self._known: OrderedDict[bytes, dict[Meaning, bytes]] = OrderedDict()
        self.n_bytes = 0

    def find(self, key: bytes, owner: Whose, asked: Meaning, *, least: float) -> Kept | None:
        """The answer to the question most like the one that is asked, where it is still kept, and this owner's."""
        questions = self._known.get(key)
        while questions:
            like = nearest(asked, questions, least=least)
            if like is None:
                return None
            found = self._kept.find(questions[like], owner)
            if found is not None:
                self._known.move_to_end(key)
                return found
            self._drop(key, like)
        return None

    def keep(self, key: bytes, question: Meaning, kept_as: bytes) -> None:
        """What a question means whose answer is kept under `kept_as`."""
        for known in [one for one, other in self._known.get(key, {}).items() if other == kept_as]:
            self._drop(key, known)
        questions = self._known.setdefault(key, {})
        self._known.move_to_end(key)
        questions[question] = kept_as
        self.n_bytes += question.n_bytes
        if len(questions) > LIKE_MAX:
            self._drop(key, next(iter(questions)))
        while self.n_bytes > self._bytes_max:
            oldest = next(iter(self._known))
            self._drop(oldest, next(iter(self._known[oldest])))

    def _drop(self, key: bytes, question: Meaning) -> None:
        questions = self._known[key]
        del questions[question]
        self.n_bytes -= question.n_bytes
        if not questions:
            del self._known[key]
