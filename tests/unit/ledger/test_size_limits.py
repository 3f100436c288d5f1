"""How much of a case, an entry or a name is kept: at the limit it is, beyond it the message says what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from interlock.flows.ledger.content import TEXT_BYTES_MAX, text_digest
from interlock.flows.ledger.record import PAYLOAD_BYTES_MAX, RECORD_BYTES_MAX, written
from interlock.surfaces.sdk.checks import NAME_MAX, checked_text
from interlock.terms.errors import BadInput

AT = "2026-03-02T09:00:00.000000Z"


def entry(body: dict[str, Any], payload: dict[str, Any] | None = None) -> bytes:
    return written("gate.judged", body, at=AT, payload=payload).record


def filled(make: Callable[[str], bytes], size: int) -> str:
    """What makes it exactly `size` bytes long."""
    return "x" * (size - len(make("")))


def test_a_record_of_any_size_up_to_the_limit() -> None:
    words = filled(lambda text: entry({"reason": text}), RECORD_BYTES_MAX)
    assert len(entry({"reason": words})) == RECORD_BYTES_MAX
    with pytest.raises(BadInput, match=r"it has 4,194,305 bytes, at most 4,194,304 are; shorten it"):
        entry({"reason": words + "x"})


def test_a_payload_of_any_size_up_to_the_limit() -> None:
    words = "x" * (PAYLOAD_BYTES_MAX - len('{"before":""}'))
    entry({}, {"before": words})
    with pytest.raises(BadInput, match=r"its content has 65,537 bytes, at most 65,536 are kept; hand over a reference"):
        entry({}, {"before": words + "x"})


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(BadInput, match=r"NUL character \(position 2\)"):
        text_digest("ab\0c")


@pytest.mark.parametrize("sign", ["x", "é", "料"])
def test_a_text_counts_by_its_bytes(sign: str) -> None:
    width = len(sign.encode())
    text = sign * (TEXT_BYTES_MAX // width)
    assert text_digest(text).startswith("sha256:")
    with pytest.raises(BadInput, match=r"the text of this case has [\d,]+ bytes, at most 262,144 are kept"):
        text_digest(text + sign)


def test_what_is_no_text_cannot_be_kept() -> None:
    with pytest.raises(BadInput, match=r"cannot be kept: surrogates not allowed \(position 2\)"):
        text_digest("ab\ud800")


@pytest.mark.parametrize("name", ["tenant", "segment", "target"])
def test_a_name_is_no_essay(name: str) -> None:
    checked_text(name, "x" * NAME_MAX)
    with pytest.raises(BadInput, match=f"this {name} has 501 characters, at most 500"):
        checked_text(name, "x" * (NAME_MAX + 1))
