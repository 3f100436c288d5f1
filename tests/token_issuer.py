"""An issuer of bearer tokens for tests: key material of its own, and its public keys on a port of this machine."""

import asyncio
import base64
import json
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

AUDIENCE = "gateway"
Key = RSAKey | ECKey | OKPKey


class Issuer:
    """`published` is what the address of its keys answers; `asked` counts how often it was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.keys: dict[str, Key] = {}
        self.published: list[Mapping[str, Any]] = []
        self.asked = 0
        self.hangs: asyncio.Event | None = None
        self.down: Callable[[], web.StreamResponse] | None = None

    def new_key(self, kid: str, kind: str = "RSA") -> None:
        """A key that is published from now on."""
        made: Mapping[str, Callable[[], Key]] = {
            "RSA": lambda: RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}),
            "EC": lambda: ECKey.generate_key("P-256", {"kid": kid}),
            "OKP": lambda: OKPKey.generate_key("Ed25519", {"kid": kid}),
        }
        self.keys[kid] = made[kind]()
        self.published.append(self.keys[kid].as_dict(private=False))

    def drop_key(self, kid: str) -> None:
        """It is published no more."""
        self.published = [one for one in self.published if one.get("kid") != kid]

    def claims(self, now_s: float, **changed: Any) -> dict[str, Any]:
        """Claims that hold, but for what is changed."""
        good = {"iss": self.address, "aud": AUDIENCE, "sub": "desk", "workflow": "triage", "iat": now_s}
        return {**good, "exp": now_s + 600, **changed}

    def token(self, claims: Mapping[str, Any], kid: str = "one", alg: str = "RS256", **head: Any) -> str:
        """A token that it signed."""
        protected = {"alg": alg, "kid": kid, **head}
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", SecurityWarning
            )  # EdDSA has a newer name, by which hardly any issuer calls it
            signer = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
            return jws.serialize_compact(protected, json.dumps(claims), self.keys[kid], registry=signer)

    def signed(self, head: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """A good signature (RS256 with the key "one") under any header: also one that no library would write."""
        text = written(head, claims)[:-1]
        key = self.keys["one"].private_key
        assert isinstance(key, rsa.RSAPrivateKey)
        return f"{text}.{_encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    async def answer(self, _: web.Request) -> web.StreamResponse:
        """Its public keys."""
        self.asked += 1
        if self.hangs is not None:
            await self.hangs.wait()
        return web.json_response({"keys": self.published}) if self.down is None else self.down()

    async def published_elsewhere(self, _: web.Request) -> web.StreamResponse:
        """The same at another address, to which somebody may redirect."""
        return web.json_response({"keys": self.published})


@asynccontextmanager
async def serving(issuer: Issuer) -> AsyncIterator[Issuer]:
    """The issuer, on a port that is given back afterwards."""
    app = web.Application()
    app.router.add_get("/keys", issuer.answer)
    app.router.add_get("/elsewhere", issuer.published_elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    issuer.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield issuer
    finally:
        await asyncio.shield(runner.cleanup())


def written(head: Mapping[str, Any], claims: Any, signature: bytes = b"") -> str:
    """A token as anybody can write one."""
    parts = (json.dumps(head).encode(), json.dumps(claims).encode(), signature)
    return ".".join(map(_encoded, parts))


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")
