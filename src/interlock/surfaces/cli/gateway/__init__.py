"""`interlock gateway`: serve it, define it, let clients in, look at what it did."""

from collections.abc import Callable

from interlock.surfaces.cli.gateway.clients import admit_client_command, bar_client_command, list_barred_command
from interlock.surfaces.cli.gateway.defining import apply_command, check_command, show_command
from interlock.surfaces.cli.gateway.keys import create_key_command, list_keys_command, revoke_key_command
from interlock.surfaces.cli.gateway.limits import limits_command
from interlock.surfaces.cli.gateway.serving import serve_gateway_command
from interlock.surfaces.cli.gateway.shadow import shadow_command
from interlock.surfaces.cli.gateway.traces import spans_command, ungoverned_command, verify_traffic_command
from interlock.surfaces.cli.subgroup import SubGroup

GATEWAY_COMMANDS: tuple[tuple[str, Callable[..., None] | SubGroup], ...] = (
    ("serve", serve_gateway_command),
    ("apply", apply_command),
    ("check", check_command),
    ("show", show_command),
    ("limits", limits_command),
    ("ungoverned", ungoverned_command),
    ("shadow", shadow_command),
    ("verify", verify_traffic_command),
    ("spans", spans_command),
    (
        "key",
        SubGroup(
            "Make and revoke the keys by which applications come in.",
            (("create", create_key_command), ("list", list_keys_command), ("revoke", revoke_key_command)),
        ),
    ),
    (
        "client",
        SubGroup(
            "Shut a client out, and let it in again.",
            (("bar", bar_client_command), ("admit", admit_client_command), ("list", list_barred_command)),
        ),
    ),
)
