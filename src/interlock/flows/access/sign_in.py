"""Sign in with a password, and with a code where a second factor is set."""

from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.kept import PASSWORD, keep_secret_of
from interlock.flows.access.sessions import begin_session
from interlock.flows.access.showing import Showing, shown


def sign_in(entrance: Entrance, showing: Showing) -> str | Refusal:
    """The cookie of a new session. Raises Unavailable where nothing can be recorded: then nobody is signed in."""
    found = shown(entrance, showing)
    if isinstance(found, Refusal):
        return found
    renewed = entrance.passwords.hashed(showing.password) if entrance.passwords.is_old(found.kept) else None
    with entrance.store.transaction() as tx:
        tx.fence()
        refusal = found.refused_now(tx)
        if refusal is not None:
            return refusal
        if renewed is not None:  # the same password, kept as it is kept today
            keep_secret_of(tx, found.row.name, PASSWORD, renewed)
        return begin_session(
            tx, found.row.name, how=found.how, now=entrance.clock(), randomness=entrance.randomness, step=found.step
        )
