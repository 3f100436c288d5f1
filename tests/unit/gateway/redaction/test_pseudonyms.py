"""A request's pseudonyms: the same for the same value, never the client's own text, and undone in the answer."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.gateway.redaction.redacting import compiled
from interlock.terms.errors import BadInput
from interlock.terms.gateway.content import Entity, PersonalKind

ENTITIES = (
    Entity('Bob "The Rock" O\\Neil'),
    Entity("Anna Schmidt"),
    Entity("Ann"),
    Entity("José"),
    Entity("AC-99-17", "account_number"),
    Entity("EMAIL", "word"),
)
KNOWING = compiled(list(PersonalKind), ENTITIES)
PIECES = (
    "bob@example.com",
    "BOB@example.com",
    "[EMAIL-1]",
    "[NAME-2]",
    "[LITERAL-1]",
    "[EMAIL",
    "-1]",
    "[",
    "EMAIL",
    "Anna Schmidt",
    "ann",
    "Jose\u0301",
    "AC-99-17",
    "+1 555 234 5678",
    "password=Tr0ub4dor&3xx",
    " ",
    ", ",
    "\\",
    '"',
    "é",
    "\U0001f600",
)


def test_the_same_value_has_the_same_pseudonym_in_all_texts_of_a_request() -> None:
    request = KNOWING.begin()
    assert request.redact("bob@example.com, ann@example.com") == "[EMAIL-1], [EMAIL-2]"
    assert request.redact("ann@example.com wrote to bob@example.com") == "[EMAIL-2] wrote to [EMAIL-1]"
    assert request.counts == {"email": 4}


def test_two_requests_know_nothing_of_each_other() -> None:
    first, second = KNOWING.begin(), KNOWING.begin()
    first.redact("bob@example.com")
    second.redact("ann@example.com")
    assert second.restorer().restore("[EMAIL-1]") == "ann@example.com"
    assert KNOWING.begin().restorer().restore("[EMAIL-1]") == "[EMAIL-1]"


def test_a_clients_text_that_looks_like_a_pseudonym_never_becomes_a_value() -> None:
    request = KNOWING.begin()
    sent = request.redact("Say [EMAIL-1] and write to bob@example.com")
    assert sent == "Say [LITERAL-1] and write to [EMAIL-1]"
    later = request.redact("What does [EMAIL-1] mean?")
    assert later == "What does [LITERAL-1] mean?"
    assert request.restorer().restore(f"{sent} | {later}") == (
        "Say [EMAIL-1] and write to bob@example.com | What does [EMAIL-1] mean?"
    )
    assert request.counts == {"email": 1}


def test_a_pseudonym_that_was_never_given_out_stays_as_the_model_wrote_it() -> None:
    request = KNOWING.begin()
    request.redact("bob@example.com")
    assert request.restorer().restore("[EMAIL-2] [EMAIL-11] [email-1] [EMAIL-1]") == (
        "[EMAIL-2] [EMAIL-11] [email-1] bob@example.com"
    )


def test_known_values_are_found_whatever_their_case_and_the_longest_first() -> None:
    request = KNOWING.begin()
    assert request.redact("ANNA  schmidt, Ann, annual; account ac-99-17") == (
        "[NAME-1], [NAME-2], annual; account [ACCOUNT-NUMBER-1]"
    )
    assert KNOWING.names_covered
    assert not compiled(["email"]).names_covered


def test_a_value_that_stands_in_another_goes_with_it() -> None:
    request = compiled(["email"], [Entity("bob"), Entity("example.com Inc", "company")]).begin()
    sent = request.redact("bob bob@example.com Inc.")
    assert sent == "[NAME-1] [EMAIL-1]."
    assert request.restorer().restore(sent) == "bob bob@example.com Inc."


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=3))
def test_what_was_taken_out_comes_back_as_it_was(texts: list[str]) -> None:
    request = KNOWING.begin()
    sent = [request.redact(text) for text in texts]
    assert [request.restorer().restore(text) for text in sent] == texts


@settings(max_examples=100, deadline=None)
@given(words=st.lists(st.sampled_from(PIECES), max_size=8))
def test_no_value_is_left_where_it_stands_as_a_word(words: list[str]) -> None:
    request = KNOWING.begin()
    for text in (request.redact(" ".join(words)), request.redact_json(json.dumps(words))):
        assert not any(value in text for value in ("bob@", "Anna Schmidt", "AC-99-17", "5678", "Tr0ub4dor"))


@settings(max_examples=100, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=8).map("".join), size=st.integers(min_value=1, max_value=9))
def test_an_answer_is_restored_from_chunks_as_it_is_whole(text: str, size: int) -> None:
    request = KNOWING.begin()
    sent = f"{request.redact(text)} [EMAIL-77] [E"
    restorer = request.restorer()
    fed = [restorer.feed(sent[at : at + size]) for at in range(0, len(sent), size)]
    assert "".join([*fed, restorer.finish()]) == f"{text} [EMAIL-77] [E"


def test_restoring_holds_back_only_what_may_become_a_pseudonym() -> None:
    request = KNOWING.begin()
    request.redact("bob@example.com")
    restorer = request.restorer()
    assert [restorer.feed(chunk) for chunk in ("Dear ", "[EM", "AIL-1", "], a[0", "] [x")] == [
        "Dear ",
        "",
        "",
        "bob@example.com, a[0",
        "] [x",
    ]
    assert restorer.feed("[EMAIL-1") == ""
    assert restorer.finish() == "[EMAIL-1"


def test_of_two_known_values_the_longer_one_is_taken_out() -> None:
    request = compiled([], [Entity("Anna"), Entity("Anna Schmidt"), Entity("Anna Schmidt Ltd", "company")]).begin()
    assert request.redact("Anna Schmidt Ltd. and Anna Schmidt and Anna") == "[COMPANY-1]. and [NAME-1] and [NAME-2]"


def test_json_in_a_text_stays_json() -> None:
    request = KNOWING.begin()
    document = json.dumps({"text": "line\nbob@example.com", "card": 4111111111111111, "n": [1, True, None, 2.5]})
    sent = request.redact_json(document)
    assert json.loads(sent) == {"text": "line\n[EMAIL-1]", "card": "[CARD-1]", "n": [1, True, None, 2.5]}
    assert request.restorer().restore(json.loads(sent)["text"]) == "line\nbob@example.com"
    assert request.redact_json('{"b":  1}') == '{"b":  1}'
    assert request.redact_json('{"cut off": "bob@example.com') == '{"cut off": "[EMAIL-1]'
    assert request.redact_json('{"a":"bob@example.com","a":1}') == '{"a": 1}'


def test_what_is_nested_too_deep_is_refused_and_not_passed_on() -> None:
    request = KNOWING.begin()
    deep = "[" * 90 + '"bob@example.com"' + "]" * 90
    assert request.redact_json(deep) == deep.replace("bob@example.com", "[EMAIL-1]")
    for depth in (102, 5_000, 200_000):
        with pytest.raises(BadInput, match="nested more than 100 deep"):
            request.redact_json("[" * depth + '"bob@example.com"' + "]" * depth)


def test_keys_of_json_are_values_too() -> None:
    request = KNOWING.begin()
    assert request.redact_value({"bob@example.com": ["ann@example.com"]}) == {"[EMAIL-1]": ["[EMAIL-2]"]}


@pytest.mark.parametrize(
    ("kinds", "entities", "says"),
    [
        (["emails"], (), "no such kind of personal data: emails. Known: credit_card, email"),
        ([], (Entity("x"),), "has 1 characters that can be seen"),
        ([], (Entity("--"),), "with a letter or digit"),
        ([], (Entity("\u200b\u200b\u200b"),), "has 0 characters"),
        ([], (Entity("Bob", "Na me"),), "cannot name a pseudonym"),
        ([], (Entity("Bob", "literal"),), "is taken for text that looks like a pseudonym"),
        ([], tuple(Entity(f"name {n}") for n in range(5_001)), "too many"),
    ],
)
def test_what_cannot_be_done_is_said(kinds: list[str], entities: tuple[Entity, ...], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        compiled(kinds, entities)
