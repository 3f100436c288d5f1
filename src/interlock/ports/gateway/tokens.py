"""Whether a bearer token (JWT) is what its issuer signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from interlock.terms.gateway.definition import TokenIssuer


@dataclass(frozen=True, slots=True)
class SignedToken:
    """Claims under a valid signature of an issuer's; whether they hold here and now is another question."""

    claims: Mapping[str, Any]
    issuer: TokenIssuer


class SignedTokens(Protocol):
    """Asks issuers for their keys, and keeps those for a while."""

    async def signed(self, token: str, issuers: Sequence[TokenIssuer]) -> SignedToken | str:
        """The token, or why it is none of theirs in words without anything of it.

        Raises Unavailable where an issuer's keys are needed and cannot be had.
        """
        ...
