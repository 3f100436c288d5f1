"""Single sign-on by OpenID Connect: an authorization code with PKCE (RFC 7636), a nonce and a state."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
from authlib.common.security import generate_token  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from interlock.ports.identity import Errand, Vouched
from interlock.terms.errors import BadInput, Refused, Unavailable

SCOPE = "openid email"
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]  # never "none"
TIMEOUT = httpx.Timeout(10.0, connect=3.0)
AT_ONCE = 8  # each keeps a thread of the server for as long as the provider takes, and strangers can ask for it
LEEWAY_S = 60
STATE_CHARACTERS = 43  # 256 random bits
BASIC = "client_secret_basic"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class OpenIdConnect:
    """interlock.ports.identity.SingleSignOn with one provider, whose description is read when it is first needed."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, now_s: Callable[[], float]) -> None:
        at = urlsplit(issuer)
        if at.scheme != "https" and not (at.scheme == "http" and at.hostname in HERE):
            raise BadInput(f"INTERLOCK_OIDC_ISSUER is '{issuer}': a provider of identities has an address with https")
        self._issuer, self._client_id, self._client_secret = issuer, client_id, client_secret
        self._now_s = now_s
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._described: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return urlsplit(self._issuer).hostname or self._issuer

    def begin(self, back_to: str) -> tuple[str, Errand]:
        errand = Errand(generate_token(STATE_CHARACTERS), generate_token(STATE_CHARACTERS), generate_token(64))
        described = self._described
        if described is None:
            with self._turn():
                described = self._description()
        address = prepare_grant_uri(
            described["authorization_endpoint"],
            client_id=self._client_id,
            response_type="code",
            redirect_uri=back_to,
            scope=SCOPE,
            state=errand.state,
            nonce=errand.nonce,
            code_challenge=create_s256_code_challenge(errand.verifier),
            code_challenge_method="S256",
        )
        return str(address), errand

    def finish(self, errand: Errand, answer: str, back_to: str) -> Vouched:
        said = dict(parse_qsl(urlsplit(answer).query))
        if len(errand.state) < STATE_CHARACTERS or not _same(said.get("state", ""), errand.state):
            raise Refused(f"what {self.name} answered is not about this sign-in: begin again")
        if "code" not in said:
            raise Refused(f"{self.name} did not sign you in ({said.get('error', 'it gave no code')[:100]})")
        try:
            with self._turn():
                claims = self._claims(self._token(said["code"], errand, back_to), errand.nonce)
        except (JoseError, ValueError, KeyError, TypeError) as exc:
            raise Refused(f"what {self.name} answered does not fit this sign-in: begin again") from exc
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Vouched(self._issuer, str(claims["sub"]), email if isinstance(email, str) else None)

    def _token(self, code: str, errand: Errand, back_to: str) -> object:
        """The ID token that a code is worth, once. Raises Refused where it is worth none."""
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to}
        sent["code_verifier"] = errand.verifier
        known = self._description().get("token_endpoint_auth_methods_supported", [BASIC])
        auth = (quote(self._client_id, safe=""), quote(self._client_secret, safe="")) if BASIC in known else None
        if auth is None:
            sent |= {"client_id": self._client_id, "client_secret": self._client_secret}
        try:
            at = self._description()["token_endpoint"]
            answer = httpx.post(at, data=sent, auth=auth, timeout=TIMEOUT, trust_env=False)
            if answer.is_client_error:
                raise Refused(f"{self.name} took back its word: begin again")
            answer.raise_for_status()
        except httpx.HTTPError as exc:
            raise self._unreachable(exc) from exc
        told = answer.json()
        return told.get("id_token") if isinstance(told, dict) else None

    def _claims(self, id_token: object, nonce: str) -> Mapping[str, Any]:
        """Raises JoseError and ValueError for a token that was not made for this sign-in, here, just now."""
        if not isinstance(id_token, str):
            raise ValueError("there is no ID token")
        keys = KeySet.import_key_set(self._asked(self._description()["jwks_uri"]))
        claims = jwt.decode(id_token, keys, algorithms=SIGNED_BY).claims
        expected = jwt.JWTClaimsRegistry(
            now=int(self._now_s()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._description()["issuer"]},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        expected.validate(claims)
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self._client_id:
            raise ValueError("it was made for somebody else")
        return claims

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One of the few who may ask the provider at once. Raises Unavailable where they are as many already."""
        if not self._turns.acquire(blocking=False):
            raise Unavailable(f"many people sign in with {self.name} at this moment: try again in a few seconds")
        try:
            yield
        finally:
            self._turns.release()

    def _description(self) -> Mapping[str, Any]:
        with self._lock:
            if self._described is None:
                found = self._asked(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self._issuer:
                    raise Unavailable(f"{self._issuer} describes itself as '{found.get('issuer')}': mend the address")
                self._described = found
            return self._described

    def _asked(self, address: str) -> Any:
        try:
            answer = httpx.get(address, timeout=TIMEOUT, trust_env=False)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as exc:
            raise self._unreachable(exc) from exc

    def _unreachable(self, exc: Exception) -> Unavailable:
        return Unavailable(f"{self.name} cannot be asked who you are ({type(exc).__name__}): try again in a while")


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
