"""Redaction of an answer as it streams: what may be the beginning of a value waits until it is one or is none."""

import json
from collections import Counter
from collections.abc import Sequence

from interlock.engine.gateway.redaction.escapes import Read, as_written, unescaped
from interlock.engine.gateway.redaction.folding import Folded, folded
from interlock.engine.gateway.redaction.numbers import CONTEXT_CHARS
from interlock.engine.gateway.redaction.redacting import Redaction, Span, mark
from interlock.terms.errors import BadInput

# Invisible characters may stand between any two, and each may be an escape; of what is longer they are dropped.
WRITTEN_EACH = 12


class StreamRedaction:
    """Values of an answer become marks such as `[EMAIL]`, for good. `counts`: how many, by kind.

    Text that cannot begin a value leaves at once. What is held back is never longer than the longest value
    (`Redaction.chars_max`); of something longer than its kind can be, the first so many characters are taken out.
    `escaped`: the text stands in a JSON string, as the arguments of a tool call do; it stays one.
    """

    def __init__(self, redaction: Redaction, *, escaped: bool = False) -> None:
        barred = sorted(kind for kind in redaction.kinds if not kind.in_streams)
        if barred:
            raise BadInput(f"{', '.join(barred)} cannot be taken out of a stream: leave it out of redact_output.")
        self._redaction = redaction
        self._read = unescaped if escaped else as_written
        self._escaped = escaped
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
        read = self._read(text)
        skipped = len(self._seen)
        whole = self._seen + read.plain
        view = folded(whole)
        since = view.position(skipped)
        spans = self._redaction.spans(view, since)
        cut = len(whole) if ended else self._cut(view, spans, since, len(whole))
        end = len(text) if ended else read.written(cut - skipped)
        out = self._marked(text[:end], read, [span for span in spans if span[0] < cut], skipped)
        self._seen = whole[max(0, cut - CONTEXT_CHARS) : cut]
        self._held = self._bounded(text[end:], whole[cut:])
        return out

    def _marked(self, text: str, read: Read, spans: Sequence[Span], skipped: int) -> str:
        pieces, at = [], 0
        for start, end, kind in spans:
            pieces += [text[at : read.written(start - skipped)], mark(kind)]
            at = read.written(end - skipped)
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

    def _bounded(self, held: str, plain: str) -> str:
        if len(held) <= WRITTEN_EACH * max(1, self._redaction.chars_max):
            return held
        seen = folded(plain).text
        return json.dumps(seen, ensure_ascii=False)[1:-1] if self._escaped else seen
