"""`interlock account` and `interlock tenant`: made, listed, changed, reset and closed."""

import pytest

from commandline import Here, Run


def test_accounts_by_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    by = ("--as", "Eli Sand")
    made = run("account", "create", "Eli Sand", "--role", "administrator", *by)
    assert made.out.startswith("http://127.0.0.1:8410/invitation?token=")
    assert "good once, for 24 hours" in made.said
    more = ("--address", "https://interlock.example/", "--json", "--email", "ana@example.org")
    ana = run("account", "create", "Ana Ruiz", "--role", "leader", "--role", "auditor@tenant/acme", *more, *by).json
    assert ana["link"].startswith("https://interlock.example/invitation?token=")
    assert run("account", "list").out.splitlines()[1].startswith("Ana Ruiz: auditor@tenant/acme, leader; made by Eli")
    assert "ana@example.org" not in run("account", "list", "--json").out
    assert run("account", "roles", "Ana Ruiz", "--role", "leader", *by).out == "Ana Ruiz: leader\n"
    assert run("account", "roles", "Ana Ruiz", "--role", "leader", *by).out == "Ana Ruiz: leader, as before\n"
    monkeypatch.setenv("INTERLOCK_ADDRESS", "https://interlock.example")
    reset = run("account", "reset", "ana ruiz", "--without-second-factor", *by).out
    assert reset.startswith("https://interlock.example/invitation?token=")
    assert run("account", "close", "Ana Ruiz", *by).out == "Ana Ruiz: closed\n"
    assert [row["closed_at"] is None for row in run("account", "list", "--json").json] == [True, False]
    for words, said in (
        (("account", "close", "Eli Sand", *by), "nobody would be left who may make accounts"),
        (("account", "close", "Ana Ruiz", *by), "there is no account 'Ana Ruiz'; there are: Eli Sand"),
        (("account", "create", "Ben", "--role", "king", *by), "there is no role 'king'"),
        (("account", "create", "Ben", "--address", "interlock.example", *by), "--address is where people reach"),
        (("account", "create", "Ben", "--as", " "), "say who you are"),
    ):
        ended = run(*words)
        assert (ended.status, said in ended.said) == (2, True), ended.said
    assert [row["name"] for row in run("account", "list", "--json").json] == ["Eli Sand", "Ana Ruiz"]


def test_tenants_by_command(run: Run, house: Here) -> None:
    house.store.close()
    by = ("--as", "Eli Sand")
    assert run("tenant", "list").out.startswith("No workflow was given to a tenant")
    assert run("tenant", "assign", "triage", "acme", *by).out == "triage: given to acme\n"
    assert run("tenant", "list").out == "acme: triage\n"
    assert run("tenant", "list", "--json").json == [{"workflow": "triage", "tenant": "acme"}]
    assert run("tenant", "assign", "triage", "--nobody", *by).out == "triage: given to nobody\n"
    for words, said in (
        (("tenant", "assign", "triage", *by), "name the tenant, or say --nobody"),
        (("tenant", "assign", "triage", "acme", "--nobody", *by), "name the tenant, or say --nobody"),
        (("tenant", "assign", "triagge", "acme", *by), "there is no workflow 'triagge'; there are: triage"),
    ):
        ended = run(*words)
        assert (ended.status, said in ended.said) == (2, True), ended.said
