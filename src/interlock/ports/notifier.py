"""Where notices go: an address of somebody who wants to know at once."""

from collections.abc import Mapping
from typing import Any, Protocol


class Notifier(Protocol):
    """Sends notices. A notice may arrive twice: its id says that it is the same one."""

    def tell(self, address: str, notice_id: str, notice: Mapping[str, Any]) -> None:
        """Send one notice, signed. Raises Unavailable where it was not taken: it is sent again later."""
        ...
