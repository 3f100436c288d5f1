"""What each role may do, and where."""

import pytest

from interlock.engine.access.permissions import MAY, may, may_somewhere, permissions, role_at, scopes
from interlock.terms.access import ANYBODY, EVERYWHERE, Caller, Role, RoleAt, Scope
from interlock.terms.errors import BadInput


def caller(*held: str) -> Caller:
    return Caller("Ana Ruiz", frozenset(map(role_at, held)))


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("reviewer", RoleAt(Role.REVIEWER)),
        ("reviewer@*", RoleAt(Role.REVIEWER)),
        ("value-owner@tenant/acme", RoleAt(Role.VALUE_OWNER, Scope(tenant="acme"))),
        ("auditor@workflow/triage", RoleAt(Role.AUDITOR, Scope(workflow="triage"))),
        ("auditor@tenant/acme/workflow/triage", RoleAt(Role.AUDITOR, Scope("acme", "triage"))),
    ],
)
def test_a_role_is_written_and_read_back(text: str, held: RoleAt) -> None:
    assert role_at(text) == held == role_at(str(held))


@pytest.mark.parametrize(
    "text", ["boss", "", "reviewer@", "reviewer@acme", "reviewer@tenant/", "reviewer@tenant/a/tenant/b", "reviewer@a/b"]
)
def test_what_is_no_role_or_no_place_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=r"there is no role|is no place to hold a role"):
        role_at(text)


def test_a_scope_reaches_its_own_and_nothing_else() -> None:
    acme = caller("reviewer@tenant/acme")
    assert may(acme, "review", "decide", workflow="triage", tenant="acme")
    assert not may(acme, "review", "decide", workflow="triage", tenant="globex")
    assert not may(acme, "review", "decide", workflow="triage")
    assert not may(acme, "review", "decide")
    assert may_somewhere(acme, "review", "decide")
    assert scopes(acme, "review", "decide") == (Scope(tenant="acme"),)
    assert scopes(acme, "account", "manage") == ()
    both = caller("reviewer@tenant/acme", "reviewer")
    assert scopes(both, "review", "decide") == (EVERYWHERE,)
    part = caller("auditor@tenant/acme/workflow/triage")
    assert may(part, "case", "read", workflow="triage", tenant="acme")
    assert not may(part, "case", "read", workflow="triage", tenant="globex")
    assert not may(part, "case", "read", workflow="other", tenant="acme")


def test_duties_are_kept_apart() -> None:
    """Who hands out roles decides nothing; who audits changes nothing; nobody without a role may anything."""

    def allowed(name: str) -> set[Role]:
        return {role for role in Role if name in MAY[role]}

    assert allowed("account:manage") == {Role.ADMINISTRATOR}
    assert allowed("review:decide") == {Role.REVIEWER}
    assert allowed("case:propose") == {Role.RUNTIME}
    assert allowed("council:decide") == {Role.LEADER, Role.VALUE_OWNER, Role.SAFETY_OWNER}
    changing = {"decide", "answer", "act", "open", "close", "record", "add", "give", "define", "promote", "kill"}
    assert not {name for name in MAY[Role.AUDITOR] if name.split(":")[1] in changing}
    assert permissions(caller()) == ()
    assert "*:review:decide" in map(str, permissions(ANYBODY))
    assert "tenant/acme:review:decide" in map(str, permissions(caller("reviewer@tenant/acme")))
