"""Secrets in text: the forms of issuers, put together here from parts so that no scanner takes them for real ones."""

import pytest

from interlock.engine.gateway.detectors.secrets import find_secrets
from interlock.engine.gateway.redaction.redacting import compiled

A, DIGITS, HEX = "Ab3dEf7hIj1kLm5nOp9qRs2tUv6xYz0w" * 8, "0123456789" * 4, "0a1b2c3d4e5f6789" * 8
SECRETS = {
    "aws_access_key": "AKIA" + "JZ7Q2WLM4K3RX5TU",
    "github_token": "ghp" + "_" + A[:36],
    "gitlab_token": "glpat" + "-" + A[:20],
    "slack_token": "xoxb" + "-" + DIGITS[:12] + "-" + A[:24],
    "slack_webhook": "https://hooks.slack" + ".com/services/T0" + A[:8] + "/B0" + A[:8] + "/" + A[:24],
    "anthropic_key": "sk" + "-ant-api03-" + A[:90],
    "openai_key": "sk" + "-proj-" + A[:60],
    "google_api_key": "AIza" + A[:35],
    "google_oauth": "ya29" + "." + A[:60],
    "stripe_key": "sk" + "_live_" + A[:24],
    "sendgrid_key": "SG" + "." + A[:22] + "." + A[:43],
    "twilio_key": "SK" + HEX[:32],
    "npm_token": "npm" + "_" + A[:36],
    "pypi_token": "pypi" + "-AgE" + A[:80],
    "huggingface_token": "hf" + "_" + A[:34],
    "digitalocean_token": "dop" + "_v1_" + HEX[:64],
    "shopify_token": "shpat" + "_" + HEX[:32],
    "azure_key": "AccountKey" + "=" + A[:86] + "==",
    "interlock_key": "interlock" + "_" + A[:43],
    "signed_token": "eyJ" + A[:20] + ".eyJ" + A[:40] + "." + A[:43],
    "private_key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + A + "\n-----END RSA " + "PRIVATE KEY-----",
    "password_in_address": "postgresql://app:" + A[:12] + "@db.internal/main",
}
NONE = (
    "The password is required.",
    "password = aaaaaaaaaaa1",
    "password: your_password_here",
    "api_key = os.environ['API_KEY_PRODUCTION_1']",
    "token: ${GITHUB_TOKEN_2}",
    "secret = xxxxxxxxxxxx12",
    "Enter your password: ********",
    "The token is expired-and-renewed daily",
    "password = get_password(user1)",
    "secret: see https://wiki.internal/page1",
    "eyJhbGciOi is how such a token begins",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "sk-learn and gh_pages and AKIA",
    "postgresql://localhost:5432/main",
    "",
)


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items())
def test_a_secret_is_found_by_its_form_and_taken_out_whole(kind: str, secret: str) -> None:
    text = f"Use {secret} please"
    assert find_secrets(text).counts == {kind: 1}
    request = compiled(["secret"]).begin()
    assert request.redact(text) == "Use [SECRET-1] please" or kind in {"slack_webhook", "password_in_address"}
    assert A[:8] not in request.redact(text)
    assert request.restorer().restore(request.redact(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "password: Tr0ub4dor&3",
        'api_key="a8F3kL9pQ2xZ"',
        "client_secret=9f8e7d6c5b4aZ!",
        "the password is Sommer#2026!x",
    ],
)
def test_a_password_that_is_assigned_is_found_by_its_surprise(text: str) -> None:
    assert find_secrets(text).counts == {"password": 1}


@pytest.mark.parametrize("text", NONE)
def test_what_only_speaks_of_secrets_is_none(text: str) -> None:
    assert not find_secrets(text)


def test_a_private_key_without_an_end_goes_on_to_the_end_of_the_text() -> None:
    begun = "key: -----BEGIN " + "PRIVATE KEY-----\nMIIEvQ" + A
    assert compiled(["secret"]).begin().redact(begun) == "key: [SECRET-1]"


def test_all_secrets_of_a_text_are_counted_and_their_values_are_not_kept() -> None:
    found = find_secrets(f"{SECRETS['npm_token']} {SECRETS['npm_token']} {SECRETS['twilio_key']}")
    assert found.counts == {"npm_token": 2, "twilio_key": 1}
    assert found.total == 3
    assert SECRETS["npm_token"] not in repr(found)
