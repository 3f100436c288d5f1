"""Passwords by Argon2id, with the parameters that RFC 9106 recommends where memory is scarce."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from argon2 import Parameters, PasswordHasher, Type, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from interlock.terms.errors import Unavailable

AT_ONCE = 4  # each takes 64 MiB
WAITING_MAX = 16  # each keeps a thread of the server, which others need for their pages
WAIT_S = 10.0
CROWDED = "too many people sign in at this moment: try again in a few seconds"
CHEAP = Parameters(Type.ID, 19, 16, 32, 1, 8, 1)  # for tests and for an authored sample: no protection


class Argon2Passwords:
    """interlock.ports.identity.PasswordHashing."""

    def __init__(self, parameters: Parameters = profiles.RFC_9106_LOW_MEMORY) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING_MAX)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def hashed(self, password: str) -> bytes:
        with self._turn():
            return self._hasher.hash(_bytes(password)).encode()

    def is_right(self, password: str, kept: bytes | None) -> bool:
        told = self._of_nobody if kept is None else kept.decode("ascii", "replace")
        with self._turn():
            try:
                self._hasher.verify(told, _bytes(password))
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_old(self, kept: bytes) -> bool:
        return self._hasher.check_needs_rehash(kept.decode("ascii"))

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash("nobody")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(CROWDED)
        try:
            if not self._turns.acquire(timeout=WAIT_S):
                raise Unavailable(CROWDED)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
