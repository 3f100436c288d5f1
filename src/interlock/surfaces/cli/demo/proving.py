"""The ledger: exported, verified on its own, and verified again after one byte was changed in a copy."""

from pathlib import Path

from interlock.flows.ledger.export import export
from interlock.flows.ledger.seal import sealed
from interlock.flows.ledger.verify import verify_export, verify_store
from interlock.surfaces.cli.demo.scene import Scene
from interlock.terms.ledger import LedgerCheck
from interlock.terms.story import DataTable, Tone

LEDGER = "ledger.jsonl"
TAMPERED = "ledger-one-byte-changed.jsonl"


def prove_ledger(scene: Scene) -> None:
    """Export and verify; then alter one byte of a decision in a copy: it must fail and name the entry."""
    with sealed(scene.store) as reading:
        lines = list(export(reading))
        stored = verify_store(reading)
        grant = next(reading.entries_of("grant.given"))
    scene.box.write_text(scene.out / LEDGER, b"".join(lines).decode())
    whole = _check(scene.out / LEDGER)
    number = next(number for number, line in enumerate(lines) if grant.record in line)
    altered, place = _alter(lines[number])
    scene.box.write_text(scene.out / TAMPERED, b"".join([*lines[:number], altered, *lines[number + 1 :]]).decode())
    broken = _check(scene.out / TAMPERED)
    named = broken.faults[0].index if broken.faults else None
    good = stored.holds and whole.holds and named == grant.index
    title = (
        f"{whole.entries:,} entries verified; after one byte was changed in a copy, entry {named} was named"
        if good
        else "The ledger did not verify as it should"
    )
    lines_told = (
        f"Root {whole.root[:16]}…: export {_word(whole)}, store against its state {_word(stored)}.",
        f"In the copy, {place} of entry {grant.index} (who approved the grant) was changed: {_fault(broken)}.",
        f"Try it: interlock ledger verify {scene.out / TAMPERED}",
    )
    rows = (
        ("exported ledger", LEDGER, _word(whole), _fault(whole)),
        ("store and its state", "store.db", _word(stored), _fault(stored)),
        ("copy with one byte changed", TAMPERED, _word(broken), _fault(broken)),
    )
    table = DataTable("Verifications", ("What", "File", "Verdict", "Fault"), rows)
    scene.tell("Ledger", title, Tone.PASSED if good else Tone.FAILED, lines_told, tables=(table,))


def _alter(line: bytes) -> tuple[bytes, str]:
    """The line with one letter of the approver's name changed."""
    start = line.index(b'"approver":"') + len(b'"approver":"')
    return line[:start] + bytes([line[start] ^ 1]) + line[start + 1 :], f"byte {start + 1}"


def _check(path: Path) -> LedgerCheck:
    with path.open("rb") as lines:
        return verify_export(lines)


def _word(check: LedgerCheck) -> str:
    return "verified" if check.holds else "failed"


def _fault(check: LedgerCheck) -> str:
    if check.holds:
        return "none"
    fault = check.faults[0]
    return fault.reason if fault.index is None else f"entry {fault.index}: {fault.reason}"
