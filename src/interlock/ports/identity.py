"""How people show who they are: passwords, codes of a second factor, and a provider that knows them already."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


class PasswordHashing(Protocol):
    """Passwords as they are kept. Slow on purpose; a process makes few at once."""

    def hashed(self, password: str) -> bytes:
        """What is kept of a password. Raises Unavailable where too many wait for theirs."""
        ...

    def is_right(self, password: str, kept: bytes | None) -> bool:
        """Whether this is the password. Where nothing is kept (None) the answer is no, after as much work."""
        ...

    def is_old(self, kept: bytes) -> bool:
        """Whether it was kept under weaker parameters than those of today."""
        ...


class OneTimeCodes(Protocol):
    """Codes that an app on a telephone makes from a seed and the time (RFC 6238)."""

    def step(self, seed: bytes, code: str, at: dt.datetime) -> int | None:
        """The step of time that this is the code of, the present one or a neighbour; None where it is none of them."""
        ...

    def address(self, seed: bytes, name: str) -> str:
        """What the app is told (otpauth://), with the seed in it."""
        ...

    def picture(self, address: str) -> str:
        """The same as a picture that a telephone reads: an SVG element without styles."""
        ...


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser carries to the provider and back: only with all of it can the answer be used. Secret."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom a provider knows: its own address, and who that is to it. `email` is None where it has not verified one."""

    issuer: str
    subject: str
    email: str | None


class SingleSignOn(Protocol):
    """A provider of OpenID Connect."""

    @property
    def name(self) -> str:
        """What people know it by: its host."""
        ...

    def begin(self, back_to: str) -> tuple[str, Errand]:
        """The address to send somebody to, and what their browser is to carry. Raises Unavailable."""
        ...

    def finish(self, errand: Errand, answer: str, back_to: str) -> Vouched:
        """Who came back with this answer (the whole address).

        Raises Refused where it does not fit the errand or the provider said no, Unavailable where it cannot be asked.
        """
        ...
