"""The ledger commands as an auditor uses them: verify, export, checkpoint, prove, check."""

import json
import sqlite3
from pathlib import Path

import pytest

from commandline import Here, Run


def test_a_ledger_is_exported_and_verified_without_its_store(run: Run, live: Here, tmp_path: Path) -> None:
    entries = len(live.kinds())
    assert run("ledger", "export", "ledger.jsonl").out == f"ledger.jsonl: {entries:,} entries\n"
    verified = run("ledger", "verify", "ledger.jsonl")
    assert verified.status == 0
    assert verified.out.startswith(f"Verified: {entries:,} entries, root ")
    assert (
        run("ledger", "verify", "--json").json["root"] == run("ledger", "verify", "ledger.jsonl", "--json").json["root"]
    )
    lines = (tmp_path / "ledger.jsonl").read_text(encoding="utf-8")
    (tmp_path / "ledger.jsonl").write_text(lines.replace("Ana Ruiz", "Ann Ruiz"), encoding="utf-8")
    broken = run("ledger", "verify", "ledger.jsonl")
    assert broken.status == 1
    assert broken.out.startswith("FAILED: ")
    assert "  entry 0: " in broken.out


def test_a_tampered_store_fails_and_names_the_entry(run: Run, live: Here) -> None:
    live.store.close()
    with sqlite3.connect(live.path) as tampered:
        ((granted, record),) = tampered.execute("SELECT entry, record FROM ledger WHERE kind = 'grant.given'")
        changed = record.replace(b"Ana Ruiz", b"Eva Ruiz")
        tampered.execute("UPDATE ledger SET record = ? WHERE entry = ?", (changed, granted))
    tampered.close()
    ended = run("ledger", "verify", "--json")
    assert (ended.status, ended.json["holds"], ended.json["faults"][0]["index"]) == (1, False, granted)


def test_checkpoints_and_proofs(run: Run, live: Here, tmp_path: Path) -> None:
    seen = run("ledger", "checkpoint")
    (tmp_path / "seen.json").write_text(seen.out, encoding="utf-8")
    live.act(live.proposal())
    assert run("ledger", "verify", "--checkpoint", "seen.json").status == 0
    for arguments in (("--entry", "0"), ("--since", str(seen.json["entries"]))):
        (tmp_path / "proof.json").write_text(run("ledger", "prove", *arguments).out, encoding="utf-8")
        checked = run("ledger", "check", "proof.json")
        assert (checked.status, checked.out[:6]) == (0, "Holds:")
    proof = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    (tmp_path / "proof.json").write_text(json.dumps({**proof, "old_root": "00" * 32}), encoding="utf-8")
    assert run("ledger", "check", "proof.json").status == 1
    (tmp_path / "seen.json").write_text(json.dumps({**seen.json, "root": "00" * 32}), encoding="utf-8")
    assert run("ledger", "verify", "--checkpoint", "seen.json").status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "none.jsonl"),
        ("verify", "--checkpoint", "none.json"),
        ("verify", "--checkpoint", "triage.yaml"),
        ("prove",),
        ("prove", "--entry", "99999"),
        ("prove", "--entry", "-1"),
        ("prove", "--entry", "0", "--since", "0"),
        ("check", "none.json"),
        ("check", "triage.yaml"),
        ("verify", "."),
    ],
)
def test_what_is_no_ledger_checkpoint_or_proof(run: Run, house: Here, arguments: tuple[str, ...]) -> None:
    ended = run("ledger", *arguments)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("interlock: ")


def test_an_export_into_nowhere_leaves_nothing(run: Run, house: Here, tmp_path: Path) -> None:
    ended = run("ledger", "export", "no/such/folder/ledger.jsonl")
    assert ended.status == 3
    assert not (tmp_path / "no").exists()
