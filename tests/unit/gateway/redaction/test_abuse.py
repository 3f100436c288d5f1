"""What a client could make redaction do: take long, or make much of little."""

import time

from interlock.engine.gateway.redaction.entities import known
from interlock.engine.gateway.redaction.folding import folded
from interlock.engine.gateway.redaction.pseudonyms import RESTORED_CHARS_MAX
from interlock.engine.gateway.redaction.redacting import compiled
from interlock.terms.gateway.content import Entity

PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\n" + "A" * 900_000


def test_many_long_values_are_made_ready_in_a_moment() -> None:
    values = [Entity(f"{number:04x}" * 12) for number in range(1_000)]
    began_s = time.perf_counter()
    found = known(values)
    took_s = time.perf_counter() - began_s
    assert took_s < 1.0, f"{took_s:.2f} s; what only streams need must not be made for a request"
    assert found is not None
    assert [one.kind for one in found.find(folded(f"it is {values[7].value}"))] == ["name"]


def test_a_pseudonym_that_is_said_again_and_again_makes_no_answer_without_an_end() -> None:
    request = compiled(("secret", "email")).begin()
    assert request.redact(f"ana@example.com {PRIVATE_KEY}") == "[EMAIL-1] [SECRET-1]"
    answers = [request.restorer().restore("[SECRET-1]" * 500 + "[EMAIL-1]") for _ in range(3)]
    assert sum(map(len, answers)) < RESTORED_CHARS_MAX + 3 * 500 * len("[SECRET-1]") + 1_000
    assert answers[0].startswith(PRIVATE_KEY)
    # Only what has no room stays a pseudonym.
    assert answers[2] == "[SECRET-1]" * 500 + "ana@example.com"


def test_the_same_holds_where_it_streams() -> None:
    request = compiled(("secret",)).begin()
    request.redact(PRIVATE_KEY)
    size = 0
    for _ in range(2):
        restorer = request.restorer()
        size += sum(len(restorer.feed("[SECRET-1]")) for _ in range(100)) + len(restorer.finish())
    assert size < RESTORED_CHARS_MAX + 2_000
