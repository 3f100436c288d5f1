"""Who answers for what: gaps and double owners, of the organisation and of every workflow."""

from collections.abc import Iterator
from dataclasses import dataclass

from interlock.engine.rollout.people import known_as
from interlock.terms.council import Organisation
from interlock.terms.portfolio import Portfolio
from interlock.terms.workflow import WorkflowDefinition


@dataclass(frozen=True, slots=True)
class OwnershipFault:
    """`subject` is a responsibility, or "workflow: role"; `fault` says that nobody or more than one answers for it."""

    subject: str
    fault: str


def ownership_faults(portfolio: Portfolio) -> tuple[OwnershipFault, ...]:
    """All of them; an organisation that nobody described is one."""
    if portfolio.organisation is None:
        own = [OwnershipFault("organisation", "nobody described it: `interlock organisation apply -f FILE`")]
    else:
        own = list(_of_organisation(portfolio.organisation))
    return (*own, *(fault for one in portfolio.standings for fault in _of_workflow(one.definition)))


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
    roles = {
        "value owner": owners.value,
        "delivery owner": owners.delivery,
        "safety owner": owners.safety,
        "escalation path": owners.escalation,
        "who may approve": rights.promote,
        "who may resume": rights.resume,
    }
    for role, people in roles.items():
        if not people:
            yield OwnershipFault(f"{definition.name}: {role}", "nobody is named")
