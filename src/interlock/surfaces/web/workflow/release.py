"""The release in force, what each release changed, and who may do what."""

from dataclasses import dataclass

from interlock.engine.ledger.canonical import plain
from interlock.flows.portfolio.dossier import releases_of
from interlock.ports.store import Reading
from interlock.terms import words
from interlock.terms.portfolio import Standing
from interlock.terms.release import ReleaseMade

NOBODY = "nobody: name them in its definition"
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Release:
    """The page. `vendors` and `steps` are rows of tables."""

    standing: Standing
    made: tuple[ReleaseMade, ...]
    acts: Facts
    limits: Facts
    rights: Facts
    owners: Facts
    steps: tuple[tuple[str, ...], ...]
    vendors: tuple[tuple[str, ...], ...]


def release_of(reading: Reading, standing: Standing) -> Release:
    """Everything of the page."""
    definition = standing.definition
    return Release(
        standing=standing,
        made=releases_of(reading, definition.name),
        acts=tuple((name, words.shorten(str(value), 200)) for name, value in plain(definition.acts).items()),
        limits=_limits(standing),
        rights=_rights(standing),
        owners=_owners(standing),
        steps=tuple(
            (one.name, str(one.lane or "not told"), one.system or "not told", str(one.harm or "not told"),
             one.undo or definition.effect.undo or "none")
            for one in definition.steps
        ),
        vendors=tuple(
            (one.name, one.service, one.region or "not told", one.processing_agreement or "none on record",
             one.exit_to or "none on record")
            for one in definition.initiative.vendors
        ),
    )  # fmt: skip


def title(model: Release) -> str:
    """The conclusion: since when it is in force, and what the newest change touched."""
    digest = model.standing.release.removeprefix("sha256:")[:12]
    newest = model.made[0] if model.made else None
    if newest is None or newest.first:
        return f"Release {digest} is in force since {words.moment(model.standing.defined_at[:10])}"
    how = "was amended" if newest.amends else "replaced the one before"
    fields = words.plural(len(newest.changes), "field")
    return f"Release {digest} {how} on {words.moment(newest.at[:10])}: {fields} changed"


def _rights(standing: Standing) -> Facts:
    rights = standing.definition.rights
    named = (
        ("Promote", rights.promote), ("Move its stage", rights.move or rights.promote), ("Waive a check", rights.waive),
        ("Let it work again after a stop", rights.resume),
    )  # fmt: skip
    return (*((what, ", ".join(names) or NOBODY) for what, names in named), ("Stop it", "anybody named, at once"))


def _owners(standing: Standing) -> Facts:
    owners = standing.definition.owners
    told = (
        ("Value", owners.value), ("Safety", owners.safety), ("Delivery", owners.delivery),
        ("To turn to", ", ".join(owners.escalation) or None), ("Proposed by", standing.proposed_by),
    )  # fmt: skip
    return tuple((what, name or "nobody is named") for what, name in told)


def _limits(standing: Standing) -> Facts:
    definition = standing.definition
    limits, effect, days = definition.limits, definition.effect, definition.retention_days
    signed = f"nothing; {effect.no_undo_signed_by} signed" if effect.no_undo_signed_by else ""
    budget = words.percent_exact(definition.budget.error) if definition.budget_planned else "none is planned"
    a_day = limits.applied_per_day
    told = (
        ("Effect", effect.action),
        ("Taken back by", effect.undo or signed),
        ("Error budget", budget),
        ("Never done", ", ".join(limits.forbidden)),
        ("Always to a person", ", ".join(limits.always_review)),
        ("Applied a day", "" if a_day is None else f"at most {words.count(a_day)}"),
        ("Content is kept", "" if days is None else words.plural(days, "day")),
    )
    return tuple((what, text) for what, text in told if text)
