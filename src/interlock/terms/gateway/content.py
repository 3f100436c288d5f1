"""What is looked for in the text of a request: personal data, values known by name, secrets, attempts to take over."""

from dataclasses import dataclass, field
from enum import StrEnum


class PersonalKind(StrEnum):
    """Kinds of personal data that are found by their form. Nothing here finds names: those are handed in."""

    EMAIL = "email"
    PHONE = "phone"
    CREDIT_CARD = "credit_card"
    IBAN = "iban"
    US_SSN = "us_ssn"
    IP_ADDRESS = "ip_address"
    SECRET = "secret"  # noqa: S105  # not personal, and taken out the same way: keys, tokens, passwords

    @property
    def in_streams(self) -> bool:
        """Whether it can be taken out of an answer as it streams; a private key is longer than what may be held."""
        return self is not PersonalKind.SECRET


@dataclass(frozen=True, slots=True)
class Entity:
    """One exact value that must not leave (a name, an address, an account number), and what its pseudonym calls it.

    `label`: lower-case letters and `_`, at most 20. It is found whatever its case, on word boundaries.
    """

    value: str
    label: str = "name"


@dataclass(frozen=True, slots=True)
class SecretsFound:
    """How many secrets of which kind stand in a text; never their values. Empty: none was found."""

    counts: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class InjectionScore:
    """How much a text reads like an attempt to take over the model: 0 to 1000, and whether that is an alarm.

    `phrases` are those of the detector's own list that weighed most, heaviest first; never the client's text.
    """

    permille: int
    alarm: bool
    phrases: tuple[str, ...] = ()
