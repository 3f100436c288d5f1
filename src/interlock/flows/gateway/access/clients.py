"""Who presents a key or a token: known without a look at the store, and from the next look on no longer let in."""

import hmac
from collections import OrderedDict
from collections.abc import Callable

from interlock.engine.gateway.access.claims import claims_fault, client_of
from interlock.engine.gateway.access.key import PREFIX, digest_of, is_key
from interlock.engine.gateway.access.strangers import Strangers
from interlock.flows.gateway.access.book import FOREVER, Book, BookReader, Pass
from interlock.ports.gateway.changes import Changes
from interlock.ports.gateway.tokens import SignedTokens
from interlock.ports.store import Store
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.refusal import Refusal, RefusalKind

TOKEN_S = 60.0  # how long a token that was verified is not verified again
TOKENS_KEPT, CLEARED_KEPT = 8_192, 65_536
CREDENTIAL_MAX = 8_192
HOW = "send a key that `interlock gateway key create` made, as `Authorization: Bearer KEY` or `x-api-key: KEY`"
NOTHING = Refusal(RefusalKind.UNKNOWN_CALLER, "no credential", f"nothing says who asks: {HOW}")
AMBIGUOUS = Refusal(
    RefusalKind.UNKNOWN_CALLER,
    "two credentials",
    "`Authorization` and `x-api-key` say two different things: send one of them",
)
NO_FORM = Refusal(RefusalKind.UNKNOWN_CALLER, "no credential", f"what was sent is no key and no token: {HOW}")
MISTYPED = Refusal(
    RefusalKind.UNKNOWN_CALLER,
    "mistyped key",
    "this gateway key is mistyped or cut: its checksum is wrong; copy it again as it was shown",
)
UNKNOWN = Refusal(
    RefusalKind.UNKNOWN_CALLER,
    "unknown key",
    "this key is not known here: `interlock gateway key list` shows which there are",
)
REVOKED = Refusal(RefusalKind.UNKNOWN_CALLER, "revoked key", "this key was revoked: ask for a new one")
EXPIRED = Refusal(RefusalKind.UNKNOWN_CALLER, "expired key", "this key has expired: ask for a new one")
NO_ORIGIN = Refusal(
    RefusalKind.FORBIDDEN,
    "network",
    "where this request came from cannot be known: what proxies say of it contradicts itself or is no address",
)
ELSEWHERE = Refusal(RefusalKind.FORBIDDEN, "network", "requests from this network are not let in")
KEY_ELSEWHERE = Refusal(RefusalKind.FORBIDDEN, "network", "this key may not be used from this network")


class Clients:
    """The clients of a store, for one event loop.

    `now_s` counts from 1970 and never goes back. A change on record is acted on from the next request on that begins
    after `changes` rose; where the record cannot be looked at for longer than ports.gateway.changes says, nobody is
    known.
    """

    def __init__(self, store: Store, changes: Changes, tokens: SignedTokens, now_s: Callable[[], float]) -> None:
        self._store, self._changes, self._tokens, self._now_s = store, changes, tokens, now_s
        self._reader = BookReader()
        self._book: Book | None = None
        self._verified: OrderedDict[bytes, Pass] = OrderedDict()
        self._cleared: set[bytes] = set()  # of passes whose client lacks nothing, as far as this book says
        self._strangers = Strangers()

    def origin(self, peer: str, forwarded_for: tuple[str, ...] = (), forwarded: tuple[str, ...] = ()) -> str | Refusal:
        """The address that a request came from, where proxies that the definition trusts stand before it."""
        try:
            found = self.book().door.origin(peer, forwarded_for, forwarded)
        except Unavailable as exc:
            return _unavailable(exc)
        return NO_ORIGIN if found is None else found

    def known(self, credential: str | None, address: str) -> Client | Refusal | None:
        """Who presents it, from an address; None for a token that `verified` must check.

        Two credentials that differ come as two lines. No refusal holds anything of what was presented.
        """
        try:
            book = self.book()
        except Unavailable as exc:
            return _unavailable(exc)
        if not book.door.lets_in(address):
            return ELSEWHERE
        fault = _form_fault(credential)
        if fault is not None or credential is None:
            return fault
        digest = digest_of(credential.encode())
        found = book.passes.get(digest) or self._verified.get(digest)
        # The digest of 256 random bits tells nobody who times the look-up anything; comparing once more costs nothing.
        if found is not None and hmac.compare_digest(found.digest, digest):
            now_s = 0.0 if found.check_s == FOREVER else self._now_s()
            return None if now_s >= found.check_s and found.is_token else self._through(book, found, address, now_s)
        return self._stranger(book, credential, digest, address)

    async def verified(self, credential: str | None, address: str) -> Client | Refusal:
        """The same where a token has to be checked against its issuer's keys."""
        known = self.known(credential, address)
        if known is not None or credential is None:
            return known or NOTHING
        try:
            book = self.book()
            found = await self._checked(book, credential)
            now = self.book()  # what changed while the issuer was asked counts
        except Unavailable as exc:
            return _unavailable(exc)
        if isinstance(found, str):
            self._verified.pop(digest_of(credential.encode()), None)
            self._strangers.failed(address, self._now_s())
            return Refusal(RefusalKind.UNKNOWN_CALLER, "token", f"this token is not let in: {found}")
        if now.issuers == book.issuers:
            self._keep(found)
        return self._through(now, found, address, self._now_s())

    def book(self) -> Book:
        """What is on record now. Raises Unavailable where that has not been known for too long."""
        version = self._changes.version()
        if self._book is None or self._book.version != version:
            with self._store.reading() as reading:
                book = self._reader.read(reading, version)
            if self._book is not None and self._book.issuers != book.issuers:
                self._verified.clear()
            self._book = book
            self._cleared.clear()
        return self._book

    def _through(self, book: Book, found: Pass, address: str, now_s: float) -> Client | Refusal:
        if now_s >= found.until_s:
            return EXPIRED
        if found.lets_in is not None and not found.lets_in(address):
            return KEY_ELSEWHERE
        if found.digest not in self._cleared:
            lacks = book.lacks(found.client)
            if lacks is not None:
                return Refusal(RefusalKind.FORBIDDEN, "client", lacks)
            if len(self._cleared) >= CLEARED_KEPT:
                self._cleared.clear()
            self._cleared.add(found.digest)
        return found.client

    def _stranger(self, book: Book, credential: str, digest: bytes, address: str) -> Refusal | None:
        now_s = self._now_s()
        wait_s = self._strangers.wait_s(address, now_s)
        if wait_s is not None:
            words = "too much that is not known was presented from this address: wait, then check the key"
            return Refusal(RefusalKind.LIMITED, "strangers", words, retry_after_s=wait_s)
        refusal = _refusal_of(book, credential, digest)
        if refusal is not None:
            self._strangers.failed(address, now_s)
        return refusal

    async def _checked(self, book: Book, credential: str) -> Pass | str:
        signed = await self._tokens.signed(credential, book.issuers)
        if isinstance(signed, str):
            return signed
        now_s = self._now_s()
        fault = claims_fault(signed.claims, signed.issuer, now_s)
        if fault is not None:
            return fault
        client = client_of(signed.claims, signed.issuer)
        if isinstance(client, str):
            return client
        until_s = float(signed.claims["exp"]) + signed.issuer.leeway_s
        return Pass(digest_of(credential.encode()), client, until_s, check_s=min(until_s, now_s + TOKEN_S))

    def _keep(self, found: Pass) -> None:
        self._verified[found.digest] = found
        if len(self._verified) > TOKENS_KEPT:
            self._verified.popitem(last=False)


def _form_fault(credential: str | None) -> Refusal | None:
    if not credential:
        return NOTHING
    if "\n" in credential:
        return AMBIGUOUS
    return None if len(credential) <= CREDENTIAL_MAX and credential.isascii() else NO_FORM


def _refusal_of(book: Book, credential: str, digest: bytes) -> Refusal | None:
    """Why it is not known; None where it could be a token of an issuer."""
    if digest in book.ended:
        return REVOKED
    if credential.startswith(PREFIX):
        return UNKNOWN if is_key(credential) else MISTYPED
    return None if book.issuers and credential.count(".") == 2 else NO_FORM


def _unavailable(exc: Unavailable) -> Refusal:
    return Refusal(RefusalKind.UNAVAILABLE, "access", f"who asks cannot be looked up: {exc}", retry_after_s=1)
