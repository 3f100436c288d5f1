"""Names written in another way stay the same person's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.rollout.people import did, is_among, known_as, same_person


@pytest.mark.parametrize(
    "other",
    [
        "Carla Nunes",
        " Carla nunes",
        "CARLA  NUNES\n",
        "Carla\u00a0Nunes",
        "Carla\u200b Nunes",
        "Ｃａｒｌａ Nunes",
        "carla\tnunes",
        "Carla Nune\u017f",
        "\u2068Carla Nunes\u2069",
        "Carla\ufe0f Nunes\u3164",
        "Car\u034fla Nunes",
    ],
)
def test_one_person_however_written(other: str) -> None:
    assert same_person("Carla Nunes", other)
    assert is_among(other, ("Ana Ruiz", "Carla Nunes"))


@pytest.mark.parametrize("other", ["Carla Nuñes", "CarlaNunes", "Carla", "Саrla Nunes", "", " ", "\u200b"])
def test_another_person(other: str) -> None:
    assert not same_person("Carla Nunes", other)
    assert not is_among(other, ("Ana Ruiz", "Carla Nunes"))


@pytest.mark.parametrize("nobody", ["", " ", "\n\t", "\u200b\u2060", "\u00a0"])
def test_nobody_is_not_even_nobody(nobody: str) -> None:
    assert known_as(nobody) == ""
    assert not same_person(nobody, nobody)
    assert not is_among(nobody, (nobody,))


def test_decomposed_letters_are_the_same() -> None:
    assert same_person("Jose\u0301 Nun\u0303ez", "José Nuñez")
    assert same_person("STRASSE", "straße")


@given(st.text())
def test_comparison_is_stable(name: str) -> None:
    assert known_as(known_as(name)) == known_as(name)
    assert same_person(name, f"  {name} ") == bool(known_as(name))


@pytest.mark.parametrize("other", ["\u0421\u0430rla Nun\u0435\u0455", "Carla \u039dunes", "carla nunes"])
def test_who_made_a_release_stays_its_maker_in_letters_that_only_look_alike(other: str) -> None:
    assert did("Carla Nunes", {other: "proposed"}) == did(other, {"Carla Nunes": "proposed"}) == "proposed"
    assert did("Carla Nunes", {"Clara Nunes": "proposed", "": "amended"}) is None
