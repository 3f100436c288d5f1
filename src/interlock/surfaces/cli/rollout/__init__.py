"""Commands of the rollout: gates, conditions, stages, waivers, and what is live without a grant.

`interlock stage` is a group of its own.
"""

from collections.abc import Callable

from interlock.surfaces.cli.rollout.going_on import decide_command
from interlock.surfaces.cli.rollout.stage import move_command, show_command

# (name, function): a new command is one more line here.
STAGE_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("show", show_command),
    ("move", move_command),
    ("decide", decide_command),
)
