"""Who may stop what, and whose work a stop reaches."""

import pytest

from interlock.engine.access.permissions import role_at, scopes
from interlock.engine.access.switches import Stoppable, may_switch, reaches
from interlock.terms.access import Caller

TENANTS = {"triage": "acme", "parcels": "other"}
WORKFLOWS = (
    Stoppable("triage", "acme", "route", ("Nordics",)),
    Stoppable("parcels", "other", "refund", ("South",)),
    Stoppable("shared", None, "refund", ()),
)
SCOPES = ("global", "tenant:acme", "tenant:other", "workflow:triage", "workflow:parcels", "workflow:shared",
          "action:route", "action:refund", "segment:Nordics", "segment:South", "workflow:none", "nonsense")  # fmt: skip


def _of(*roles: str) -> Caller:
    return Caller("Ana", frozenset(map(role_at, roles)))


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("operator", set(SCOPES)),
        ("operator@tenant/acme", {"tenant:acme", "workflow:triage"}),
        ("operator@workflow/triage", {"workflow:triage"}),
        ("operator@workflow/shared", {"workflow:shared"}),
        ("operator@tenant/acme/workflow/triage", {"workflow:triage"}),
        ("operator@tenant/acme/workflow/shared", set()),
        ("auditor", set()),
    ],
)
def test_a_stop_takes_a_role_that_is_held_wherever_it_reaches(role: str, may: set[str]) -> None:
    assert {scope for scope in SCOPES if may_switch(_of(role), "kill", scope, TENANTS.get)} == may


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("auditor", set(SCOPES)),
        ("auditor@tenant/acme", {"global", "tenant:acme", "workflow:triage", "action:route", "segment:Nordics"}),
        ("auditor@workflow/shared", {"global", "workflow:shared", "action:refund"}),
        ("auditor@workflow/triage", {"global", "tenant:acme", "workflow:triage", "action:route", "segment:Nordics"}),
        ("auditor@tenant/acme/workflow/shared", {"global", "tenant:acme", "workflow:shared", "action:refund"}),
        ("auditor@tenant/none", {"global"}),
    ],
)
def test_whoever_is_reached_by_a_stop_sees_it_and_nobody_else(role: str, sees: set[str]) -> None:
    held = scopes(_of(role), "switch", "read")
    assert {scope for scope in SCOPES if reaches(scope, held, WORKFLOWS)} == sees
