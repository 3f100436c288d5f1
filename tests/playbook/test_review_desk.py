"""What a reviewer's desk shows: labels to choose from, one's own day; and a case that one puts to others."""

import datetime as dt
from dataclasses import replace

import pytest

from governed import ANA, BEN, CARLA, NAME, House
from interlock.flows.access.tenants import Tenants, assign_tenant
from interlock.flows.oversight.audits.close_period import close_period
from interlock.flows.oversight.audits.known_cases import KnownCase
from interlock.flows.oversight.audits.plant import plant
from interlock.flows.review.claim import claim, claim_next
from interlock.flows.review.decide import close_review
from interlock.flows.review.escalate import escalate_by
from interlock.flows.review.offered import offered_labels
from interlock.flows.review.own import own_day
from interlock.flows.review.reach import reach_of
from interlock.flows.review.reopen import reopen_review
from interlock.ports.queue import Reach
from interlock.terms.access import EVERYWHERE, Scope
from interlock.terms.errors import BadInput


def ask(house: House, *keys: str, label: str = "fraud", **more: str) -> None:
    for key in keys:
        proposal = replace(house.proposal(key=key, label=label), **more)  # type: ignore[arg-type]
        assert house.act(proposal).decision.verb == "review"


def test_labels_are_the_same_whatever_was_proposed(live: House) -> None:
    before = offered_labels_of(live)
    ask(live, "k", label="a label of its own")
    assert offered_labels_of(live) == tuple(sorted({*before, "a label of its own"}))
    assert "billing" in before


def test_labels_tell_nothing_of_another_tenants_cases(live: House) -> None:
    ask(live, "k", label="a label of its own", tenant="acme")
    with live.store.reading() as reading:
        own, other = (offered_labels(reading, NAME, tenant=tenant) for tenant in ("acme", "globex"))
    assert ("a label of its own" in own, "a label of its own" in other) == (True, False)


def offered_labels_of(house: House) -> tuple[str, ...]:
    with house.store.reading() as reading:
        return offered_labels(reading, NAME, tenant=None)


def test_nobody_is_handed_a_case_of_another_tenant(live: House) -> None:
    ask(live, "acme's", tenant="acme")
    live.now += dt.timedelta(minutes=1)
    ask(live, "globex's", tenant="globex")
    ask(live, "nobody's")
    tenants = Tenants(live.store)
    globex = reach_of((Scope(tenant="globex"),), tenants.given)
    taken = claim_next(live.store, by=CARLA, clock=live.clock, reach=globex)
    assert taken is not None
    assert taken.key == "globex's"
    close_review(live.store, NAME, "globex's", "decision", label="fraud", by=CARLA, clock=live.clock)
    assert claim_next(live.store, by=CARLA, clock=live.clock, reach=globex) is None
    assign_tenant(live.store, NAME, "globex", by=ANA, clock=live.clock)
    globex = reach_of((Scope(tenant="globex"),), tenants.given)
    assert globex == (Reach(tenant="globex", given=(NAME,)),)
    after = claim_next(live.store, by=CARLA, clock=live.clock, reach=globex)
    assert after is not None
    assert after.key == "nobody's"
    # What is in hand comes back only within reach.
    assert claim_next(live.store, by=CARLA, clock=live.clock, reach=reach_of((Scope("other"),), tenants.given)) is None
    assert reach_of((EVERYWHERE,), tenants.given) == (Reach(),)


def test_a_case_is_put_to_others_by_a_person(live: House) -> None:
    ask(live, "k")
    claim(live.store, NAME, "k", "decision", by=CARLA, clock=live.clock)
    moved = escalate_by(live.store, NAME, "k", "decision", by=CARLA, reason=" it names me ", clock=live.clock)
    assert moved.to == ("Ben Okafor", "Ana Ruiz")
    with live.store.reading() as reading:
        review = reading.review("k", "decision")
        entry = reading.newest_of("review.escalated", NAME)
    assert review is not None
    assert (review.escalations, review.asked, review.claimed_by) == (1, moved.to, None)
    assert entry is not None
    assert (entry.body["by"], entry.body["reason"]) == ("Carla Nunes", "it names me")
    with pytest.raises(BadInput, match=r"was put to others before \(Ben Okafor, Ana Ruiz\)"):
        escalate_by(live.store, NAME, "k", "decision", by=CARLA, reason="again", clock=live.clock)
    for reason in (" ", "x" * 501):
        with pytest.raises(BadInput, match="why somebody else should decide it"):
            escalate_by(live.store, NAME, "k", "decision", by=CARLA, reason=reason, clock=live.clock)
    ask(live, "held")
    claim(live.store, NAME, "held", "decision", by=BEN, clock=live.clock)
    with pytest.raises(BadInput, match="is claimed by Ben Okafor"):
        escalate_by(live.store, NAME, "held", "decision", by=CARLA, reason="mine", clock=live.clock)


def test_ones_own_day_counts_what_stands(live: House) -> None:
    live.now = live.now.replace(hour=23, minute=59)
    ask(live, "yesterday's")
    close_review(live.store, NAME, "yesterday's", "decision", label="fraud", by=ANA, clock=live.clock)
    live.now += dt.timedelta(minutes=2)
    for key, who in (("a", ANA), ("b", ANA), ("c", BEN), ("d", ANA)):
        ask(live, key)
        live.now += dt.timedelta(seconds=30)
        close_review(live.store, NAME, key, "decision", label="fraud", by=who, clock=live.clock)
    reopen_review(live.store, NAME, "d", "decision", by=ANA, clock=live.clock)
    with live.store.reading() as reading:
        day = own_day(reading, "ana ruiz", live.now)
    assert (day.decided, day.taken_back, round(day.between_s or 0)) == (2, 1, 45)
    assert (day.found.value, day.found.n) == (None, 0)


def test_planted_errors_are_told_once_their_period_is_closed(live: House) -> None:
    for key in ("real", "another"):
        live.act(live.proposal(key=key))
    cases = [KnownCase(f"mail-{i}", "text", "sales", "billing") for i in range(2)]
    plant(live.store, NAME, cases, share=1 - 2**-53, by=CARLA, clock=live.clock, randomness=bytes)
    for key, label in (("mail-0", "billing"), ("mail-1", "sales")):
        close_review(live.store, NAME, key, "audit", label=label, by=ANA, clock=live.clock)
    assert found(live, "Ana Ruiz") == (None, 0)
    close_period(live.store, NAME, by=BEN, clock=live.clock, randomness=live.rt.randomness)
    assert (found(live, "Ana Ruiz"), found(live, "Ben Okafor")) == ((0.5, 2), (None, 0))


def found(house: House, name: str) -> tuple[float | None, int]:
    with house.store.reading() as reading:
        share = own_day(reading, name, house.now).found
    return share.value, share.n
