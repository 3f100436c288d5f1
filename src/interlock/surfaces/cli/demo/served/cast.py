"""Who looks at the served sample. They are invented, as everybody in it."""

from typing import NamedTuple

from interlock.terms.access import Role


class DemoAccount(NamedTuple):
    """Somebody whom a visitor of the sample can be."""

    name: str
    role: Role


# Names as the sample has them: what they may decide is theirs by the definitions too.
ACCOUNTS = (
    DemoAccount("Tess Okoro", Role.LEADER),
    DemoAccount("Mara Lind", Role.VALUE_OWNER),
    DemoAccount("Ivo Brandt", Role.SAFETY_OWNER),
    DemoAccount("Noa Weiss", Role.REVIEWER),
    DemoAccount("Ada Quist", Role.AUDITOR),
    DemoAccount("Jon Reyes", Role.ADMINISTRATOR),
)
COLLEAGUE = "Ravi Anand"  # decides what waits longest, so that the queue of the sample stays a short one
SECOND_COLLEAGUE = "Lior Adler"
DESK = "ticket desk"
