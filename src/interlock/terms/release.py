"""What a release changed against the one before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. `voids`: it acts or constrains, so that it makes another release."""

    field: str
    old: str
    new: str
    voids: bool


@dataclass(frozen=True, slots=True)
class ReleaseMade:
    """A release that was defined, or that was amended (`amends`: the same release with other words).

    `changes` are those against the one before; none are known of the `first` that is on record or shown.
    """

    release: str
    by: str
    at: str
    entry: int
    amends: bool
    first: bool
    changes: tuple[FieldChange, ...]
