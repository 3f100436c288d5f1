"""What an answer goes through on its way back: personal data out, forbidden phrases stopped, original values in."""

from collections import Counter
from collections.abc import Sequence

from interlock.engine.gateway.redaction.phrases import PhraseStop
from interlock.engine.gateway.redaction.redacting import Redaction, compiled
from interlock.engine.gateway.redaction.streaming import StreamRedaction
from interlock.engine.gateway.wire.streams.filtering import TextFilter
from interlock.flows.gateway.request.content import Looked
from interlock.terms.gateway.traffic import TrafficPlan


class AnswerFilters:
    """Makes the filter of each block of text of one answer. `counts`: what was taken out of it, by kind."""

    def __init__(self, plan: TrafficPlan, looked: Looked) -> None:
        self._output: Redaction | None = compiled(plan.redact_output) if plan.redact_output else None
        self._phrases = plan.forbidden_output
        self._request = looked.redaction if plan.restore and looked.redacted else None
        self._redactions: list[StreamRedaction] = []

    @property
    def needed(self) -> bool:
        """Whether an answer could be changed at all."""
        return bool(self._output or self._phrases or self._request)

    @property
    def counts(self) -> dict[str, int]:
        """What was taken out so far, by kind."""
        return dict(sum((one.counts for one in self._redactions), Counter[str]()))

    def __call__(self) -> TextFilter:
        """A filter for one block."""
        chain: list[TextFilter] = []
        if self._output is not None:
            redaction = StreamRedaction(self._output)
            self._redactions.append(redaction)
            chain.append(redaction)
        if self._phrases:
            chain.append(PhraseStop(self._phrases))
        if self._request is not None:
            chain.append(self._request.restorer())
        return _Chain(chain)

    def whole(self, texts: Sequence[str]) -> list[str]:
        """Complete texts, each by itself. Raises ForbiddenPhrase."""
        found = []
        for text in texts:
            one = self()
            found.append(one.feed(text) + one.finish())
        return found


class _Chain:
    """Each filter gets what the one before it lets go."""

    def __init__(self, filters: Sequence[TextFilter]) -> None:
        self._filters = filters

    def feed(self, text: str) -> str:
        for one in self._filters:
            text = one.feed(text)
        return text

    def finish(self) -> str:
        text = ""
        for one in self._filters:
            text = (one.feed(text) if text else "") + one.finish()
        return text
