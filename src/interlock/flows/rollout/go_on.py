"""Put on record how to go on with a workflow: scale it, iterate within two sprints, or stop."""

from interlock.engine.rollout.people import is_among
from interlock.engine.timestamp import stamp
from interlock.flows.rollout.attest import attest_in
from interlock.flows.rollout.known import known_row
from interlock.ports.clock import Clock
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.person import Person
from interlock.terms.stage import Choice

KIND = "decision"
SPRINTS_MAX = 2


def decide_going_on(
    store: Store, workflow: str, choice: Choice, *, sprints: int, by: Person, reason: str, clock: Clock
) -> Evidence:
    """Record the value owner's decision as evidence for the release in force; nothing is moved by it.

    `sprints` are those of an iteration, 0 for other choices. Raises BadInput for an unknown workflow, without a reason
    and for sprints that do not fit; Refused for anybody but the value owner, and where iterations in a row, under
    whatever release, would come to more than two sprints.
    """
    if not reason.strip():
        raise BadInput("say why (--reason): a decision without a reason cannot be looked at again")
    if not (sprints >= 1 if choice is Choice.ITERATE else sprints == 0):
        raise BadInput(f"--sprints is {sprints}; name 1 or {SPRINTS_MAX} with iterate, and none with another choice")
    with store.transaction() as tx:
        row = known_row(tx, workflow)
        owner = row.definition["owners"]["value"]
        if not owner or not is_among(by.name, (owner,)):
            raise Refused(
                f"{by.name} may not decide how '{workflow}' goes on (who may: {owner or 'no value owner yet'})"
            )
        before = _iterated(tx, workflow)
        if choice is Choice.ITERATE and before + sprints > SPRINTS_MAX:
            raise Refused(
                f"'{workflow}' may iterate for at most {SPRINTS_MAX} sprints, and {before} were decided before: "
                "scale it, or stop it"
            )
        body = {"choice": choice, "sprints": sprints, "reason": reason, "by": by.name}
        return attest_in(
            tx,
            workflow,
            release=row.release,
            kind=KIND,
            evidence_class=EvidenceClass.HUMAN,
            source=f"decided by {by.name}",
            body=body,
            at=stamp(clock()),
        )


def _iterated(reading: Reading, workflow: str) -> int:
    """Sprints of iterations since the last other choice, under whatever release."""
    count = 0
    for item in sorted(reading.evidence(workflow), key=lambda one: one.at):
        if item.kind == KIND:
            count = count + int(item.body["sprints"]) if item.body["choice"] == Choice.ITERATE else 0
    return count
