"""The way in to a server: how people show who they are, and a provider where the environment names one."""

import os
import time
from collections.abc import Mapping

from interlock.flows.access.entrance import Entrance
from interlock.flows.access.first_run import FirstRun
from interlock.flows.access.sessions import Sessions
from interlock.flows.access.throttle import Throttle
from interlock.flows.action.runtime import RunTime
from interlock.ports.identity import SingleSignOn
from interlock.terms.errors import BadInput

ISSUER, CLIENT_ID = "INTERLOCK_OIDC_ISSUER", "INTERLOCK_OIDC_CLIENT_ID"
CLIENT_SECRET = "INTERLOCK_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of a variable


def entrance_over(rt: RunTime, environment: Mapping[str, str]) -> Entrance:
    """The way in over a run time. Raises BadInput where the environment names half of a provider."""
    from interlock.adapters.identity.codes import TimedCodes
    from interlock.adapters.identity.passwords import Argon2Passwords

    sessions = Sessions(rt.store, rt.clock)
    return Entrance(
        store=rt.store,
        clock=rt.clock,
        randomness=os.urandom,
        sessions=sessions,
        throttle=Throttle(rt.clock),
        passwords=Argon2Passwords(),
        codes=TimedCodes(),
        first_run=FirstRun(sessions, os.urandom),
        single_sign_on=_provider(environment),
    )


def _provider(environment: Mapping[str, str]) -> SingleSignOn | None:
    names = (ISSUER, CLIENT_ID, CLIENT_SECRET)
    given = [environment.get(name, "").strip() for name in names]
    if not any(given):
        return None
    if missing := [name for name, value in zip(names, given, strict=True) if not value]:
        raise BadInput(f"single sign-on needs {', '.join(names)}; {' and '.join(missing)} is not set")
    from interlock.adapters.identity.oidc import OpenIdConnect

    issuer, client_id, client_secret = given
    return OpenIdConnect(issuer, client_id, client_secret, now_s=time.time)
