"""Signatures of web hooks, against the example of the Standard Webhooks specification."""

import datetime as dt

import pytest

from interlock.engine.access.signature import is_fresh, is_signed, secret_of, secret_text, signature

# From the specification's reference libraries.
SECRET = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification() -> None:
    assert signature(SECRET, ID, AT, BODY) == SIGNED
    assert is_signed(SECRET, ID, AT, BODY, SIGNED)
    assert is_signed(SECRET, ID, AT, BODY, f"v1,b3RoZXI= {SIGNED}")


@pytest.mark.parametrize(
    ("message_id", "at", "body", "given"),
    [
        ("msg_other", AT, BODY, SIGNED),
        (ID, AT + 1, BODY, SIGNED),
        (ID, AT, BODY + b" ", SIGNED),
        (ID, AT, BODY, SIGNED.removeprefix("v1,")),
        (ID, AT, BODY, ""),
        (ID, AT, BODY, "é"),
    ],
)
def test_whatever_was_changed_shows(message_id: str, at: int, body: bytes, given: str) -> None:
    assert not is_signed(SECRET, message_id, at, body, given)


def test_a_message_is_fresh_for_five_minutes_either_way() -> None:
    now = dt.datetime.fromtimestamp(AT, dt.UTC)
    assert [is_fresh(AT + off, now) for off in (-301, -300, 0, 300, 301)] == [False, True, True, True, False]


def test_secrets_come_back_from_their_text() -> None:
    assert secret_of(secret_text(b"x" * 32)) == b"x" * 32
    for text, words in (("", "it has 0 bytes"), ("whsec_Zm9v", "it has 3 bytes"), ("whsec_?", "no base64")):
        with pytest.raises(ValueError, match=words):
            secret_of(text)
