"""Accounts of people, and who is signed in. Times are RFC 3339 in UTC; no secret is part of any of these."""

from dataclasses import dataclass

from interlock.terms.access import RoleAt


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is good once, for setting a password: its digest, until when, and the entry that made it."""

    sha256: str
    until: str
    entry: int


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it is on record.

    `name` is the person's as definitions write it. `password_at` and `second_factor_at` say since when there is one.
    `link` is one that was not used yet. Sessions that began before the entry `sessions_from` have ended.
    """

    name: str
    roles: tuple[RoleAt, ...]
    created_by: str
    created_at: str
    sessions_from: int
    closed_at: str | None = None
    password_at: str | None = None
    second_factor_at: str | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in: since when, until when at most, and `how` they showed who they are."""

    name: str
    sha256: str
    begun_at: str
    until: str
    how: str
    entry: int
