"""`interlock api` as people use and misuse it."""

import csv
import io
import json
from pathlib import Path

import pytest

from commandline import Run
from described_interfaces import document, tool
from interlock.flows.gateway.inventory import inventory_on_record
from interlock.wiring.run_time import open_address

SHOP = document({"/orders": {"get": {}, "delete": {}}, "/payments": {"post": {"security": []}}})


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.json").write_text(json.dumps(SHOP))
    return tmp_path / "shop.json"


def test_services_are_summed_up_with_what_to_do_next(run: Run, shop: Path) -> None:
    done = run("api", "audit", shop.name)
    assert done.status == 0
    assert (
        "2 of 3 operations of 1 service are of high risk; to begin with: 1 read, 0 act, 1 review, 1 deny." in done.out
    )
    assert "missing-auth: 1 of 3. Next: say in `security`" in done.out


def test_what_is_asked_for_is_listed_with_its_rule(run: Run, shop: Path) -> None:
    out = run("api", "audit", shop.name, "--tier", "high", "--function", "pay").out
    assert "1 of 3 operations" in out
    assert "POST /payments: pay (financial data), high (tier-money: money moves, or is committed), propose deny" in out
    assert "DELETE" not in out


@pytest.mark.parametrize(
    ("named", "status"), [("high", 1), ("missing-auth", 1), ("medium", 0), ("plain-http", 0)]
)  # fmt: skip
def test_a_build_fails_on_what_it_was_told_to(run: Run, shop: Path, named: str, status: int) -> None:
    done = run("api", "audit", shop.name, "--fail-on", named)
    assert (done.status, f"failed on: {named}" in done.said) == (status, bool(status))


def test_json_and_csv_hold_every_operation(run: Run, shop: Path) -> None:
    said = run("api", "audit", shop.name, "--json").json
    assert (said["all"]["operations"], said["all"]["tiers"]) == (3, {"high": 2, "medium": 0, "low": 1})
    assert [one["operation"] for one in said["operations"]] == ["GET /orders", "DELETE /orders", "POST /payments"]
    assert said["operations"][2]["findings"][0]["next_step"].startswith("say in `security`")
    rows = list(csv.DictReader(io.StringIO(run("api", "audit", shop.name, "--csv", "--tier", "high").out)))
    assert [(row["operation"], row["authority"]) for row in rows] == [
        ("DELETE /orders", "review"), ("POST /payments", "deny"),
    ]  # fmt: skip


def test_a_cell_of_csv_is_no_formula(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_text(json.dumps([tool("=cmd()")]))
    assert ",'=cmd()," in run("api", "audit", "tools.json", "--csv").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gone.yaml",), "gone.yaml does not exist"),
        (("triage.yaml",), "neither an OpenAPI document nor a list of MCP tools"),
        (("shop.json", "--finding", "mising-auth"), "did you mean 'missing-auth'?"),
        (("shop.json", "--fail-on", "hihg"), "did you mean 'high'?"),
        (("shop.json", "--service", "Bank"), "there is no service 'Bank' in these files; there are: Shop"),
        (("shop.json", "--csv", "--json"), "give --csv or --json, not both"),
        (("shop.json", "--record"), "say who you are: --as NAME"),
    ],
)
def test_what_cannot_be_done_says_why(run: Run, shop: Path, arguments: tuple[str, ...], words: str) -> None:
    del shop
    done = run("api", "audit", *arguments)
    assert (done.status, done.out, words in done.said) == (2, "", True)


def test_a_file_that_cannot_be_read_is_never_passed_over(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("{")
    del shop
    (tmp_path / "triage.yaml").unlink()
    done = run("api", "audit", ".")
    assert (done.status, "not read: broken.yaml is no JSON" in done.said) == (1, True)


def test_an_inventory_goes_on_record_whole(run: Run, shop: Path, tmp_path: Path) -> None:
    done = run("api", "audit", shop.name, "--record", "--as", "Ana Ruiz", "--tier", "low", "--exposure", "internal")
    assert (done.status, "on record: 3 operations (sha256:" in done.said) == (0, True)
    store = open_address(str(tmp_path / ".interlock" / "store.db"))
    with store.store.reading() as reading:
        kept = inventory_on_record(reading)
    store.close()
    assert kept is not None
    assert (kept.by, kept.source, len(kept.operations), kept.unread) == ("Ana Ruiz", "shop.json", 3, 0)
    assert {one.exposure for one in kept.operations} == {"internal"}
    assert run("ledger", "verify").status == 0


def test_a_diff_says_what_may_do_more_harm(run: Run, shop: Path, tmp_path: Path) -> None:
    (tmp_path / "new.json").write_text(
        json.dumps(document({"/orders": {"get": {"security": []}}, "/payments": {"post": {}}}))
    )
    done = run("api", "diff", shop.name, "new.json")
    assert done.status == 0
    assert "0 new, 1 gone, 2 changed (1 may do more harm), 0 the same" in done.out
    assert "! Shop, GET /orders: credentials required to none" in done.out
    assert "- Shop, DELETE /orders: delete, high (tier-gone)" in done.out
    assert run("api", "diff", shop.name, "new.json", "--fail-on-rise").status == 1
    assert run("api", "diff", shop.name, shop.name, "--fail-on-rise").status == 0
    assert run("api", "diff", "new.json", shop.name, "--json").json["rises"] is True  # a deletion came
