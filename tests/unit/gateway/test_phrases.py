"""Phrases that no answer may say, in one piece and split anywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.redaction.phrases import ForbiddenPhrase, PhraseStop

PHRASES = ("guaranteed returns", "Straße frei", "a+b")
SAID = ["You get GUARANTEED \n returns.", "die STRASSE? die straße frei", "so a+B it is"]


def through(stop: PhraseStop, pieces: list[str]) -> str:
    return "".join(map(stop.feed, pieces)) + stop.finish()


@pytest.mark.parametrize("text", SAID)
def test_it_is_found_wherever_the_text_is_split_and_none_of_it_leaves(text: str) -> None:
    for cut in range(len(text)):
        stop, left = PhraseStop(PHRASES), ""
        with pytest.raises(ForbiddenPhrase):
            for piece in (text[:cut], text[cut:]):
                left += stop.feed(piece)
        assert not any(left.lower().rstrip().endswith(word) for word in ("guaranteed", "straße", "a+"))


@given(st.lists(st.text(alphabet="guarnted +abB\nr", max_size=12)))
def test_what_says_nothing_of_it_passes_as_it_is(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        assert through(PhraseStop(PHRASES), pieces) == text
    except ForbiddenPhrase:
        assert "guaranteed" in text or "a+b" in text.lower()


def test_only_a_beginning_waits() -> None:
    stop = PhraseStop(PHRASES)
    assert stop.feed("All is well, and guaran") == "All is well, and "
    assert stop.feed("tors say so") == "guarantors say so"
