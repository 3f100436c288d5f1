"""interlock.ports.gateway.tokens.SignedTokens with joserfc."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jws import JWSRegistry

from interlock.adapters.gateway.issuer_keys import IssuerKeys
from interlock.ports.gateway.tokens import SignedToken
from interlock.terms.gateway.definition import TokenIssuer

CHARACTERS_MAX = 8_192
KEYS_TRIED_MAX = 4
KINDS = frozenset({"jwt", "at+jwt", "application/at+jwt"})
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}  # RFC 7518, 3.4
KEY_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
NO_TOKEN = "it is no signed token (JWT)"  # noqa: S105 - words


class _Agreed(JWSRegistry):
    """The algorithm of the issuer's that the token names, without a warning that EdDSA has a newer name (RFC 9864)."""

    max_header_length = CHARACTERS_MAX  # with a certificate in it that is not read

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()) or name not in self.algorithms:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


class JoseTokens:
    """Checks signatures. A key that a token brings along, or an address of one, is never read."""

    def __init__(self, keys: IssuerKeys) -> None:
        self._keys = keys

    async def signed(self, token: str, issuers: Sequence[TokenIssuer]) -> SignedToken | str:
        """See interlock.ports.gateway.tokens."""
        if len(token) > CHARACTERS_MAX:
            return f"it is longer than {CHARACTERS_MAX:,} characters"
        parts = token.split(".")
        head, claims = (_part(parts[0]), _part(parts[1])) if len(parts) == 3 else (None, None)
        if head is None or claims is None:
            return NO_TOKEN
        fault = _fault_of(head)
        if fault is not None:
            return fault
        issuer = _issuer(claims, issuers)
        if issuer is None:
            return "its issuer is none of those that the gateway's definition names"
        algorithm = head["alg"]
        if algorithm not in issuer.algorithms:
            return f"it is signed in a way that is not let in (alg); it may be {', '.join(issuer.algorithms)}"
        return await self._by_issuer(token, head, claims, issuer)

    async def _by_issuer(
        self, token: str, head: Mapping[str, Any], claims: Mapping[str, Any], issuer: TokenIssuer
    ) -> SignedToken | str:
        algorithm = head["alg"]
        named = await self._keys.at(issuer.jwks_url, head.get("kid"))
        fitting = [key for key in named if _fits(key, algorithm)]
        if not fitting:
            return "its issuer has no such key (kid)"
        # Members that are not known are not read; the one that demands to be (crit) was refused.
        agreed = _Agreed(algorithms=[algorithm], strict_check_header=False)
        for key in fitting[:KEYS_TRIED_MAX]:
            try:
                jws.deserialize_compact(token, key, registry=agreed)
            except (JoseError, ValueError, TypeError):
                continue
            return SignedToken(claims, issuer)
        return "its signature is not its issuer's"


def _part(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _fault_of(head: Mapping[str, Any]) -> str | None:
    if not isinstance(head.get("alg"), str) or not isinstance(head.get("kid", ""), str):
        return NO_TOKEN
    if "crit" in head or "b64" in head:
        return "it asks for something that is not done here (crit)"
    kind = head.get("typ", "JWT")
    return None if isinstance(kind, str) and kind.lower() in KINDS else "it is a token of another kind (typ)"


def _issuer(claims: Mapping[str, Any], issuers: Sequence[TokenIssuer]) -> TokenIssuer | None:
    """The first of that name that the token was made for, else the first of that name; None for no such name."""
    named = [one for one in issuers if one.issuer == claims.get("iss")]
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    return next((one for one in named if one.audience in audiences), named[0] if named else None)


def _fits(key: Any, algorithm: str) -> bool:
    """Whether the key is of the kind that the algorithm takes, and its issuer names no other algorithm for it."""
    told = key.as_dict(private=False)
    if told.get("kty") != KEY_KINDS.get(algorithm[:2]) or told.get("alg", algorithm) != algorithm:
        return False
    return algorithm not in CURVES or told.get("crv") == CURVES[algorithm]
