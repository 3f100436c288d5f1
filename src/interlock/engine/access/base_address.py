"""Where people reach a server, for links in what leaves it."""

import re

from interlock.terms.errors import BadInput

VARIABLE = "INTERLOCK_ADDRESS"
ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]\\]+)(:[1-9][0-9]{0,4})?(/[^\s?#]*)?")


def base_address(text: str) -> str:
    """The address that VARIABLE names, without a slash at its end; "" for none.

    Raises BadInput for what is no http(s) address.
    """
    told = text.strip().rstrip("/")
    if not told:
        return ""
    if not ADDRESS.fullmatch(told) or not told.isprintable():
        raise BadInput(
            f"{VARIABLE} says where people reach the server, such as https://interlock.example.com; "
            f"'{told[:80]}' is no such address"
        )
    return told
