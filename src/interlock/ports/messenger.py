"""Handing a document to where somebody reads it: mail, a web hook, a chat."""

from typing import Protocol

from interlock.terms.schedule import Destination, Parcel


class Messenger(Protocol):
    """Sends to addresses as people write them down for such services. What is raised never holds the address."""

    def known(self, address: str) -> Destination:
        """What an address leads to. Raises BadInput where it is none, or leads to where nothing may be sent."""
        ...

    def send(self, address: str, parcel: Parcel) -> None:
        """Hand it over. Raises Unavailable where it was not taken: it may be tried again."""
        ...
