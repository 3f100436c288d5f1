"""Commands under a second name, such as `interlock gateway key create`."""

from collections.abc import Callable
from typing import NamedTuple


class SubGroup(NamedTuple):
    """What they are for, and the list of them as (name, function)."""

    words: str
    commands: tuple[tuple[str, Callable[..., None]], ...]
