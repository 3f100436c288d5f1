"""What a password must be: long, and not what anybody would try first. Nothing is asked about kinds of characters."""

from interlock.engine.rollout.people import known_as

CHARACTERS_MIN, CHARACTERS_MAX = 12, 1_000
DIFFERENT_MIN = 5
RULE = f"at least {CHARACTERS_MIN} characters, such as four words that do not belong together"


def fault_of_password(password: str, *, name: str) -> str | None:
    """What is wrong with a new password for that person, in words for them; None where it will do."""
    if len(password) < CHARACTERS_MIN:
        return f"it has {len(password)} characters: take {RULE}"
    if len(password) > CHARACTERS_MAX:
        return f"it has {len(password):,} characters, at most {CHARACTERS_MAX:,} are taken"
    folded = known_as(password)
    if len(set(folded)) < DIFFERENT_MIN:
        return f"it is made of {len(set(folded))} different characters only: take {RULE}"
    left = folded
    for part in sorted(known_as(name).split(), key=len, reverse=True):  # a part may be within another one
        left = left.replace(part, "")
    if len("".join(left.split())) < CHARACTERS_MIN // 2:
        return "it is little more than your name: take one that nobody would try first"
    return None
