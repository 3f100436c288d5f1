"""Packs of the product are loaded quickly; here each is read as strictly as a file of somebody else's."""

from importlib import resources

import pytest

from interlock.adapters.packs.gates import OWN, read_gates
from interlock.adapters.packs.instruments import read_instruments
from interlock.adapters.packs.own_pack import own_packs
from interlock.terms.errors import BadInput


@pytest.mark.parametrize("name", OWN)
def test_a_pack_of_gates_read_strictly_is_the_one_that_is_used(name: str) -> None:
    with resources.as_file(resources.files("interlock") / "packs" / "gates" / f"{name}.yaml") as path:
        *own, strict = read_gates(path)
    assert strict in own


@pytest.mark.parametrize("name", own_packs("instruments"))
def test_an_instrument_read_strictly_holds_nothing_but_its_id_that_is_taken(name: str) -> None:
    with (
        resources.as_file(resources.files("interlock") / "packs" / "instruments" / f"{name}.yaml") as path,
        pytest.raises(BadInput, match="is taken by an instrument of the product"),
    ):
        read_instruments(path)
