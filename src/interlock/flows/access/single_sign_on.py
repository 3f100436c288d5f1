"""Sign in by a provider that knows the person: bound to an account by its verified e-mail address, the first time."""

from interlock.engine.timestamp import stamp
from interlock.flows.access.accounts import BOUND, account_of, accounts
from interlock.flows.access.entrance import Entrance, Refusal
from interlock.flows.access.kept import EMAIL, SUBJECT, email_key, keep_secret_of, secret_of, whose
from interlock.flows.access.people import administrators
from interlock.flows.access.sessions import begin_session
from interlock.flows.ledger.record import record
from interlock.ports.identity import Vouched
from interlock.ports.store import Transaction


def sign_in_vouched(entrance: Entrance, vouched: Vouched) -> str | Refusal:
    """The cookie of a new session of the person whom a provider vouches for; a refusal that says whom to ask.

    Raises Unavailable where nothing can be recorded: then nobody is signed in.
    """
    with entrance.store.transaction() as tx:
        tx.fence()
        name = _bound_to(tx, vouched, stamp(entrance.clock()))
        row = None if name is None else account_of(tx, name)
        if row is None:
            ask = ", ".join(administrators(accounts(tx)))
            return Refusal(f"You have no account here. Ask an administrator for one: {ask}.")
        return begin_session(tx, row.name, how="single sign-on", now=entrance.clock(), randomness=entrance.randomness)


def _bound_to(tx: Transaction, vouched: Vouched, at: str) -> str | None:
    """Whose account it is, None for nobody's; an account that is bound to somebody is nobody else's."""
    subject = f"{vouched.issuer}\n{vouched.subject}".encode()
    known = whose(tx, SUBJECT, subject)
    if known is not None or vouched.email is None:
        return known
    name = whose(tx, EMAIL, email_key(vouched.email).encode("utf-8", "replace"))
    if name is None or secret_of(tx, name, SUBJECT) is not None:
        return None
    keep_secret_of(tx, name, SUBJECT, subject)
    record(tx, BOUND, {"name": name, "issuer": vouched.issuer}, at=at)
    return name
