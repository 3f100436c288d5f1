"""The first administrator: whoever holds the link that the server printed when there was no account yet."""

import base64
import hmac

from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import accounts
from interlock.flows.access.people import make_account
from interlock.flows.access.sessions import Sessions
from interlock.ports.clock import Clock
from interlock.ports.randomness import Randomness
from interlock.ports.store import Transaction
from interlock.terms.access import Role, RoleAt
from interlock.terms.errors import BadInput
from interlock.terms.person import Person

TOKEN_BYTES = 32


class FirstRun:
    """The link's token, in this process's memory alone; it is worth nothing once there is an account."""

    def __init__(self, sessions: Sessions, randomness: Randomness) -> None:
        self._sessions = sessions
        self.token = base64.urlsafe_b64encode(randomness(TOKEN_BYTES)).decode().rstrip("=")

    @property
    def open(self) -> bool:
        """Whether there is no account yet. Raises Unavailable."""
        return not self._sessions.any

    def is_right(self, token: str) -> bool:
        """Whether somebody holds the link, and it is still good. Raises Unavailable."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()) and self.open


def make_first(tx: Transaction, name: str, clock: Clock) -> str:
    """The first account, an administrator's, made by its own person; its name as recorded.

    The transaction has been fenced. Raises BadInput where somebody was faster.
    """
    if accounts(tx):
        raise BadInput("there is an account by now: ask an administrator for one of yours")
    by = Person(name.strip(), authenticated=False)
    return make_account(tx, name, (RoleAt(Role.ADMINISTRATOR),), by=by, at=stamp(clock()))
