"""Tokens from an issuer to a client: over a store, with keys that are fetched, as a gateway does it."""

import asyncio
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from aiohttp import web

from governed import ANA, BEN, NAME, House
from interlock.adapters.clocks.steady import machine_time
from interlock.adapters.gateway.changes import LOOK_S
from interlock.flows.access.tenants import assign_tenant
from interlock.flows.gateway.access.bars import bar_client
from interlock.flows.gateway.access.clients import Clients
from interlock.flows.gateway.define import define_gateway
from interlock.terms.gateway.client import Client, KnownBy
from interlock.terms.gateway.definition import GatewayDefinition, TokenIssuer
from interlock.terms.gateway.refusal import Refusal
from interlock.wiring.gateway.access import changes_of, clients_over
from token_issuer import AUDIENCE, Issuer, serving

HERE = "127.0.0.1"


def _defined(house: House, issuer: TokenIssuer) -> None:
    house.define()
    define_gateway(house.store, GatewayDefinition(issuers=(issuer,)), by=ANA, clock=house.clock)


def test_a_token_of_an_issuer_lets_its_client_in_until_its_key_is_gone_or_it_is_barred(house: House) -> None:
    async def run() -> None:
        issuer = Issuer()
        issuer.new_key("one")
        async with serving(issuer):
            _defined(house, TokenIssuer(issuer.address, AUDIENCE, f"{issuer.address}/keys"))
            changes = changes_of(house.store)
            clients, keys = clients_over(house.store, changes, machine_time)
            now_s = machine_time().timestamp()
            token = issuer.token(issuer.claims(now_s))
            name = f"desk@{urlsplit(issuer.address).netloc}"
            assert clients.known(token, HERE) is None
            assert await clients.verified(token, HERE) == Client(name, NAME, known_by=KnownBy.TOKEN)
            assert clients.known(token, HERE) == Client(name, NAME, known_by=KnownBy.TOKEN)
            over = issuer.token(issuer.claims(now_s, exp=now_s - 31))
            for wrong in (over, issuer.token(issuer.claims(now_s, aud="other")), token[:-8] + "AAAAAAAA"):
                refused = await clients.verified(wrong, HERE)
                assert isinstance(refused, Refusal)
                assert (refused.rule, refused.status) == ("token", 401)
            issuer.down = lambda: web.Response(status=503)
            assert isinstance(await clients.verified(issuer.token(issuer.claims(now_s, sub="next")), HERE), Client)
            bar_client(house.store, name, "stolen", by=BEN, clock=house.clock)
            await asyncio.sleep(2 * LOOK_S)
            shut_out = clients.known(token, HERE)
            assert isinstance(shut_out, Refusal)
            assert "barred" in shut_out.words
            changes.close()
            await keys.close()

    asyncio.run(run())


@contextmanager
def _provider() -> Iterator[str]:
    """A provider of identities that others wrote."""
    with warnings.catch_warnings():
        import authlib.deprecate  # type: ignore[import-untyped]  # noqa: F401 - it turns on its own warnings

        warnings.simplefilter("ignore")  # of what the provider is made of
        import oidc_provider_mock  # type: ignore[import-untyped]

        with oidc_provider_mock.run_server_in_thread() as server:
            yield f"http://localhost:{server.server_port}"


def _id_token(provider: str, subject: str, **claims: str) -> str:
    """What it says of somebody who signs in."""
    back = "https://app.example/back"
    asked = {"client_id": AUDIENCE, "redirect_uri": back, "response_type": "code", "scope": "openid"}
    with httpx.Client(base_url=provider, trust_env=False) as browser:
        browser.put(f"/users/{subject}", json=claims).raise_for_status()
        sent = browser.post("/oauth2/authorize", params=asked, data={"sub": subject}).headers["location"]
        code = parse_qs(urlsplit(sent).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        return str(browser.post("/oauth2/token", data=grant, auth=(AUDIENCE, "secret")).json()["id_token"])


def test_a_provider_that_others_wrote_is_understood(house: House) -> None:
    async def asked(clients: Clients, token: str) -> Client | Refusal:
        return await clients.verified(token, HERE)

    async def run(provider: str, ours: str, theirs: str, nobodys: str) -> None:
        changes = changes_of(house.store)
        clients, keys = clients_over(house.store, changes, machine_time)
        name = f"desk@{urlsplit(provider).netloc}"
        assert await asked(clients, ours) == Client(name, NAME, "acme", KnownBy.TOKEN)
        for token, rule in ((theirs, "client"), (nobodys, "token")):
            refused = await asked(clients, token)
            assert isinstance(refused, Refusal)
            assert refused.rule == rule
        changes.close()
        await keys.close()

    with _provider() as provider:
        _defined(house, TokenIssuer(provider, AUDIENCE, f"{provider}/jwks"))
        assign_tenant(house.store, NAME, "acme", by=BEN, clock=house.clock)
        ours = _id_token(provider, "desk", workflow=NAME, tenant="acme")
        theirs = _id_token(provider, "other", workflow=NAME, tenant="globex")
        nobodys = _id_token(provider, "visitor")
        asyncio.run(run(provider, ours, theirs, nobodys))
