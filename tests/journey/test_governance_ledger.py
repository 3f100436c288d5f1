"""The ledger commands as an auditor uses them: verify, export, checkpoint, prove, check."""

import json
import sqlite3
import stat
import subprocess
import sys
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


def test_a_signed_checkpoint_is_verified_with_the_key_that_keygen_printed(run: Run, live: Here, tmp_path: Path) -> None:
    made = run("ledger", "keygen", "ledger.key", "--name", "example.com/ledger")
    (tmp_path / "ledger.pub").write_text(made.out, encoding="utf-8")
    private = (tmp_path / "ledger.key").read_text(encoding="utf-8").strip()
    assert (made.status, made.out.count("+") >= 2, stat.S_IMODE((tmp_path / "ledger.key").stat().st_mode)) == (
        0,
        True,
        0o600,
    )
    signed = run("ledger", "checkpoint", "--key", "ledger.key")
    (tmp_path / "seen.txt").write_text(signed.out, encoding="utf-8")
    assert signed.out.startswith(f"example.com/ledger\n{len(live.kinds())}\n")
    live.act(live.proposal())
    for verifier in ("ledger.pub", made.out.strip()):
        verified = run("ledger", "verify", "--checkpoint", "seen.txt", "--verifier", verifier)
        assert (verified.status, verified.out.splitlines()[1]) == (0, "It begins with what 1 checkpoint saw.")
        assert "not verified" not in verified.out
    assert "The signature of 1 checkpoint was not verified" in run("ledger", "verify", "--checkpoint", "seen.txt").out
    run("ledger", "keygen", "other.key", "--name", "example.com/ledger")
    other = run("ledger", "checkpoint", "--key", "other.key", "--origin", "another ledger")
    assert other.out.startswith("another ledger\n")
    (tmp_path / "forged.txt").write_text(other.out, encoding="utf-8")
    failed = run("ledger", "verify", "--checkpoint", "forged.txt", "--verifier", "ledger.pub")
    assert failed.status == 1
    assert "is not signed with a key that was given" in failed.out
    again = run("ledger", "keygen", "ledger.key", "--name", "x")
    assert (again.status, "is there already" in again.err) == (2, True)
    (tmp_path / "ledger.key").chmod(0o644)
    refused = run("ledger", "checkpoint", "--key", "ledger.key")
    assert (refused.status, refused.out) == (2, "")
    secret = private.rsplit("+", 1)[1]
    for ended in (made, signed, verified, failed, again, refused):
        assert secret not in ended.out + ended.err


def test_a_witness_file_grows_with_the_ledger_and_catches_who_rewrites_it(run: Run, live: Here, tmp_path: Path) -> None:
    run("ledger", "keygen", "ledger.key", "--name", "example.com/ledger")
    entries = len(live.kinds())
    first = run("ledger", "witness", "witness.txt", "--key", "ledger.key")
    assert first.out == f"witness.txt: checkpoint of {entries:,} entries added; the first one.\n"
    again = run("ledger", "witness", "witness.txt", "--key", "ledger.key")
    assert again.out == f"witness.txt saw these {entries:,} entries already; nothing was added.\n"
    live.act(live.proposal())
    more = run("ledger", "witness", "witness.txt", "--key", "ledger.key")
    assert more.out.endswith(" entries added; it extends what the others saw.\n")
    assert "It begins with what 2 checkpoints saw." in run("ledger", "verify", "--witness", "witness.txt").out
    assert run("ledger", "export", "ledger.jsonl").status == 0
    found = run("ledger", "verify", "ledger.jsonl", "--witness", "witness.txt", "--json").json
    assert (found["holds"], found["checkpoints"]) == (True, 2)
    kept = (tmp_path / "witness.txt").read_text(encoding="utf-8")
    (tmp_path / ".interlock" / "store.db").unlink()
    other = Here(tmp_path / "other")
    other.define()
    for command in (("witness", "witness.txt", "--key", "ledger.key"), ("verify", "--witness", "witness.txt")):
        ended = run("ledger", *command, "--store", "other/store.db")
        assert ended.status == 1
        assert "its end was cut off" in ended.out
    assert run("ledger", "witness", "witness.txt", "--store", "other/store.db").out.startswith("NOT WITNESSED: ")
    assert (tmp_path / "witness.txt").read_text(encoding="utf-8") == kept


def test_content_that_may_be_erased_is_exported_where_asked(run: Run, live: Here) -> None:
    live.act(live.proposal())
    assert run("ledger", "export", "with.jsonl", "--payloads").status == 0
    assert run("ledger", "export", "without.jsonl").status == 0
    whole, bare = (run("ledger", "verify", name, "--json").json for name in ("with.jsonl", "without.jsonl"))
    assert (whole["payloads"], bare["payloads"]) == (bare["payloads_gone"], 0)
    assert whole["payloads"] > 0
    assert "is not here; its digest is recorded." in run("ledger", "verify", "without.jsonl").out


def test_without_the_package_for_signatures_everything_else_works(live: Here, tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['cryptography'] = None\nfrom interlock.wiring.cli import main; main()"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", hidden, "ledger", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    refused = run("keygen", "ledger.key", "--name", "example.com/ledger")
    assert (refused.returncode, refused.stderr) == (
        3,
        "interlock: cryptography is not installed: pip install 'interlock[operate]'\n",
    )
    assert not (tmp_path / "ledger.key").exists()
    assert run("witness", "witness.txt").returncode == 0
    assert run("verify", "--witness", "witness.txt").returncode == 0


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
        ("verify", "--witness", "none.txt"),
        ("verify", "--witness", "triage.yaml"),
        ("verify", "--witness", "."),
        ("verify", "--verifier", "none.pub", "--checkpoint", "triage.yaml"),
        ("verify", "--verifier", "a+00000000+AAAA", "--checkpoint", "triage.yaml"),
        ("verify", "--verifier", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
        ("keygen", "key", "--name", "two words"),
        ("checkpoint", "--key", "none.key"),
        ("witness", "triage.yaml"),
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
