"""Drain locks of effects elsewhere: let go of when their lease has ended, and not before."""

import datetime as dt
from dataclasses import replace

from governed import NAME, House
from interlock.engine.ledger.canonical import encoded
from interlock.flows.action.admit import LEASE_S, admit
from interlock.surfaces.api.leases import LeasedDrain, LeasedJournal, Leases


def test_an_admission_holds_until_its_lease_ends(live: House) -> None:
    leases = Leases(live.clock)
    rt = replace(live.rt, journal=LeasedJournal(live.rt.journal, leases))
    admitted = admit(rt, NAME, live.proposal(), before=encoded({}), lease_s=5)
    assert admitted.effect is not None
    assert (leases.ended(), live.drain.emptied("global", timeout_s=0)) == (0, False)
    live.now += dt.timedelta(seconds=5)
    assert (leases.ended(), live.drain.emptied("global", timeout_s=0)) == (1, True)
    admitted.admission.release()
    assert leases.ended() == 0


def test_a_settled_admission_has_no_lease_left(live: House) -> None:
    leases = Leases(live.clock)
    house = live
    house.rt = replace(live.rt, journal=LeasedJournal(live.rt.journal, leases))
    assert house.act().state == "done"
    live.now += dt.timedelta(seconds=LEASE_S + 1)
    assert (leases.ended(), live.drain.emptied("global", timeout_s=0)) == (0, True)


def test_the_lease_of_one_holder_does_not_free_another(live: House) -> None:
    leases = Leases(live.clock)
    drain = LeasedDrain(live.drain, leases)
    with drain.hold(("global",)):
        live.now += dt.timedelta(seconds=LEASE_S / 2)
        with drain.hold(("global",)):
            live.now += dt.timedelta(seconds=LEASE_S / 2)
            assert (leases.ended(), drain.emptied("global", timeout_s=0)) == (1, False)
        assert drain.emptied("global", timeout_s=0)
    assert leases.ended() == 0
