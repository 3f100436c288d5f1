"""`interlock account`, `token`, `hook` and `tenant`: who may use the server, and for what."""

from collections.abc import Callable

from interlock.surfaces.cli.access.accounts import (
    account_roles_command,
    close_account_command,
    create_account_command,
    list_accounts_command,
    reset_account_command,
)
from interlock.surfaces.cli.access.hooks import create_hook_command, list_hooks_command, revoke_hook_command
from interlock.surfaces.cli.access.tenants import assign_tenant_command, list_tenants_command
from interlock.surfaces.cli.access.tokens import create_token_command, list_tokens_command, revoke_token_command

# (name, function): a new command is one more line here.
TOKEN_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("create", create_token_command),
    ("list", list_tokens_command),
    ("revoke", revoke_token_command),
)
HOOK_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("create", create_hook_command),
    ("list", list_hooks_command),
    ("revoke", revoke_hook_command),
)
TENANT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("assign", assign_tenant_command),
    ("list", list_tenants_command),
)
ACCOUNT_COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("create", create_account_command),
    ("list", list_accounts_command),
    ("roles", account_roles_command),
    ("reset", reset_account_command),
    ("close", close_account_command),
)
