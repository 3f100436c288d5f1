"""What a server says while a call is at work, without what may not come out."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from interlock.engine.gateway.tools.cleaning import Clean, cleaned_value
from interlock.ports.gateway.tool_servers import Heard


def cleaned_heard(heard: Heard, clean: Clean | None) -> Heard:
    """The same hearer, who is told cleaned words only."""
    if clean is None:
        return heard

    async def cleaned(notification: Mapping[str, Any]) -> None:
        told = notification["params"].items()
        params = {name: one if isinstance(one, float) else cleaned_value(one, clean, Counter()) for name, one in told}
        await heard({**notification, "params": params})

    return cleaned
