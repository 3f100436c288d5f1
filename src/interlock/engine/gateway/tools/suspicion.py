"""Does what a tool server says of a tool read like instructions to the model? Its words are not to be trusted."""

import re
from functools import lru_cache

from interlock.engine.gateway.detectors.injection import injection
from interlock.engine.gateway.redaction.folding import folded

TEXTS_KEPT = 8_192  # a list of tools is looked through each time that it is asked for
# What descriptions that take a model over were seen to say; no tool needs any of it. Gaps are short, so that no text
# takes long.
_SIGNS = tuple(
    re.compile(sign)
    for sign in (
        rb"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules|guidelines|prompts?)\b",
        rb"\b(?:do not|don.?t|never|without)\b.{0,30}"
        rb"\b(?:mention|tell|inform|reveal|notify|show|say)\w*\b.{0,40}\busers?\b",
        rb"<\s*/?\s*(?:important|system|secret|instructions?|admin)\s*>",
        rb"\bsystem prompt\b",
        rb"(?:\.ssh\b|\bid_rsa\b|\.aws/credentials|\bmcp\.json\b|/etc/passwd)",
        rb"\b(?:exfiltrat\w+|jailbreak\w*)\b",
    )
)


@lru_cache(maxsize=TEXTS_KEPT)
def reads_like_instructions(text: str) -> bool:
    """By the detector of attacks on prompts, and by what such descriptions were seen to say. It can miss one: what
    holds is that people looked at exactly this schema.
    """
    seen = b" ".join(folded(text).data.lower().split())
    return injection(text).alarm or any(sign.search(seen) for sign in _SIGNS)
