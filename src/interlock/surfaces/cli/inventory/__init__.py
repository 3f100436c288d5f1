"""Commands that read descriptions of interfaces and tools."""

from collections.abc import Callable

from interlock.surfaces.cli.inventory.auditing import audit_command
from interlock.surfaces.cli.inventory.differing import diff_command

API_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("audit", audit_command),
    ("diff", diff_command),
)
