"""Commands of the rollout: gates, conditions, stages, waivers, and what is live without a grant."""

from collections.abc import Callable

from interlock.surfaces.cli.rollout.gates import conditions_command, gates_command
from interlock.surfaces.cli.rollout.going_on import decide_command
from interlock.surfaces.cli.rollout.stage import move_command, show_command
from interlock.surfaces.cli.rollout.unauthorised import unauthorised_command
from interlock.surfaces.cli.rollout.waivers import unwaive_command, waive_command, waivers_command

# (name, function): a new command is one more line here.
ROLLOUT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("gates", gates_command),
    ("conditions", conditions_command),
    ("waive", waive_command),
    ("waivers", waivers_command),
    ("unwaive", unwaive_command),
    ("unauthorised", unauthorised_command),
)
STAGE_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("show", show_command),
    ("move", move_command),
    ("decide", decide_command),
)
