"""What takes kinds of personal data out of everything that one call answers: the same value, the same pseudonym."""

from collections.abc import Mapping
from functools import lru_cache

from interlock.engine.gateway.redaction.redacting import Redaction, compiled
from interlock.engine.gateway.tools.cleaning import Clean

KEPT_MAX = 256
_JSON = ("{", "[")


def cleaner(kinds: tuple[str, ...]) -> Clean | None:
    """For one call; None where nothing has to be taken out. Raises BadInput for a kind that is not known."""
    if not kinds:
        return None
    request = _compiled(kinds).begin()

    def clean(text: str) -> tuple[str, Mapping[str, int]]:
        before = request.counts.copy()
        # Tools answer JSON as text; in it a value may be spelt with escapes.
        without = request.redact_json(text) if text.lstrip().startswith(_JSON) else request.redact(text)
        return without, request.counts - before

    return clean


@lru_cache(maxsize=KEPT_MAX)
def _compiled(kinds: tuple[str, ...]) -> Redaction:
    return compiled(kinds)
