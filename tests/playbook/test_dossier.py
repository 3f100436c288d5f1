"""What a dossier shows beside a standing: the certificate, the path of the monitor, what each release changed."""

from dataclasses import replace

import pytest

from governed import BEN, DEFINITION, NAME, House
from interlock.flows.portfolio import dossier
from interlock.flows.portfolio.dossier import certificate_of, monitor_of, releases_of
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.review.decide import close_review
from interlock.flows.rollout.attest import attest
from interlock.flows.rollout.demote import demote
from interlock.terms.evidence import EvidenceClass
from interlock.terms.review import ReviewKind


def _audited(house: House, labels: str) -> None:
    for label in labels:
        proposal = house.proposal()
        house.act(proposal)
        told = "billing" if label == "r" else "sales"
        close_review(house.store, NAME, proposal.key, ReviewKind.AUDIT, label=told, by=BEN, clock=house.clock)


def test_the_path_of_the_monitor_is_that_of_the_grant_in_force(live: House) -> None:
    _audited(live, "rrw")
    with live.store.reading() as reading:
        seen = monitor_of(reading, NAME)
        assert monitor_of(reading, "nobody") is None
    assert seen is not None
    assert (seen.n, seen.n_wrong, [n for n, _ in seen.path]) == (3, 1, [1, 2, 3])
    assert seen.statistic == seen.path[-1][1] > seen.path[-2][1]
    assert 0 < seen.statistic < seen.limit
    demote(live.store, NAME, by=BEN, reason="too many complaints", clock=live.clock)
    with live.store.reading() as reading:
        assert monitor_of(reading, NAME) is None
    live.certificate()
    live.shadow(60)
    live.judge()
    live.promote()  # another grant begins another path
    with live.store.reading() as reading:
        again = monitor_of(reading, NAME)
    assert again is not None
    assert (again.n, again.path) == (0, ())


def test_the_certificate_is_the_one_of_the_grant_and_without_a_grant_the_newest_of_the_release(live: House) -> None:
    live.certificate(wrong=1)  # newer, and nothing rests on it
    with live.store.reading() as reading:
        (granted,) = read_portfolio(reading, live.now).standings
        held = certificate_of(reading, granted)
        newest = certificate_of(reading, replace(granted, grant=None))
        other = certificate_of(reading, replace(granted, grant=None, release="sha256:another"))
    assert held is not None
    assert newest is not None
    assert other is None
    assert [one.body["certificate"]["n_wrong_above"] for one in (held, newest)] == [0, 1]


def test_each_release_says_what_it_changed(live: House, monkeypatch: pytest.MonkeyPatch) -> None:
    words = replace(DEFINITION, problem=replace(DEFINITION.problem, cost="5 hours a day"))
    live.define(words)
    live.define(replace(words, acts={"model": "sha256:two"}))
    live.define(replace(words, acts={"model": "sha256:two"}), code="2")
    with live.store.reading() as reading:
        made = releases_of(reading, NAME)
        monkeypatch.setattr(dossier, "RELEASES_MAX", 2)
        newest = releases_of(reading, NAME)
        assert releases_of(reading, "nobody") == ()
    told = [(one.amends, one.first, [(change.field, change.voids) for change in one.changes]) for one in made]
    assert told == [
        (False, False, []),  # the code is another
        (False, False, [("acts.model", True)]),
        (True, False, [("problem.cost", False)]),
        (False, True, []),
    ]
    assert newest == made[:2]


def test_a_certificate_that_nobody_can_read_is_none(house: House) -> None:
    house.define()
    for body in ({}, {"certificate": "x", "labels": 3}):
        attest(house.store, NAME, release=house.release, kind="certificate", evidence_class=EvidenceClass.EXECUTED,
               source="an application", body=body, clock=house.clock)  # fmt: skip
    with house.store.reading() as reading:
        (standing,) = read_portfolio(reading, house.now).standings
        assert certificate_of(reading, standing) is None
    house.certificate()
    with house.store.reading() as reading:
        assert certificate_of(reading, standing) is not None
