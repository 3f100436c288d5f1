"""Whose certificates are believed where models are asked over https."""

import ssl
from collections.abc import Mapping

from interlock.terms.errors import BadInput

VARIABLE = "INTERLOCK_UPSTREAM_CA"


def trust_of(environment: Mapping[str, str]) -> ssl.SSLContext | None:
    """The system's certificates and those of a file (PEM) that the environment names; None where it names none.

    Raises BadInput for a file that cannot be read or holds no certificate: without it nothing could be reached, and
    nobody would see why.
    """
    path = environment.get(VARIABLE)
    if not path:
        return None
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(path)
    except (OSError, ssl.SSLError) as exc:
        why = exc.reason if isinstance(exc, ssl.SSLError) else exc.strerror
        raise BadInput(
            f"{VARIABLE} names {path}, which cannot be used ({why}): name a file of certificates, PEM"
        ) from exc
    return context
