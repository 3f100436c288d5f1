"""The process that hands one message over: `python -m interlock.adapters.messages.sending`, told on standard input."""

import io
import logging
import pickle
import re
import socket
import sys
from collections.abc import Iterable
from typing import Any

from interlock.adapters.messages.addresses import is_internal
from interlock.adapters.messages.apprised import sender_of
from interlock.terms.schedule import Parcel

TAKEN, NOT_TAKEN = 0, 3
ANSWERED = re.compile(r"error=(\d{3})|Socket Exception: \(?(\d{3})\b")
NOT_REACHED = "it cannot be reached, or did not take it"


class Outside:
    """Refuses connections to this machine and to networks of its own, by the address that is connected to."""

    def __init__(self, inside: Iterable[str]) -> None:
        self._allowed = {address for host in inside for address in _addresses(host)}
        self.refused = ""

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook (PEP 578): what it raises keeps the socket from connecting."""
        if event not in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            return
        address = arguments[-1]
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and str(host) in self._allowed:
            return
        if host is None or is_internal(str(host)) or not _is_literal(str(host)):
            self.refused = str(host or address)
            raise PermissionError(f"{self.refused} is this machine or a network of its own")


def main() -> int:
    """Hand it over; what stood in its way goes to standard output, without the address."""
    address, parcel, inside = pickle.load(sys.stdin.buffer)  # noqa: S301 - of our own parent
    import apprise  # its services are loaded before the guard is set

    made = sender_of(address)
    log = io.StringIO()
    logging.getLogger("apprise").addHandler(logging.StreamHandler(log))
    logging.getLogger("apprise").setLevel(logging.DEBUG)
    outside = Outside(inside)
    sys.addaudithook(outside)
    if made is not None and _taken(apprise, made, parcel):
        return TAKEN
    sys.stdout.write(_why(outside, log.getvalue()))
    return NOT_TAKEN


def _taken(apprise: Any, made: Any, parcel: Parcel) -> bool:
    from apprise.attachment.memory import AttachMemory as InMemory

    attach: Any = InMemory  # it has no types
    sender = apprise.Apprise()
    sender.add(made)
    files = apprise.AppriseAttachment()
    for name, media, content in parcel.files:
        files.add(attach(content=content, name=name, mimetype=media))
    return bool(
        sender.notify(
            body=parcel.words, title=parcel.title, body_format=apprise.NotifyFormat.TEXT, attach=files or None
        )
    )


def _why(outside: Outside, log: str) -> str:
    if outside.refused:
        return f"it leads to {outside.refused}, which is this machine or a network of its own: nothing is sent there"
    found = ANSWERED.search(log)
    return f"it answered {found[1] or found[2]}" if found else NOT_REACHED


def _addresses(host: str) -> set[str]:
    try:
        return {str(one[4][0]) for one in socket.getaddrinfo(host, None)}
    except OSError:
        return set()


def _is_literal(host: str) -> bool:
    try:
        socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
