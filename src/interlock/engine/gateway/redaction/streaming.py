"""Redaction of an answer as it streams: what may be the beginning of a value waits until it is one or is none."""

from collections import Counter
from collections.abc import Sequence

from interlock.engine.gateway.redaction.folding import Folded, folded
from interlock.engine.gateway.redaction.numbers import CONTEXT_CHARS
from interlock.engine.gateway.redaction.redacting import Redaction, Span, mark
from interlock.terms.errors import BadInput

# Invisible characters may stand between any two; beyond so many for each that is seen, they are dropped.
INVISIBLE_EACH = 4


class StreamRedaction:
    """Values of an answer become marks such as `[EMAIL]`, for good. `counts`: how many, by kind.

    Text that cannot begin a value leaves at once. What is held back is never longer than the longest value
    (`Redaction.chars_max`); of something longer than its kind can be, the first so many characters are taken out.
    """

    def __init__(self, redaction: Redaction) -> None:
        barred = sorted(kind for kind in redaction.kinds if not kind.in_streams)
        if barred:
            raise BadInput(f"{', '.join(barred)} cannot be taken out of a stream: leave it out of redact_output.")
        self._redaction = redaction
        self._seen, self._held = "", ""
        self.counts: Counter[str] = Counter()

    def feed(self, chunk: str) -> str:
        """The next piece; what comes back may be empty."""
        return self._let_out(self._held + chunk, ended=False)

    def finish(self) -> str:
        """What was held back, at the end."""
        return self._let_out(self._held, ended=True)

    @property
    def held_chars(self) -> int:
        """How much waits."""
        return len(self._held)

    def _let_out(self, text: str, *, ended: bool) -> str:
        whole, skipped = self._seen + text, len(self._seen)
        view = folded(whole)
        since = view.position(skipped)
        spans = self._redaction.spans(view, since)
        cut = len(whole) if ended else self._cut(view, spans, since, len(whole))
        self._seen = whole[max(0, cut - CONTEXT_CHARS) : cut]
        self._held = self._bounded(whole[cut:])
        return self._marked(whole[:cut], skipped, [span for span in spans if span[0] < cut])

    def _marked(self, text: str, at: int, spans: Sequence[Span]) -> str:
        pieces = []
        for start, end, kind in spans:
            pieces += [text[at:start], mark(kind)]
            at = end
            self.counts[kind] += 1
        return "".join([*pieces, text[at:]])

    def _cut(self, view: Folded, spans: Sequence[Span], since: int, length: int) -> int:
        """Before the first value that may go on; a value that is whole is never cut in two."""
        begun = self._redaction.begun(view, since)
        cut = length if begun >= len(view.data) else view.original(begun, begun + 1)[0]
        for start, end, _ in reversed(spans):
            if start < cut < end:
                cut = start
        return cut

    def _bounded(self, held: str) -> str:
        return held if len(held) <= INVISIBLE_EACH * self._redaction.chars_max else folded(held).text
