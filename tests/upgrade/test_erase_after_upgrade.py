"""Erasing in a store that began with schema 1: texts go, what its records hold stays, and that is said."""

import datetime as dt
from pathlib import Path

import pytest

from governed import ANA, NAME, opened_run_time
from interlock.flows.erasure.erase import Order, erase_case, erase_older
from interlock.flows.ledger.verify import verify
from interlock.terms.erasure import Erased
from interlock.terms.errors import BadInput
from upgrade.test_upgrade_schema_1 import NOW, upgraded


def later(days: int) -> Order:
    return Order(ANA, "retention", NOW + dt.timedelta(days=days), dry_run=False)


def test_texts_of_old_cases_go_one_by_one(old_store: Path) -> None:
    upgraded(old_store)
    with opened_run_time(old_store, clock=lambda: NOW) as rt:
        with rt.store.reading() as reading:
            texts = {key: reading.content_of(key).texts for key in ("mail-08", "mail-11")}
            assert texts["mail-08"] == texts["mail-11"] != ()  # the same words, kept for each of them
        with pytest.raises(BadInput, match="it was applied and can be undone until 2026-04-02T"):
            erase_case(rt.store, "mail-08", later(0))
        assert erase_case(rt.store, "mail-00", later(0)) == Erased(cases=1, texts=1, in_records=1)  # undone
        with rt.store.reading() as reading:
            assert reading.content_of("mail-11").texts == texts["mail-11"]
        with pytest.raises(BadInput, match="what its records of ledger format 1 hold stays in them"):
            erase_case(rt.store, "mail-00", later(0))
        assert verify(rt.store).holds


def test_whole_periods_go_too(old_store: Path) -> None:
    upgraded(old_store)
    with opened_run_time(old_store, clock=lambda: NOW) as rt:
        done = erase_older(rt.store, NAME, 30, later(60))
        assert (done.payloads, done.cases) == (0, done.texts)
        assert done.n_kept > 0  # audits that nobody has looked at
        reviewed = {f"mail-{number:02d}" for number in range(8)} - {"mail-01", "mail-02"}
        with rt.store.reading() as reading:
            assert all(reading.content_of(key).is_gone for key in reviewed)
            assert not reading.content_of("mail-08").is_gone
        assert verify(rt.store).holds
