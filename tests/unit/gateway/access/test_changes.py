"""Whether something on record changed: what is seen, how soon, and what happens while nothing can be seen."""

from pathlib import Path

import pytest

from governed import House
from interlock.adapters.gateway.changes import LOOK_S, PolledChanges, SqliteChanges
from interlock.flows.action.kill import fence
from interlock.ports.gateway.changes import BLIND_S
from interlock.terms.errors import Unavailable
from interlock.terms.person import Person

BEN = Person("Ben Okafor")


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def passes(self, seconds: float) -> None:
        self.now_s += seconds


def _kill(house: House) -> None:
    fence(house.store, "global", by=BEN, reason="a test", clock=house.clock)


def test_every_change_of_authority_is_seen_by_the_next_look_and_nothing_else_is(house: House) -> None:
    house.live()
    clock = Hand()
    changes = SqliteChanges(house.path, clock)
    before = changes.version()
    _kill(house)
    assert changes.version() == before  # requests of the same millisecond share a look
    clock.passes(LOOK_S)
    after = changes.version()
    assert after > before
    clock.passes(LOOK_S)
    house.act()  # a case is decided: whoever is known is so still
    clock.passes(LOOK_S)
    assert changes.version() == after
    changes.close()
    clock.passes(LOOK_S)
    assert changes.version() == after  # it opens its connection again
    changes.close()


def test_what_was_last_known_holds_for_a_while_and_then_nobody_is_known(house: House, tmp_path: Path) -> None:
    house.define()
    clock = Hand()
    changes = SqliteChanges(house.path, clock)
    version = changes.version()
    away = tmp_path / "away.db"
    house.path.rename(away)
    clock.passes(BLIND_S)
    assert changes.version() == version
    clock.passes(0.1)
    with pytest.raises(Unavailable, match="could not be looked at for 30 s"):
        changes.version()
    away.rename(house.path)
    clock.passes(LOOK_S)
    assert changes.version() == version  # and without a restart it is there again
    changes.close()


def test_another_file_in_the_same_place_is_not_looked_at(house: House, tmp_path: Path) -> None:
    house.define()
    clock = Hand()
    changes = SqliteChanges(house.path, clock)
    changes.version()
    (tmp_path / "other").mkdir()
    other = House(tmp_path / "other")
    other.store.close()
    other.path.replace(house.path)
    clock.passes(BLIND_S + 1)
    with pytest.raises(Unavailable, match="another file"):
        changes.version()
    changes.close()


class Unreachable:
    """A store that can be read as long as a test lets it."""

    def __init__(self, house: House) -> None:
        self._house, self.there = house, True

    def version(self) -> int:
        if not self.there:
            raise Unavailable("no connection")
        with self._house.store.reading() as reading:
            return reading.authority_version()


def test_a_polled_store_that_is_away_holds_for_a_while_too(house: House) -> None:
    clock, store = Hand(), Unreachable(house)
    changes = PolledChanges(store.version, clock)
    changes.close()  # from here on each look is asked for by hand
    version = changes.version()
    _kill(house)
    store.there = False
    changes._look()
    clock.passes(BLIND_S)
    assert changes.version() == version
    clock.passes(0.1)
    with pytest.raises(Unavailable, match="no connection"):
        changes.version()
    store.there = True
    changes._look()
    assert changes.version() > version


def test_a_store_that_was_away_from_the_beginning_lets_nobody_in_until_it_is_there(house: House) -> None:
    clock, store = Hand(), Unreachable(house)
    store.there = False
    changes = PolledChanges(store.version, clock)
    changes.close()
    with pytest.raises(Unavailable):
        changes.version()
    store.there = True
    changes._look()
    assert changes.version() == 0
