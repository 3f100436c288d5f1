"""Every live control that a line of a framework may name, looked at over a whole portfolio."""

from collections.abc import Mapping, Sequence

from interlock.engine.compliance.organisation import ORGANISATION
from interlock.engine.compliance.running import RUNNING
from interlock.engine.compliance.stated import STATED, Ask
from interlock.engine.reporting.figures import NOBODY
from interlock.terms.compliance import ControlFound, InForce, Lacking
from interlock.terms.portfolio import Portfolio, Standing

WORKFLOW_CONTROLS: Mapping[str, tuple[str, str, Ask]] = {**STATED, **RUNNING}
CONTROLS: tuple[str, ...] = (*STATED, *RUNNING, *ORGANISATION)


def look(control: str, portfolio: Portfolio) -> ControlFound:
    """What there is of one control. Raises KeyError where nothing is known by this name."""
    return _of_organisation(control, portfolio) if control in ORGANISATION else _of_workflows(control, portfolio)


def look_at_all(controls: Sequence[str], portfolio: Portfolio) -> Mapping[str, ControlFound]:
    """The same for each of several controls, every one looked at once."""
    return {control: look(control, portfolio) for control in dict.fromkeys(controls)}


def owner_of(responsibility: str, portfolio: Portfolio) -> str:
    """Who answers for a responsibility of the organisation."""
    held = portfolio.organisation.responsibilities if portfolio.organisation else ()
    owners = next((one.owners for one in held if one.id == responsibility), ())
    return ", ".join(owners) or NOBODY


def _of_organisation(control: str, portfolio: Portfolio) -> ControlFound:
    title, responsibility, ask = ORGANISATION[control]
    found = ask(portfolio)
    if found.there:
        return ControlFound(control, title, InForce.IN_FORCE, 1, 1, found.evidence)
    lacking = (Lacking("", found.says, owner_of(responsibility, portfolio)),)
    return ControlFound(control, title, InForce.NOT_IN_FORCE, 0, 1, found.evidence, lacking)


def _of_workflows(control: str, portfolio: Portfolio) -> ControlFound:
    title, role, ask = WORKFLOW_CONTROLS[control]
    asked = ((standing, ask(standing, portfolio.as_of)) for standing in portfolio.standings)
    found = [(standing, seen) for standing, seen in asked if seen is not None]
    # What a definition says is shown by its release: the digest of everything in it.
    evidence = (digest for standing, seen in found for digest in (seen.evidence or (standing.release,)))
    lacking = tuple(
        Lacking(standing.definition.name, seen.says, _owner(standing, role))
        for standing, seen in found
        if not seen.there
    )
    held, of = len(found) - len(lacking), len(found)
    return ControlFound(control, title, _state(held, of), held, of, tuple(dict.fromkeys(evidence)), lacking)


def _state(held: int, of: int) -> InForce:
    if of == 0:
        return InForce.NOTHING_TO_LOOK_AT
    if held == of:
        return InForce.IN_FORCE
    return InForce.PARTLY if held else InForce.NOT_IN_FORCE


def _owner(standing: Standing, role: str) -> str:
    owners = standing.definition.owners
    named = {"value": owners.value, "safety": owners.safety, "delivery": owners.delivery}[role]
    return named or owners.value or owners.safety or NOBODY
