"""What a token's claims must say, whoever signed them."""

from dataclasses import replace
from typing import Any

import pytest

from interlock.adapters.definitions.gateway_file import gateway_in
from interlock.engine.gateway.access.claims import claims_fault, client_of
from interlock.flows.gateway.define import gateway_faults
from interlock.terms.errors import BadInput
from interlock.terms.gateway.client import Client, KnownBy
from interlock.terms.gateway.definition import TokenIssuer

ISSUER = TokenIssuer("https://id.example/realm", "gateway", "https://id.example/keys")
NOW_S = 1_800_000_000.0
GOOD = {"iss": ISSUER.issuer, "aud": "gateway", "exp": NOW_S + 60, "sub": "desk", "workflow": "triage"}
LEEWAY_S = ISSUER.leeway_s


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"aud": ["other", "gateway"]}, None),
        ({"nbf": NOW_S + LEEWAY_S, "iat": NOW_S - 5}, None),
        ({"exp": NOW_S - LEEWAY_S + 1}, None),
        ({"iss": "https://id.example/other"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": ISSUER.issuer + "/"}, "issuer"),
        ({"aud": "other"}, "audience"),
        ({"aud": []}, "audience"),
        ({"aud": "my gateway"}, "audience"),
        ({"aud": {"gateway": 1}}, "audience"),
        ({"aud": None}, "audience"),
        ({"exp": None}, "(exp)"),
        ({"exp": True}, "(exp)"),
        ({"exp": "1900000000"}, "(exp)"),
        ({"exp": float("inf")}, "(exp)"),
        ({"exp": float("nan")}, "(exp)"),
        ({"exp": 10**400}, "(exp)"),
        ({"exp": -1}, "(exp)"),
        ({"exp": NOW_S - LEEWAY_S}, "expired"),
        ({"nbf": NOW_S + LEEWAY_S + 1}, "nbf"),
        ({"nbf": "now"}, "nbf"),
        ({"iat": NOW_S + LEEWAY_S + 1}, "iat"),
        ({"iat": [NOW_S]}, "iat"),
    ],
)
def test_claims_hold_here_and_now_or_it_is_said_why(changed: dict[str, Any], fault: str | None) -> None:
    found = claims_fault({**GOOD, **changed}, ISSUER, NOW_S)
    assert found is None if fault is None else found is not None and fault in found


def test_a_client_has_the_name_of_its_issuer_behind_it() -> None:
    assert client_of({**GOOD, "tenant": "acme"}, ISSUER) == Client(
        "desk@id.example/realm", "triage", "acme", KnownBy.TOKEN
    )
    assert client_of(GOOD, ISSUER) == Client("desk@id.example/realm", "triage", None, KnownBy.TOKEN)


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 101},
        {"sub": "desk\n"},
        {"sub": " desk"},
        {"workflow": None},
        {"workflow": ["triage"]},
        {"tenant": 5},
        {"tenant": ""},
        {"tenant": "acme\u202e"},
    ],
)
def test_who_names_no_client_workflow_or_tenant_is_nobody(changed: dict[str, Any]) -> None:
    assert isinstance(client_of({**GOOD, **changed}, ISSUER), str)


def test_the_name_of_an_issuer_is_kept_to_the_letter() -> None:
    text = """
gateway: main
prices_version: "1"
issuers: [{issuer: https://id.example/, audience: gateway, jwks_url: https://id.example/keys}]
"""
    (issuer,) = gateway_in("gateway.yaml", text, gateway_faults).issuers
    assert issuer.issuer == "https://id.example/"
    assert claims_fault({**GOOD, "iss": "https://id.example/"}, issuer, NOW_S) is None
    assert client_of(GOOD, issuer) == Client("desk@id.example", "triage", None, KnownBy.TOKEN)
    for address in ("id.example", "https://name:word@id.example/", "https://id.example/?a=b"):
        with pytest.raises(BadInput, match="is no address"):
            wrong = text.replace("issuer: https://id.example/,", f'issuer: "{address}",')
            gateway_in("gateway.yaml", wrong, gateway_faults)


def test_clients_of_two_issuers_on_one_host_are_two() -> None:
    addresses = ("https://id.example/realms/a", "https://id.example/realms/b", "https://id.example", "https://b")
    subjects = ("desk", "desk@id.example/realms/a", "desk@id.example")
    names = set()
    for address in (*addresses, "https://id.example/realms/@b"):
        for subject in subjects:
            client = client_of({**GOOD, "sub": subject}, replace(ISSUER, issuer=address))
            assert isinstance(client, Client)
            names.add(client.name)
    assert len(names) == 5 * len(subjects)
    assert "desk@id.example/realms/a" in names
