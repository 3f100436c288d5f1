"""Which questions mean the same: the bound leaves out nothing that is near, and memory is bounded."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.gateway.routing.likeness import HEAD, NUMBERS_MAX, Meaning, likeness, meaning_of, nearest
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.engine.gateway.wire.parsing import parse
from interlock.engine.gateway.wire.question import CHARS_MAX, question_of
from interlock.flows.gateway.kept.exact import KeptAnswers, Whose
from interlock.flows.gateway.kept.like import LIKE_MAX, LikeAnswers
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.definition import GatewayModel, ModelUpstream, WireFormat
from interlock.terms.gateway.wire import Wire

OWNER, OTHER = Whose("north", "desk", "1"), Whose("south", "desk", "1")
WAY = Way(GatewayModel("m", "p", "m"), ModelUpstream("p", WireFormat.OPENAI, "https://models.example/v1", "eu"))


def meaning(*numbers: float, text: str = "how do I pay?") -> Meaning:
    found = meaning_of(text, numbers)
    assert found is not None
    return found


@st.composite
def families(draw: st.DrawFn) -> tuple[Meaning, list[Meaning]]:
    """A vector and some that lie near it or not, of more numbers than the head has."""
    size = draw(st.sampled_from([2, HEAD, HEAD + 5, 3 * HEAD]))
    numbers = st.lists(st.integers(-9, 9), min_size=size, max_size=size)
    base = draw(numbers.filter(any))
    others = []
    for _ in range(draw(st.integers(1, 8))):
        step, far = draw(numbers.filter(any)), draw(st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.3, 5.0]))
        moved = [one + far * other for one, other in zip(base, step, strict=True)]
        if any(moved):
            others.append(meaning(*moved))
    return meaning(*base), others


@given(families())
def test_the_nearest_is_that_of_all_comparisons(family: tuple[Meaning, list[Meaning]]) -> None:
    asked, others = family
    best = max((likeness(asked, one) for one in others), default=0.0)
    found = nearest(asked, others, least=0.97)
    if best >= 0.97:
        assert found is not None
        assert likeness(asked, found) == pytest.approx(best, abs=1e-6)
    else:
        assert found is None or likeness(asked, found) >= 0.97 - 1e-5


@pytest.mark.parametrize(
    ("degrees", "is_found"), [(0.0, True), (14.0, True), (14.2, False), (90.0, False), (180.0, False)]
)
def test_a_likeness_of_97_percent_is_an_angle_of_14_degrees(degrees: float, is_found: bool) -> None:
    turned = meaning(math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    assert (nearest(meaning(1.0, 0.0), [turned], least=0.97) is turned) is is_found


@pytest.mark.parametrize(("other", "is_found"), [("Pay by March 12", True), ("pay by March 13", False), ("pay", False)])
def test_other_figures_are_another_question(other: str, is_found: bool) -> None:
    asked, known = meaning(1.0, 2.0, text="Pay by March 12?"), meaning(1.0, 2.0, text=other)
    assert (nearest(asked, [known], least=0.97) is known) is is_found


@pytest.mark.parametrize("numbers", [[], [0.0, 0.0], [math.nan], [math.inf], [1e308] * 9, [1.0] * (NUMBERS_MAX + 1)])
def test_what_has_no_direction_means_nothing(numbers: list[float]) -> None:
    assert meaning_of("x", numbers) is None


def test_vectors_of_another_size_are_never_alike() -> None:
    assert nearest(meaning(1.0, 0.0), [meaning(1.0, 0.0, 0.0)], least=0.8) is None


def test_kept_answers_are_those_of_their_owner_while_they_are_fresh() -> None:
    now = [0.0]
    kept = KeptAnswers(lambda: now[0])
    like = LikeAnswers(kept)
    kept.keep(b"exact", OWNER, WAY, b"{}", keep_s=10.0)
    like.keep(b"key", meaning(1.0, 0.0), b"exact")
    asked = meaning(1.0, 0.1)
    assert like.find(b"key", OWNER, asked, least=0.97) is not None
    assert like.find(b"another key", OWNER, asked, least=0.97) is None
    # The key holds the owner; should two keys ever be alike, this is the second lock.
    assert like.find(b"key", OTHER, asked, least=0.97) is None
    like.keep(b"key", meaning(1.0, 0.0), b"exact")
    now[0] = 10.0
    assert like.find(b"key", OWNER, asked, least=0.97) is None
    assert like.n_bytes == 0  # what is stale takes no room


def test_the_newest_questions_are_compared_and_memory_is_bounded() -> None:
    kept = KeptAnswers(lambda: 0.0)
    like = LikeAnswers(kept, bytes_max=40 * LIKE_MAX)
    turned = [meaning(math.cos(n / 100), math.sin(n / 100)) for n in range(LIKE_MAX + 10)]
    for number, one in enumerate(turned):
        kept.keep(b"%d" % number, OWNER, WAY, b"%d" % number, keep_s=9.0)
        like.keep(b"key", one, b"%d" % number)
    assert like.n_bytes == LIKE_MAX * turned[0].n_bytes
    newest = like.find(b"key", OWNER, turned[-1], least=1.0)
    assert newest is not None
    assert newest.body == b"%d" % (LIKE_MAX + 9)
    assert like.find(b"key", OWNER, turned[0], least=1.0) is None
    for number in range(20):
        like.keep(b"key %d" % number, meaning(*[1.0] * 500), b"%d" % number)
        assert like.n_bytes <= 40 * LIKE_MAX


CHAT: dict[str, Any] = {"messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Why?"}]}
PICTURE = {"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}
CALLED = {
    "role": "assistant",
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
SAID = {"role": "user", "content": "Why?"}


def asked(wire: Wire, **body: Any) -> Parsed:
    parsed = parse(wire, json.dumps({"model": "m", "max_tokens": 9, **body}).encode())
    assert isinstance(parsed, Parsed), parsed
    return parsed


@pytest.mark.parametrize(
    ("wire", "body", "place"),
    [
        (Wire.CHAT, CHAT, 1),
        (Wire.CHAT, {"user": "u", **CHAT, "stop": "Why?"}, 2),
        (Wire.CHAT, {"messages": [SAID, {"role": "assistant", "content": "So."}, SAID]}, 2),
        (Wire.CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}]}]}, 0),
        (Wire.MESSAGES, {"messages": [SAID], "system": "Why?"}, 0),
        (Wire.RESPONSES, {"input": "Why?", "instructions": "Why?"}, 0),
        (Wire.RESPONSES, {"input": [{"role": "user", "content": [{"type": "input_text", "text": "Why?"}]}]}, 0),
    ],
)
def test_the_question_is_the_last_thing_that_a_user_says(wire: Wire, body: dict[str, Any], place: int) -> None:
    parsed = asked(wire, **body)
    before = json.dumps(parsed.tree)
    question = question_of(parsed)
    assert question is not None
    assert (question.text, question.place) == ("Why?", place)
    assert parsed.texts[place] == "Why?"
    assert json.dumps(parsed.tree) == before


@pytest.mark.parametrize(
    ("wire", "body"),
    [
        (Wire.CHAT, {**CHAT, "tools": [TOOL]}),
        (Wire.CHAT, {**CHAT, "n": 2}),
        (Wire.CHAT, {"messages": [SAID, CALLED, {"role": "tool", "tool_call_id": "c", "content": "x"}, SAID]}),
        (Wire.CHAT, {"messages": [SAID, {"role": "assistant", "content": "So."}]}),
        (Wire.CHAT, {"messages": [{"role": "user", "content": [PICTURE]}]}),
        (Wire.CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}, PICTURE]}]}),
        (Wire.CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}] * 2}]}),
        (Wire.CHAT, {"messages": [{"role": "user", "content": "x" * (CHARS_MAX + 1)}]}),
        (Wire.CHAT, {"messages": [{"role": "user", "content": '{"a": "\\\\u0062"}'}]}),  # looked into: no single text
        (Wire.RESPONSES, {"input": "Why?", "store": True}),
        (Wire.RESPONSES, {"input": [{"role": "user", "content": ["Why?"]}]}),
        (Wire.RESPONSES, {"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}, SAID]}),
        (Wire.EMBEDDINGS, {"input": "Why?"}),
    ],
)
def test_where_more_than_words_is_asked_there_is_no_question(wire: Wire, body: dict[str, Any]) -> None:
    assert question_of(asked(wire, **body)) is None
