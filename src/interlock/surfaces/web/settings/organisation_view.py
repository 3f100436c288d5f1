"""The organisation as it is typed, and what a change of it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from interlock.surfaces.web.forms import Form
from interlock.terms.council import Organisation, Responsibility
from interlock.terms.council_pack import CouncilPack
from interlock.terms.words import plural

TEXT_MAX = 64 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be otherwise, in words; "" for nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One responsibility in the form, as it is on record."""

    id: str
    title: str
    owner: str
    consulted: str


def organisation_title(organisation: Organisation | None, known: CouncilPack) -> str:
    """The conclusion."""
    if organisation is None:
        return "Organisation: nobody described it yet"
    held = sum(bool(one.owners) for one in organisation.responsibilities)
    total = plural(len(known.responsibilities), "responsibility", "responsibilities")
    return f"{organisation.name}: {held} of {total} have an owner"


def asked_of(organisation: Organisation | None, known: CouncilPack) -> tuple[Asked, ...]:
    """All responsibilities, in order."""
    held = {} if organisation is None else {one.id: one for one in organisation.responsibilities}
    nobody = Responsibility("", ())
    return tuple(
        Asked(name, title, ", ".join(held.get(name, nobody).owners), ", ".join(held.get(name, nobody).consulted))
        for name, title in known.responsibilities.items()
    )


def typed_parts(form: Form, known: CouncilPack) -> Mapping[str, Any]:
    """What was typed, as the parts of a description (ports.organisations.OrganisationFiles.of)."""
    days = form.text("meets_every_days")
    held = {
        name: {"owner": _names(form.text(f"owner.{name}")), "consulted": _names(form.text(f"consulted.{name}"))}
        for name in known.responsibilities
    }
    return {
        "organisation": form.text("name"),
        "council": _names(form.raw("council").replace("\n", ",")),
        "meets_every_days": int(days) if days.isascii() and days.isdigit() and len(days) < 6 else days,
        "responsibilities": held,
    }


def field_of(fault: str) -> str:
    """The field of the form that a fault is about."""
    place = fault.partition(":")[0].split(".")
    if place[0] == "responsibilities" and len(place) > 2:
        return f"{place[2]}.{place[1]}"
    return {"organisation": "name", "council": "council", "meets_every_days": "meets_every_days"}.get(place[0], "")


def changes(before: Organisation | None, after: Organisation, known: CouncilPack) -> tuple[Change, ...]:
    """What would be otherwise."""
    rows = [Change(what, old, new) for what, (old, new) in _pairs(before, after, known).items()]
    return tuple(row for row in rows if row.before != row.after)


def _pairs(before: Organisation | None, after: Organisation, known: CouncilPack) -> Mapping[str, tuple[str, str]]:
    old = before or Organisation("")
    pairs = {
        "Name": (old.name, after.name),
        "Council": (", ".join(old.council), ", ".join(after.council)),
        "Meets every": ("" if before is None else plural(old.meets_every_days, "day"),
                        plural(after.meets_every_days, "day")),
    }  # fmt: skip
    for one, new in zip(asked_of(before, known), asked_of(after, known), strict=True):
        pairs[one.title] = (_held(one), _held(new))
    return pairs


def _held(one: Asked) -> str:
    return f"{one.owner or 'nobody'}, consulted: {one.consulted}" if one.consulted else one.owner


def _names(text: str) -> Sequence[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
