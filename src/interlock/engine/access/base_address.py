"""Where people reach a server, for links in what leaves it."""

from urllib.parse import urlsplit

from interlock.terms.errors import BadInput

VARIABLE = "INTERLOCK_ADDRESS"


def base_address(text: str) -> str:
    """The address that VARIABLE names, without a slash at its end; "" for none.

    Raises BadInput for what is no http(s) address.
    """
    told = text.strip().rstrip("/")
    if not told:
        return ""
    try:
        parts = urlsplit(told)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username or not told.isprintable() or " " in told:
        raise BadInput(
            f"{VARIABLE} says where people reach the server, such as https://interlock.example.com; "
            f"'{told[:80]}' is no such address"
        )
    return told
