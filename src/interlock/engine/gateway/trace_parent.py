"""The caller's place in a trace of its own, as W3C Trace Context says it (https://www.w3.org/TR/trace-context/).

It is a caller's word: a trace goes on under its number, and nothing else goes by it. Not even whether it is sampled,
or a caller could keep its requests out of the spans.
"""

import re

_FORM = re.compile(r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}(?P<more>-.*)?")
NO_TRACE, NO_SPAN, NO_VERSION, FIRST_VERSION = "0" * 32, "0" * 16, "ff", "00"
CHARS_MAX = 512


def trace_parent_of(said: str) -> str | None:
    """`TRACE-SPAN` in hexadecimal, None for what is not exactly a `traceparent`; then a trace begins here."""
    found = _FORM.fullmatch(said) if len(said) <= CHARS_MAX else None
    if found is None or found["trace"] == NO_TRACE or found["span"] == NO_SPAN or found["version"] == NO_VERSION:
        return None
    if found["version"] == FIRST_VERSION and found["more"] is not None:
        return None
    return f"{found['trace']}-{found['span']}"
