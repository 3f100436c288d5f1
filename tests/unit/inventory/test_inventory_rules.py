"""What each rule says of an operation or tool that has just that to find."""

from pathlib import Path
from typing import Any

import pytest

from described_interfaces import answer, audited, document, one, rules, tool
from interlock.adapters.inventory import read_interfaces
from interlock.terms.gateway.tools import ToolAuthority
from interlock.terms.initiative import Risk
from interlock.terms.inventory import Exposure, Function, Sensitivity, ServiceClass

HARMLESS = {"readOnlyHint": False, "destructiveHint": False}


@pytest.mark.parametrize(
    ("operation", "summary", "function", "tier", "rule"),
    [
        ("GET /orders", "List orders", Function.READ, Risk.LOW, "tier-read"),
        ("POST /orders/search", "Search orders", Function.SEARCH, Risk.LOW, "tier-read"),
        ("GET /orders/export", "Export orders", Function.READ, Risk.MEDIUM, "tier-whole"),
        ("GET /batches", "List batches", Function.READ, Risk.LOW, "tier-read"),
        ("POST /orders", "Create an order", Function.CREATE, Risk.MEDIUM, "tier-change"),
        ("PATCH /orders/{id}", "", Function.CHANGE, Risk.MEDIUM, "tier-change"),
        ("DELETE /orders/{id}", "", Function.DELETE, Risk.HIGH, "tier-gone"),
        ("POST /payments/{id}/refunds", "Refund a payment", Function.PAY, Risk.HIGH, "tier-money"),
        ("POST /users/{id}/roles", "Assign a role", Function.ADMINISTER, Risk.HIGH, "tier-access"),
        ("POST /orders/{id}/comments", "Create a comment", Function.SEND, Risk.HIGH, "tier-message"),
        ("POST /jobs/{id}/run", "Run a job", Function.EXECUTE, Risk.MEDIUM, "tier-change"),
        ("POST /shell/commands", "Run a command", Function.EXECUTE, Risk.HIGH, "tier-runs"),
        ("POST /prices/estimate", "Calculate a price", Function.EXECUTE, Risk.LOW, "tier-computes"),
        ("POST /orders/batch", "Update orders", Function.CHANGE, Risk.HIGH, "tier-bulk"),
        ("POST /mandates/{id}/cancel", "Cancel a mandate", Function.CHANGE, Risk.HIGH, "tier-commits"),
        ("POST /shops/{id}/payoutSettings", "Add a setting", Function.ADMINISTER, Risk.HIGH, "tier-access"),
    ],
)  # fmt: skip
def test_function_and_tier_of_an_operation(
    tmp_path: Path, operation: str, summary: str, function: Function, tier: Risk, rule: str
) -> None:
    found = one(tmp_path, {"summary": summary}, operation)
    assert (found.function, found.tier, found.tier_because.rule) == (function, tier, rule)


@pytest.mark.parametrize(
    ("name", "description", "hints", "function", "tier", "authority"),
    [
        ("get_order", "", {"readOnlyHint": True}, Function.READ, Risk.LOW, ToolAuthority.READ),
        ("issue_read", "", {"readOnlyHint": True}, Function.READ, Risk.LOW, ToolAuthority.READ),
        ("get_order", "", None, Function.READ, Risk.LOW, ToolAuthority.REVIEW),  # silence opens nothing
        ("mark_all_read", "", HARMLESS, Function.CHANGE, Risk.HIGH, ToolAuthority.REVIEW),
        ("update_order", "", HARMLESS, Function.CHANGE, Risk.MEDIUM, ToolAuthority.ACT),
        ("update_order", "", {"readOnlyHint": False}, Function.CHANGE, Risk.MEDIUM, ToolAuthority.REVIEW),
        ("update_order", "", {"destructiveHint": True}, Function.CHANGE, Risk.HIGH, ToolAuthority.REVIEW),
        ("label_write", "Create or delete labels", HARMLESS, Function.CHANGE, Risk.HIGH, ToolAuthority.REVIEW),
        ("frobnicate", "", {"readOnlyHint": True}, Function.UNKNOWN, Risk.HIGH, ToolAuthority.REVIEW),
        ("grant_access", "", {"destructiveHint": False}, Function.ADMINISTER, Risk.HIGH, ToolAuthority.DENY),
        ("get_secret", "", {"readOnlyHint": True}, Function.READ, Risk.HIGH, ToolAuthority.DENY),
    ],
)  # fmt: skip
def test_tools_are_believed_only_against_themselves(
    tmp_path: Path, name: str, description: str, hints: Any, function: Function, tier: Risk, authority: ToolAuthority
) -> None:
    found = audited(tmp_path, [tool(name, description, hints)])[name]
    assert (found.function, found.tier, found.authority) == (function, tier, authority)


@pytest.mark.parametrize(
    ("name", "hints", "rule"),
    [
        ("delete_order", {"readOnlyHint": True}, "hint-contradicted"),
        ("delete_order", {"destructiveHint": False}, "hint-contradicted"),
        ("get_order", {"readOnlyHint": False, "destructiveHint": False}, "hint-contradicted"),
        ("delete_order", {"readOnlyHint": False}, "destructive-unhinted"),
        ("create_order", {}, "hint-missing"),
        ("frobnicate", {"readOnlyHint": True}, "function-unknown"),
    ],
)
def test_findings_about_hints(tmp_path: Path, name: str, hints: dict[str, bool], rule: str) -> None:
    assert rule in rules(audited(tmp_path, [tool(name, hints=hints)])[name])


def test_a_tool_with_right_hints_has_no_finding(tmp_path: Path) -> None:
    listed = [tool("get_order", hints={"readOnlyHint": True}), tool("delete_order", hints={"destructiveHint": True})]
    assert [rules(found) for found in audited(tmp_path, listed).values()] == [set(), set()]


@pytest.mark.parametrize(
    ("security", "said", "rule"),
    [
        ("absent", None, "missing-auth"),
        ([], None, "missing-auth"),
        ([{"bearer": []}], [], "missing-auth"),
        ([{"bearer": []}], [{}, {"bearer": []}], "optional-auth"),
        ([{"query": []}], None, "key-in-query"),
    ],
)
def test_findings_about_credentials(tmp_path: Path, security: Any, said: Any, rule: str) -> None:
    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "query": {"type": "apiKey", "in": "query", "name": "key"},
    }
    content = document({"/orders": {"get": {} if said is None else {"security": said}}})
    content["components"] = {"securitySchemes": schemes}
    if security == "absent":
        del content["security"]
    else:
        content["security"] = security
    assert rules(audited(tmp_path, content)["GET /orders"]) == {rule}


@pytest.mark.parametrize(("url", "found"), [
    ("http://api.shop.example", {"plain-http"}), ("HTTP://api.shop.example", {"plain-http"}),
    ("https://api.shop.example", set()), ("http://localhost:8080", set()), ("/v1", set()),
])  # fmt: skip
def test_the_way_there_is_encrypted_or_said(tmp_path: Path, url: str, found: set[str]) -> None:
    assert rules(one(tmp_path, {}, "GET /orders", servers=[{"url": url}])) == found


def asked(name: str, **more: str) -> dict[str, Any]:
    return {"parameters": [{"in": "query", "name": name, "schema": {"type": "string", **more}}]}


@pytest.mark.parametrize(
    ("operation", "name", "rule"),
    [
        ({"deprecated": True}, "GET /orders", "deprecated"),
        (asked("email", format="email"), "GET /orders", "sensitive-in-address"),
        (asked("q"), "GET /orders", "unbounded-input"),
        ({"operationId": "deleteOrder"}, "GET /orders", "read-that-changes"),
    ],
)  # fmt: skip
def test_findings_about_shape(tmp_path: Path, operation: dict[str, Any], name: str, rule: str) -> None:
    assert rules(one(tmp_path, operation, name)) == {rule}


@pytest.mark.parametrize(
    ("field", "kinds"),
    [
        ("shopperEmail", {Sensitivity.PERSONAL}),
        ("date_of_birth", {Sensitivity.PERSONAL}),
        ("encryptedCardNumber", {Sensitivity.FINANCIAL}),
        ("iban", {Sensitivity.FINANCIAL}),
        ("diagnosisCode", {Sensitivity.HEALTH}),
        ("client_secret", {Sensitivity.CREDENTIALS}),
        ("api_key_id", set()),
        ("taxId", {Sensitivity.FINANCIAL}),
        ("passwordChangeDate", set()),
        ("reprinting", set()),  # `pin` is a word of its own
        ("quantity", set()),
    ],
)
def test_data_is_known_by_the_names_of_fields(tmp_path: Path, field: str, kinds: set[Sensitivity]) -> None:
    found = one(tmp_path, {"responses": answer({"properties": {field: {}}})}, "GET /orders")
    assert set(found.sensitive) == kinds
    assert all(field in reason for reasons in found.sensitive.values() for reason in reasons)
    assert found.tier is (Risk.LOW if not kinds else Risk.HIGH if Sensitivity.CREDENTIALS in kinds else Risk.MEDIUM)


@pytest.mark.parametrize(
    ("more", "exposure"),
    [
        ({"servers": [{"url": "https://api.shop.example"}]}, Exposure.PUBLIC),
        ({"servers": [{"url": "https://10.0.0.7/api"}]}, Exposure.INTERNAL),
        ({"servers": [{"url": "https://orders.svc.cluster.local"}]}, Exposure.INTERNAL),
        ({"servers": [{"url": "https://partner.shop.example"}]}, Exposure.PARTNER),
        ({"servers": [{"url": "https://10.0.0.7"}, {"url": "https://shop.example"}]}, Exposure.PUBLIC),
        ({"servers": [{"url": "/v1"}]}, Exposure.UNKNOWN),
        ({"servers": [{"url": "https://{tenant}.shop.example"}]}, Exposure.UNKNOWN),
        ({"servers": [{"url": "http://[broken"}]}, Exposure.UNKNOWN),
        ({"info": {"title": "Shop", "x-audience": "company-internal"}}, Exposure.INTERNAL),
    ],
)
def test_where_it_can_be_called_from(tmp_path: Path, more: dict[str, Any], exposure: Exposure) -> None:
    assert one(tmp_path, {}, "GET /orders", **more).exposure is exposure
    assert one(tmp_path, {"x-internal": True}, "GET /orders", **more).exposure is Exposure.INTERNAL


def test_much_harm_without_protection_is_denied(tmp_path: Path) -> None:
    assert one(tmp_path, {}, "DELETE /orders/{id}").authority is ToolAuthority.REVIEW
    assert one(tmp_path, {"security": []}, "DELETE /orders/{id}").authority is ToolAuthority.DENY


def test_classes_of_service(tmp_path: Path) -> None:
    named = ("POST /payments", "PATCH /orders/{id}", "GET /orders")
    found = [one(tmp_path, {}, name).service_class for name in named]
    assert found == [ServiceClass.CRITICAL, ServiceClass.BUSINESS, ServiceClass.SUPPORTING]


def test_a_deletion_that_says_it_can_be_undone_is_less(tmp_path: Path) -> None:
    said = {"description": "Moves it to the bin; it can be restored for 30 days."}
    assert one(tmp_path, said, "DELETE /orders/{id}").tier is Risk.MEDIUM


def test_deep_schemas_of_many_operations_are_read_whole(tmp_path: Path) -> None:
    schemas = {
        f"S{n}": {"properties": {f"field{n}": {}, "next": {"$ref": f"#/components/schemas/S{n + 1}"}}}
        for n in range(50)
    }
    paths = {f"/r{n}": {"get": {"responses": answer({"$ref": f"#/components/schemas/S{n % 50}"})}} for n in range(500)}
    found = audited(tmp_path, document(paths, components={"schemas": {**schemas, "S50": {}}}))
    assert len(found) == 500
    assert len(found["GET /r0"].operation.fields) == 51
    assert read_interfaces([tmp_path / "shop.json"]).unread == ()
