"""Whether another site had a browser send a request: every browser of today says so."""

from collections.abc import Mapping

OWN = frozenset({"same-origin", "none"})


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether a page of another site sent it. Programs say nothing of the kind: theirs are not foreign."""
    if headers.get("sec-fetch-site", "none") not in OWN:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower()
