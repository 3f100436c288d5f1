"""Who answers for what and may decide what: gaps and double owners, of the organisation and of every workflow."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.terms.council import Organisation
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.words import plural
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class OwnershipFault:
    """`subject` is a responsibility, or "workflow: role"; `fault` says that nobody or more than one answers for it."""

    subject: str
    fault: str


def ownership_said(faults: Sequence[OwnershipFault]) -> str:
    """How many things somebody is to mend, in words."""
    if not faults:
        return "exactly one person answers for each thing"
    return f"{plural(len(faults), 'thing has', 'things have')} no owner or more than one"


ANYBODY = "anybody"  # stopping takes no right, so that nobody waits for one
_SEVERAL = re.compile(r"\s*[;/&+]\s*|\s+(?:and|und|et)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UseCase:
    """Who answers for one workflow and who may decide what about it; None and an empty list where nobody is named.

    `stop` are those who end it for good or move it to another stage. `pause` halts it at once and needs no right;
    `resume` does.
    """

    workflow: str
    value: str | None
    delivery: str | None
    safety: str | None
    approve: tuple[str, ...]
    pause: tuple[str, ...]
    resume: tuple[str, ...]
    escalate: tuple[str, ...]
    stop: tuple[str, ...]
    waive: tuple[str, ...]


def use_case(definition: WorkflowDefinition) -> UseCase:
    """As its definition says."""
    owners, rights = definition.owners, definition.rights
    return UseCase(
        definition.name, owners.value, owners.delivery, owners.safety, rights.promote, (ANYBODY,), rights.resume,
        owners.escalation, rights.move or rights.promote, rights.waive,
    )  # fmt: skip


def ownership_faults(portfolio: Portfolio) -> tuple[OwnershipFault, ...]:
    """All of them; an organisation that nobody described is one."""
    if portfolio.organisation is None:
        own = [OwnershipFault("organisation", "nobody described it: `interlock organisation apply -f FILE`")]
    else:
        own = list(_of_organisation(portfolio.organisation))
    return (*own, *(fault for one in portfolio.standings for fault in _of_workflow(one.definition)))


def faults_seen(portfolio: Portfolio, standings: tuple[Standing, ...], *, whole: bool) -> tuple[OwnershipFault, ...]:
    """Those of some workflows, and with `whole` those of the organisation."""
    seen = ownership_faults(Portfolio(portfolio.as_of, portfolio.organisation, standings))
    names = {one.definition.name for one in standings}
    return tuple(one for one in seen if whole or one.subject.partition(":")[0] in names)


def _of_organisation(organisation: Organisation) -> Iterator[OwnershipFault]:
    for one in organisation.responsibilities:
        people = {known_as(name) for name in one.owners} - {""}
        if not people:
            yield OwnershipFault(one.id, "has no owner")
        elif len(people) > 1:
            yield OwnershipFault(one.id, f"has {len(people)} owners: {', '.join(one.owners)}")
    if not organisation.council:
        yield OwnershipFault("council", "has no members")


def _of_workflow(definition: WorkflowDefinition) -> Iterator[OwnershipFault]:
    owners, rights = definition.owners, definition.rights
    single = {"value owner": owners.value, "delivery owner": owners.delivery, "safety owner": owners.safety}
    roles = {
        **single,
        "escalation path": owners.escalation,
        "who may approve": rights.promote,
        "who may stop it for good": rights.move or rights.promote,
        "who may resume": rights.resume,
    }
    for role, people in roles.items():
        if not people:
            yield OwnershipFault(f"{definition.name}: {role}", "nobody is named")
    for role, owner in single.items():
        several = _people(owner or "")
        if len(several) > 1:
            yield OwnershipFault(f"{definition.name}: {role}", f"has {len(several)} owners: {', '.join(several)}")


def _people(owner: str) -> list[str]:
    """Those that one field names. A comma parts two full names, and not a surname from what it is written before."""
    parts = owner.split(",")
    named = parts if all(len(part.split()) > 1 for part in parts) else [owner]
    return [name for part in named for name in _SEVERAL.split(part.strip()) if name]
