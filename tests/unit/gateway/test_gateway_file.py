"""What people write in gateway.yaml, and what they are told of each error."""

import pytest

from interlock.adapters.definitions.gateway_file import gateway_in
from interlock.flows.gateway.define import check_gateway, gateway_faults
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream, Price, WireFormat
from interlock.terms.gateway.traffic import DataClass, Of, Per, TrafficLimit, Unit

FILE = """\
gateway: main
prices_version: "2026-11"
upstreams:
  eu: {wire: openai, base_url: https://models.example/v1/, region: eu, data_class: confidential, key_variable: EU_KEY}
models:
  small: {upstream: eu, at_upstream: s-1, price_per_million: {input_usd: 0.15, output_usd: 0.6}}
limits:
  - {of: client, per: day, usd: 2.5}
"""


def test_a_file_becomes_the_definition() -> None:
    found = gateway_in("gateway.yaml", FILE, gateway_faults)
    assert found.upstreams == (
        ModelUpstream(
            "eu", WireFormat.OPENAI, "https://models.example/v1", "eu", DataClass.CONFIDENTIAL, key_variable="EU_KEY"
        ),
    )
    assert found.models == (GatewayModel("small", "eu", "s-1", Price(150_000, 600_000)),)
    assert found.limits == (TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 2_500_000),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "https://models.example/v1/",
            "http://models.example/v1",
            "gateway.yaml:4: upstreams.eu: base_url is not https",
        ),
        ("https://models.example/v1/", "https://me:pw@models.example/v1", "is no address"),
        ("usd: 2.5", "usd: 2.5, tokens: 3", "limits one of requests, tokens or usd; here are tokens, usd"),
        ("usd: 2.5", "usd: 0.0000001", "less than a micro-dollar"),
        ("of: client", "of: everything, name: desk", "a limit of everything has no name"),
        ("key_variable", "key_varable", "upstreams.eu.key_varable: is no field here; did you mean 'key_variable'?"),
        ("region: eu, ", "", "upstreams.eu.region: is missing; add it"),
        ("  small:", "  a b:", "gateway.yaml:6: models.a b: write letters, digits and . _ : / - without blanks"),
        ("  eu:", "  EU:", "gateway.yaml:4: upstreams.EU: write small letters, digits and hyphens"),
        ("input_usd: 0.15", "input_usd: free", "input_usd: write a number here, without quotes and unit"),
        ("  small:", "  auto:", "gateway.yaml:6: models.auto: 'auto' asks for the cheapest model that will do"),
        (
            "limits:",
            "network: {trusted_proxies: [10.0.0.0/8, 0.0.0.0/0]}\nlimits:",
            "gateway.yaml:7: network.trusted_proxies.1: 0.0.0.0/0 is everybody",
        ),
    ],
)
def test_an_error_names_line_field_and_mend(old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        gateway_in("gateway.yaml", FILE.replace(old, new), gateway_faults)
    assert words in str(refused.value)


def test_names_that_lead_nowhere_are_told_with_their_lines() -> None:
    text = FILE.replace("upstream: eu,", "upstream: us, fallbacks: [small, large],").replace(
        "2.5}", "2.5, model: tiny}"
    )
    with pytest.raises(BadInput) as refused:
        gateway_in("gateway.yaml", text, gateway_faults)
    assert str(refused.value).splitlines() == [
        "gateway.yaml is no gateway definition yet:",
        "  gateway.yaml:6: models.small.fallbacks: it falls back to itself; name another one",
        "  gateway.yaml:6: models.small.fallbacks: there is no model 'large'; there are: small",
        "  gateway.yaml:6: models.small.upstream: there is no upstream 'us'; there are: eu",
        "  gateway.yaml:8: limits.0.model: there is no model 'tiny'; there are: small",
    ]


def test_a_definition_that_comes_another_way_is_looked_at_too() -> None:
    with pytest.raises(BadInput, match=r"models\.small\.upstream: there is no upstream 'eu'; there are: none"):
        check_gateway(GatewayDefinition(models=(GatewayModel("small", "eu", "s-1"),), prices_version="1"))


def test_a_key_in_the_file_is_not_said_again() -> None:
    with pytest.raises(BadInput) as refused:
        gateway_in("gateway.yaml", FILE.replace("EU_KEY", "sk-live-1234"), gateway_faults)
    assert "upstreams.eu.key_variable: is no name of an environment variable, such as" in str(refused.value)
    assert "1234" not in str(refused.value)


def test_the_variables_that_hold_keys_are_those_of_models_and_tools() -> None:
    tools = "tool_servers:\n  desk: {url: https://desk.example/mcp, key_variable: DESK_KEY}\n"
    assert gateway_in("gateway.yaml", FILE + tools, gateway_faults).key_variables == ("DESK_KEY", "EU_KEY")
