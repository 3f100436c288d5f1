"""What signing in is made from: the store, how people show who they are, and who has tried too often."""

from dataclasses import dataclass

from interlock.flows.access.first_run import FirstRun
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.throttle import Throttle
from interlock.ports.clock import Clock
from interlock.ports.identity import OneTimeCodes, PasswordHashing, SingleSignOn
from interlock.ports.randomness import Randomness
from interlock.ports.store import Store


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way in, of one server. `single_sign_on` is None where no provider is named."""

    store: Store
    clock: Clock
    randomness: Randomness
    sessions: Sessions
    throttle: Throttle
    passwords: PasswordHashing
    codes: OneTimeCodes
    first_run: FirstRun
    single_sign_on: SingleSignOn | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody is not signed in, in words that tell nobody whether there is such an account.

    `wait_s`: how long they must wait before they may try again, 0 for at once.
    """

    words: str
    wait_s: float = 0.0
