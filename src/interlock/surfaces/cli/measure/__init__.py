"""Commands that put on record what was measured, what was spent and what went wrong."""

from collections.abc import Callable

from interlock.surfaces.cli.measure.incidents import close_command, list_command, open_command
from interlock.surfaces.cli.measure.measuring import expense_command, kpi_command, period_command

MEASURE_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("kpi", kpi_command),
    ("expense", expense_command),
    ("period", period_command),
)
INCIDENT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("open", open_command),
    ("close", close_command),
    ("list", list_command),
)
