"""The public keys of issuers (JWKS, RFC 7517), fetched with aiohttp and kept for a while."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from interlock.terms.errors import Unavailable

FRESH_S = 300.0  # then they are fetched again: a key that its issuer took back is believed for that long at most
STALE_S = 3_600.0  # how long they are used while the issuer cannot be asked
AGAIN_S = 10.0  # between two fetches: strangers can invent names of keys as often as they like
PATIENT_S = 1.0  # how long a token waits for newer keys where there are some: an issuer that hangs holds nobody up
TIMEOUT = aiohttp.ClientTimeout(total=5.0)
BYTES_MAX = 262_144
RSA_BITS_MIN = 2_048  # NIST SP 800-131A

PublicKey = RSAKey | ECKey | OKPKey


class IssuerKeys:
    """By the address of the set. For one event loop."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._sets: dict[str, _Kept] = {}
        self._session: aiohttp.ClientSession | None = None

    async def at(self, address: str, kid: str | None) -> tuple[PublicKey, ...]:
        """The keys of that name, all of them where none is named; () where the issuer has none. Raises Unavailable."""
        kept = self._sets.setdefault(address, _Kept())
        now_s, named = self._monotonic(), kept.named(kid)
        wanting = not named or now_s - kept.at_s > FRESH_S
        if wanting and now_s - kept.tried_s >= AGAIN_S:
            kept.tried_s = now_s
            kept.renewing = asyncio.create_task(self._renew(address, kept))
        if wanting and kept.renewing is not None and not kept.renewing.done():
            await asyncio.wait({kept.renewing}, timeout=PATIENT_S if named else None)
        if self._monotonic() - kept.at_s > STALE_S:
            raise Unavailable(f"the keys of the issuer at {address} cannot be had ({kept.why}): try again in a while")
        return kept.named(kid)

    async def close(self) -> None:
        """Close all connections."""
        for kept in self._sets.values():
            if kept.renewing is not None:
                kept.renewing.cancel()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _renew(self, address: str, kept: "_Kept") -> None:
        try:
            kept.keys = tuple(_usable(await self._fetched(address)))
            kept.at_s = self._monotonic()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, JoseError) as exc:
            kept.why = type(exc).__name__

    async def _fetched(self, address: str) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False, cookie_jar=aiohttp.DummyCookieJar())
        # No redirects: the address is in the definition, and where it leads to must not be anybody else's choice.
        async with self._session.get(address, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError(f"status {answer.status}")
            body = await answer.content.read(BYTES_MAX + 1)
            while len(body) <= BYTES_MAX and not answer.content.at_eof():
                body += await answer.content.read(BYTES_MAX + 1 - len(body))
            if len(body) > BYTES_MAX:
                raise ValueError("too large")
        return json.loads(body)


class _Kept:
    """One set. Times are of the clock that never goes back."""

    def __init__(self) -> None:
        self.keys: tuple[PublicKey, ...] = ()
        self.at_s = self.tried_s = float("-inf")
        self.why = "it was never asked"
        self.renewing: asyncio.Task[None] | None = None

    def named(self, kid: str | None) -> tuple[PublicKey, ...]:
        return self.keys if kid is None else tuple(key for key in self.keys if key.kid == kid)


def _usable(found: Any) -> Iterator[PublicKey]:
    """Public keys that are meant for signatures. What is of no known kind is left out, as RFC 7517 (5) says."""
    if not isinstance(found, Mapping) or not isinstance(found.get("keys"), list):
        raise ValueError("no set of keys")
    for one in found["keys"]:
        if not isinstance(one, Mapping) or one.get("kty") not in {"RSA", "EC", "OKP"}:
            continue  # an `oct` in a public set is everybody's secret
        if one.get("use", "sig") != "sig" or "verify" not in one.get("key_ops", ["verify"]):
            continue
        try:
            if one["kty"] == "RSA" and _bits(one["n"]) < RSA_BITS_MIN:
                continue
            key = next(iter(KeySet.import_key_set({"keys": [dict(one)]})))
        except (JoseError, ValueError, KeyError, TypeError):
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey):
            yield key


def _bits(number: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(number + "==")).bit_length()
