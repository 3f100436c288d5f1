"""Where a server listens, and whether it could, before anything is made for it."""

import errno
import ipaddress
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from interlock.terms.errors import BadInput, Unavailable

BACKLOG = 512
PORT_ERRORS = frozenset({errno.EADDRINUSE, errno.EACCES, errno.EPERM})


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; port 0 takes a free one. Raises Unavailable."""
    with ExitStack() as stack:
        try:
            family, kind, number, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listener = stack.enter_context(socket.socket(family, kind, number))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
            listener.listen(BACKLOG)  # whoever is told the address may come at once
        except OSError as exc:
            why, is_port = exc.strerror or exc, exc.errno in PORT_ERRORS
            mend = "--port names another one" if is_port else "--host names an address of this machine"
            raise Unavailable(f"cannot listen on {host}:{port} ({why}); {mend}") from exc
        yield listener


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_for_this_machine(host: str) -> None:
    """Raises BadInput where others could come to the sample, in which anybody can be anybody."""
    if not is_loopback(host):
        raise BadInput(f"the sample is for this machine alone, and others could come to {host}: leave --host out")
