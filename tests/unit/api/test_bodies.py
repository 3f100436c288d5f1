"""What a request may say of a case: what the Python interface takes, and nothing that ends in a failure later."""

from typing import Any

import pytest
from pydantic import ValidationError

from interlock.surfaces.api.bodies import Proposed

GIVEN: dict[str, Any] = {"key": "order 7", "release": "sha256:r", "label": "refund"}


@pytest.mark.parametrize(
    "told",
    [
        *({"key": key} for key in (" ", "a\nb", " a", "a ")),
        *({name: text} for name in ("tenant", "segment", "target") for text in ("", " ", "x" * 501)),
        {"amount_cents": -1},
        {"items": 0},
        {"facts": {"country": "\ud800"}},
        {"arguments": {"\ud800": 1}},
        {"arguments": {"n": 2**70}},
    ],
)
def test_what_the_python_interface_refuses_is_refused_here(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        Proposed.model_validate(GIVEN | told)
    assert {fault["loc"][0] for fault in refused.value.errors()} == set(told)


def test_what_can_be_kept_is_taken_as_it_is() -> None:
    told = {
        "tenant": "a b",
        "amount_cents": 0,
        "items": 1,
        "facts": {"vip": True},
        "arguments": {"lines": [{"n": 1.5}]},
    }
    proposal = Proposed.model_validate(GIVEN | told).proposal()
    assert {name: getattr(proposal, name) for name in told} == told
