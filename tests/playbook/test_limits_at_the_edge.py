"""Limits at the edge in a workflow that lives: what is over them goes to a person, and running ones are taken from."""

import datetime as dt
from dataclasses import replace

from governed import DEFINITION, House
from interlock.terms.decision import Proposal, Verb
from interlock.terms.policy import FactKind
from interlock.terms.workflow import EffectPlan, Limits, TargetKind, WorkflowDefinition

STAFF = '@id("no refund to staff") forbid (principal, action, resource) when { context.facts.staff };'
OVER = "the amount of 250.01 USD is over the limit of 250.00 USD a case"


def refunds(limits: Limits) -> WorkflowDefinition:
    return replace(
        DEFINITION,
        limits=limits,
        effect=EffectPlan("pay back", TargetKind.IDEMPOTENT, "claim back", action_class="refund"),
    )


def refund(house: House, cents: int | None, **facts: bool) -> Proposal:
    return replace(house.proposal(), amount_cents=cents, target="Erika Mustermann", facts=facts)


def test_what_is_over_a_limit_goes_to_a_person_and_the_words_say_why(house: House) -> None:
    house.live(refunds(Limits(amount_max_cents=25_000)))
    over, within = house.act(refund(house, 25_001)), house.act(refund(house, 25_000))
    assert (over.decision.verb, over.decision.reasons) == (Verb.REVIEW, (OVER,))
    assert within.decision.verb is Verb.APPLY
    assert [key for _, key in house.desk.calls] == [within_key(house)]


def within_key(house: House) -> str:
    with house.store.reading() as reading:
        (intent,) = reading.intents("workflow:triage")
        return intent.key


def test_a_hand_written_rule_decides_and_what_can_be_erased_is_not_in_the_ledger(house: House) -> None:
    house.live(refunds(Limits(policy=(STAFF,), facts={"staff": FactKind.BOOLEAN})))
    assert house.act(refund(house, 100, staff=True)).decision.reasons == (
        "the rule 'no refund to staff' forbids it (the fact 'staff' as given with the case)",
    )
    assert house.act(refund(house, 100)).decision.verb is Verb.REVIEW
    assert house.act(refund(house, 100, staff=False)).decision.verb is Verb.APPLY
    with house.store.reading() as reading:
        assert not any(b"Mustermann" in entry.record for entry in reading.entries())


def test_amounts_of_a_day_add_up_and_the_next_day_begins_anew(house: House) -> None:
    house.live(refunds(Limits(amount_per_day_cents=50_000)))
    verbs = [house.act(refund(house, cents)).decision.verb for cents in (30_000, 20_001, 20_000, 1, 0)]
    assert verbs == [Verb.APPLY, Verb.REVIEW, Verb.APPLY, Verb.REVIEW, Verb.APPLY]
    house.now += dt.timedelta(days=1)
    assert house.act(refund(house, 50_000)).decision.verb is Verb.APPLY


def test_cases_of_a_minute_are_counted_by_the_clock(house: House) -> None:
    house.live(refunds(Limits(applied_per_minute=2)))
    house.now = house.now.replace(second=58, microsecond=0)
    verbs = [house.act(refund(house, None)).decision.verb for _ in range(3)]
    assert verbs == [Verb.APPLY, Verb.APPLY, Verb.REVIEW]
    house.now += dt.timedelta(seconds=2)
    assert house.act(refund(house, None)).decision.verb is Verb.APPLY


def test_an_amount_that_nobody_knows_is_a_doubt(house: House) -> None:
    house.live(refunds(Limits(amount_per_hour_cents=50_000)))
    acted = house.act(refund(house, None))
    assert acted.decision.reasons == ("the amount is unknown, and there is a limit of 500.00 USD an hour",)
