"""What people write in gateway.yaml, and what they are told of each error."""

import pytest

from interlock.adapters.definitions.gateway_file import gateway_in
from interlock.flows.gateway.define import gateway_faults
from interlock.terms.errors import BadInput
from interlock.terms.gateway.definition import GatewayModel, ModelUpstream, Price, WireFormat
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
    found = gateway_in("gateway.yaml", FILE)
    assert found.upstreams == (
        ModelUpstream(
            "eu", WireFormat.OPENAI, "https://models.example/v1", "eu", DataClass.CONFIDENTIAL, key_variable="EU_KEY"
        ),
    )
    assert found.models == (GatewayModel("small", "eu", "s-1", Price(150_000, 600_000)),)
    assert found.limits == (TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, 2_500_000),)
    assert list(gateway_faults(found)) == []


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
    ],
)
def test_an_error_names_line_field_and_mend(old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        gateway_in("gateway.yaml", FILE.replace(old, new))
    assert words in str(refused.value)


def test_names_that_lead_nowhere_are_faults() -> None:
    text = FILE.replace("upstream: eu,", "upstream: us, fallbacks: [small, large],")
    assert list(gateway_faults(gateway_in("gateway.yaml", text))) == [
        "models.small.upstream: there is no upstream 'us'; there are: eu",
        "models.small.fallbacks: it falls back to itself; name another one",
        "models.small.fallbacks: there is no model 'large'; there are: small",
    ]
