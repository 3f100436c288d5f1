"""How a workflow goes on is its value owner's decision, and iterations end after two sprints."""

import pytest

from governed import ANA, BEN, NAME, House
from interlock.flows.rollout.go_on import decide_going_on
from interlock.terms.errors import BadInput, Refused
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.person import Person
from interlock.terms.stage import Choice


def decide(house: House, choice: Choice, sprints: int = 0, by: Person = ANA, reason: str = "as measured") -> Evidence:
    return decide_going_on(house.store, NAME, choice, sprints=sprints, by=by, reason=reason, clock=house.clock)


def test_only_the_value_owner_decides_and_says_why(house: House) -> None:
    house.define()
    with pytest.raises(Refused, match="who may: Ana Ruiz"):
        decide(house, Choice.SCALE, by=BEN)
    with pytest.raises(BadInput, match="say why"):
        decide(house, Choice.SCALE, reason=" ")
    made = decide(house, Choice.SCALE)
    assert (made.evidence_class, made.release, made.body["choice"]) == (EvidenceClass.HUMAN, house.release, "scale")


@pytest.mark.parametrize(("choice", "sprints"), [(Choice.ITERATE, 0), (Choice.SCALE, 1), (Choice.STOP, -1)])
def test_sprints_belong_to_an_iteration(house: House, choice: Choice, sprints: int) -> None:
    house.define()
    with pytest.raises(BadInput, match="--sprints"):
        decide(house, choice, sprints)


def test_iterations_in_a_row_come_to_at_most_two_sprints(house: House) -> None:
    house.define()
    decide(house, Choice.ITERATE, 1)
    with pytest.raises(Refused, match="1 were decided before: scale it, or stop it"):
        decide(house, Choice.ITERATE, 2)
    decide(house, Choice.ITERATE, 1)
    with pytest.raises(Refused, match="at most 2 sprints"):
        decide(house, Choice.ITERATE, 1)
    decide(house, Choice.SCALE)
    assert decide(house, Choice.ITERATE, 2).body["sprints"] == 2
