"""interlock.ports.messenger.Messenger with Apprise, each message from a process of its own.

That process connects to no address of this machine or of a network of its own unless the operator named its host:
whoever may set a schedule could reach services otherwise that only this server can reach. It looks at the address that
is really connected to, after names were resolved and redirects followed.
"""

import logging
import pickle
import subprocess
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from interlock.adapters.messages.addresses import is_internal, service_of
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.schedule import Destination, Parcel

SECONDS_MAX = 60
FILES_BYTES_MAX = 24 * 1024 * 1024  # what mail servers commonly take, once it is written in base 64
TAKEN, NOT_TAKEN = 0, 3
OPEN_HOSTS = "INTERLOCK_SEND_TO_HOSTS"


@dataclass(frozen=True, slots=True)
class AppriseMessenger:
    """`inside` are hosts of this machine or of networks of its own that may be sent to all the same."""

    inside: Sequence[str] = ()

    def known(self, address: str) -> Destination:
        """See the port."""
        service = service_of(address)
        made = sender_of(address)
        if made is None:
            raise BadInput(f"this is no complete address of {service.kind}: Apprise does not know where to send it")
        host = service.host or str(getattr(made, "smtp_host", "") or getattr(made, "host", ""))
        if is_internal(host) and host not in self.inside:
            raise BadInput(
                f"{host} is this machine or a network of its own, where nothing is sent to; whoever runs the server "
                f"may allow it: {OPEN_HOSTS}={host}"
            )
        return Destination(service.kind, host, service.attaches)

    def send(self, address: str, parcel: Parcel) -> None:
        """See the port."""
        service_of(address)
        size = sum(len(content) for _, _, content in parcel.files)
        if size > FILES_BYTES_MAX:
            raise Unavailable(f"its files have {size / 1e6:.0f} MB, more than is taken; choose fewer or smaller forms")
        # The address goes through a pipe, not on the command line, where others on this machine could read it.
        told = pickle.dumps((address, parcel, tuple(self.inside)))
        command = (sys.executable, "-m", "interlock.adapters.messages.sending")
        try:
            ended = subprocess.run(command, input=told, capture_output=True, timeout=SECONDS_MAX, check=False)  # noqa: S603 - our own module
        except subprocess.TimeoutExpired as exc:
            raise Unavailable(f"it did not answer for {SECONDS_MAX} seconds") from exc
        except OSError as exc:
            raise Unavailable(f"no process could be started to send it ({exc.strerror or exc})") from exc
        if ended.returncode != TAKEN:
            said = ended.stdout.decode("utf-8", "replace").strip() if ended.returncode == NOT_TAKEN else ""
            raise Unavailable(said or f"sending ended with {ended.returncode}")


def sender_of(address: str) -> Any | None:
    """The one sender of an address, None where it has none, or one that would read a file or trust any certificate.

    Raises BadInput as `service_of`. An address is never given to Apprise otherwise: it would take it for a list.
    """
    service_of(address)
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it logs parts of addresses
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports what Python will drop; nobody here can mend that
        try:
            from apprise import Apprise
        except ModuleNotFoundError as exc:
            raise Unavailable("sending needs Apprise: pip install 'interlock[server]'") from exc
        made: Any | None = Apprise.instantiate(address, suppress_exceptions=True)
    if made is None or not made.verify_certificate or getattr(made, "template", None):
        return None
    return made
