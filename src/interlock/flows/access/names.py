"""Names of tokens and hooks: each is used once, so that what is on record under a name stays its own."""

from collections.abc import Collection

from interlock.engine.rollout.people import known_as
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

NAME_MAX = 100


def check_new_name(name: str, used: Collection[str], *, by: Person) -> str:
    """The name without blanks around it. Raises BadInput for one that cannot be, or was used before."""
    name = name.strip()
    if not known_as(by.name):
        raise BadInput("say who you are: --as NAME")
    if not name or len(name) > NAME_MAX or not name.isprintable() or "@" in name or "/" in name:
        raise BadInput(f"a name is 1 to {NAME_MAX} printable characters without '@' and '/', not {name!r}")
    if name in used:
        raise BadInput(f"'{name}' was used before, and what it did is on record: take another name")
    return name
