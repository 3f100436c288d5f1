"""Bearer tokens: what is let in is what an issuer signed, in a way that was agreed; attacks that are known are not."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from interlock.adapters.gateway import issuer_keys
from interlock.adapters.gateway.issuer_keys import AGAIN_S, BYTES_MAX, FRESH_S, STALE_S, IssuerKeys
from interlock.adapters.gateway.signed_tokens import CHARACTERS_MAX, JoseTokens
from interlock.ports.gateway.tokens import SignedToken
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.definition import TokenIssuer
from token_issuer import AUDIENCE, Issuer, serving, written

NOW_S = 1_800_000_000.0


class Bench:
    """An issuer, who checks its tokens, and a clock that is set by hand."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer, self.now_s = issuer, 1_000.0
        self.keys = IssuerKeys(lambda: self.now_s)
        self.tokens = JoseTokens(self.keys)
        self.trusted = TokenIssuer(issuer.address, AUDIENCE, f"{issuer.address}/keys")

    async def says(self, token: str) -> SignedToken | str:
        return await self.tokens.signed(token, [self.trusted])

    def good(self, kid: str = "one", alg: str = "RS256", **head: object) -> str:
        return self.issuer.token(self.issuer.claims(NOW_S), kid, alg, **head)


def with_issuer(work: Callable[[Bench], Awaitable[None]]) -> None:
    async def run() -> None:
        issuer = Issuer()
        issuer.new_key("one")
        async with serving(issuer):
            bench = Bench(issuer)
            try:
                await work(bench)
            finally:
                await bench.keys.close()

    asyncio.run(run())


def test_each_way_of_signing_that_is_agreed_is_let_in() -> None:
    async def work(bench: Bench) -> None:
        bench.issuer.new_key("curve", "EC")
        bench.issuer.new_key("edwards", "OKP")
        for kid, alg in (("one", "RS256"), ("curve", "ES256"), ("edwards", "EdDSA")):
            found = await bench.says(bench.good(kid, alg))
            assert isinstance(found, SignedToken), found
            assert (found.claims["sub"], found.issuer) == ("desk", bench.trusted)
        assert bench.issuer.asked == 1
        assert isinstance(await bench.says(bench.good(typ="at+jwt")), SignedToken)

    with_issuer(work)


def test_attacks_on_tokens_are_refused_without_a_word_of_theirs() -> None:
    async def work(bench: Bench) -> None:
        issuer, claims = bench.issuer, bench.issuer.claims(NOW_S)
        public = issuer.keys["one"].as_pem(private=False)
        stranger = Issuer()
        stranger.address = issuer.address
        stranger.new_key("one")
        forged = stranger.token(claims)
        head, body, signature = bench.good().split(".")
        signed = f"{head}.{body}"
        secret = hmac.new(
            public, written({"alg": "HS256", "kid": "one"}, claims)[:-1].encode(), hashlib.sha256
        ).digest()
        brought = stranger.keys["one"].as_dict(private=False)
        attacks = {
            "none": written({"alg": "none"}, claims),
            "None with the key's name": written({"alg": "nOnE", "kid": "one"}, claims),
            "no signature": f"{signed}.",
            "HS256 with the public key": written({"alg": "HS256", "kid": "one"}, claims, secret),
            "another's key under the same name": forged,
            "a key that it brings along": stranger.token(claims, jwk=brought),
            "an address of keys": stranger.token(claims, jku=f"{issuer.address}/other"),
            "a certificate": stranger.token(claims, x5c=["MIIB"]),
            "claims of another token": f"{head}.{written({}, {**claims, 'sub': 'root'}).split('.')[1]}.{signature}",
            "a header of another token": f"{written({'alg': 'RS256'}, {}).split('.')[0]}.{body}.{signature}",
            "critical": issuer.signed({"alg": "RS256", "kid": "one", "crit": ["exp"]}, claims),
            "not encoded": issuer.signed({"alg": "RS256", "kid": "one", "crit": ["b64"], "b64": False}, claims),
            "b64 alone": issuer.signed({"alg": "RS256", "kid": "one", "b64": False}, claims),
            "another kind of token": bench.good(typ="logout+jwt"),
            "encrypted": ".".join(["e30"] * 5),
            "two parts": signed,
            "header is a list": f"W10.{body}.{signature}",
            "claims are a list": f"{head}.W10.{signature}",
            "no base64": f"{head}.{body}!.{signature}",
            "deep": written({"alg": "RS256"}, json.loads("[" * 400 + "]" * 400)),
            "kid is a list": written({"alg": "RS256", "kid": ["one"]}, claims, b"x"),
            "kid is a path": written({"alg": "RS256", "kid": "../../dev/null"}, claims, b"x"),
            "alg is a list": written({"alg": ["RS256"], "kid": "one"}, claims, b"x"),
            "weaker hash": issuer.token(claims, alg="RS384"),
            "another issuer": issuer.token({**claims, "iss": "https://evil.example"}),
            "issuer is a list": issuer.token({**claims, "iss": [issuer.address]}),
            "huge": bench.good() + "A" * CHARACTERS_MAX,
        }
        for name, token in attacks.items():
            found = await bench.says(token)
            assert isinstance(found, str), name
            assert not any(word in found for word in ("desk", "root", "evil")), name
        for good in ({"kid": "one"}, {}, {"typ": "JWT", "own": [1]}):
            assert isinstance(await bench.says(issuer.signed({"alg": "RS256", **good}, claims)), SignedToken)
        assert bench.issuer.asked == 1  # no attack had the issuer asked again

    with_issuer(work)


def test_keys_that_are_no_public_signing_keys_are_left_out() -> None:
    async def work(bench: Bench) -> None:
        issuer = bench.issuer
        with pytest.warns(SecurityWarning, match="2048"):
            weak = RSAKey.generate_key(1024, {"kid": "weak"})
        oct_key = OctKey.import_key("a shared secret of thirty-two by", {"kid": "shared"})
        other_use = RSAKey.generate_key(2048, {"kid": "enc", "use": "enc"})
        other_way = RSAKey.generate_key(2048, {"kid": "ps", "alg": "PS256"})
        issuer.keys |= {"weak": weak, "enc": other_use, "ps": other_way}
        issuer.published += [key.as_dict(private=False) for key in (weak, other_use, other_way)]
        issuer.published += [oct_key.as_dict(private=True), {"kty": "RSA", "kid": "broken", "n": "!"}, {"kty": "new"}]
        for kid in ("weak", "enc", "ps", "shared", "broken"):
            token = written({"alg": "RS256", "kid": kid}, issuer.claims(NOW_S), b"x")
            assert await bench.says(token) == "its issuer has no such key (kid)", kid
        assert isinstance(await bench.says(bench.good()), SignedToken)

    with_issuer(work)


def test_new_keys_are_found_once_and_old_ones_are_dropped() -> None:
    async def work(bench: Bench) -> None:
        issuer = bench.issuer
        assert isinstance(await bench.says(bench.good()), SignedToken)
        issuer.new_key("two")
        bench.now_s += AGAIN_S
        found = await asyncio.gather(*(bench.says(bench.good("two")) for _ in range(20)))
        assert all(isinstance(one, SignedToken) for one in found)
        assert issuer.asked == 2
        for number in range(50):  # names that strangers invent
            token = written({"alg": "RS256", "kid": f"invented-{number}"}, issuer.claims(NOW_S), b"x")
            assert isinstance(await bench.says(token), str)
        assert issuer.asked == 2
        issuer.drop_key("one")
        assert isinstance(await bench.says(bench.good()), SignedToken)  # kept until it is fetched again
        bench.now_s += FRESH_S + 1
        assert await bench.says(bench.good()) == "its issuer has no such key (kid)"
        assert isinstance(await bench.says(bench.good("two")), SignedToken)

    with_issuer(work)


def test_an_issuer_that_hangs_holds_nobody_up_whose_key_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "PATIENT_S", 0.05)

    async def work(bench: Bench) -> None:
        assert isinstance(await bench.says(bench.good()), SignedToken)
        answers = asyncio.Event()
        bench.issuer.hangs = answers
        bench.issuer.new_key("two")
        bench.now_s += FRESH_S + 1
        asking = [asyncio.create_task(bench.says(bench.good())) for _ in range(5)]
        done, pending = await asyncio.wait(asking, timeout=2)
        if pending:
            answers.set()  # so that the issuer can be taken down
        assert not pending
        assert all(isinstance(one.result(), SignedToken) for one in done)
        waiting = asyncio.create_task(bench.says(bench.good("two")))  # there is no key to go on with
        await asyncio.sleep(0.1)
        assert not waiting.done()
        answers.set()
        assert isinstance(await waiting, SignedToken)
        assert bench.issuer.asked == 2

    with_issuer(work)


def _answer(status: int, body: bytes) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(status=status, body=body, headers={"location": "/elsewhere"})


@pytest.mark.parametrize(
    "down",
    [
        _answer(500, b""),
        _answer(302, b""),
        _answer(200, b"<html>"),
        _answer(200, b'{"keys": 5}'),
        _answer(200, b" " * (BYTES_MAX + 1)),
    ],
)
def test_an_issuer_that_is_down_for_a_while_stops_nobody_and_one_that_never_spoke_lets_nobody_in(
    down: Callable[[], web.StreamResponse],
) -> None:
    async def work(bench: Bench) -> None:
        bench.issuer.down = down
        with pytest.raises(Unavailable, match="keys of the issuer"):
            await bench.says(bench.good())
        bench.issuer.down = None
        bench.now_s += AGAIN_S
        assert isinstance(await bench.says(bench.good()), SignedToken)  # no restart is needed
        bench.issuer.down = down
        bench.now_s += STALE_S
        assert isinstance(await bench.says(bench.good()), SignedToken)
        bench.now_s += AGAIN_S
        with pytest.raises(Unavailable, match="try again"):
            await bench.says(bench.good())

    with_issuer(work)
