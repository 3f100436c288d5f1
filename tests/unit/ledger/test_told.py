"""Every kind of entry has a sentence, made of members that such entries have."""

import re
from collections.abc import Mapping
from pathlib import Path

from interlock.adapters.sql.projections import CHANGES
from interlock.engine.ledger.merkle import leaf_hash
from interlock.flows.trace.told import WORDS, told
from interlock.flows.trace.told_others import SENTENCES
from interlock.terms.ledger import LedgerEntry

FORMAT = Path(__file__).parents[3] / "docs" / "reference" / "ledger-format.md"


def _documented() -> Mapping[str, set[str]]:
    rows = re.findall(r"^\| `(\w+\.\w+)` \|[^|]*\|([^|]*)\|$", FORMAT.read_text(encoding="utf-8"), re.MULTILINE)
    return {kind: {*re.findall(r"`(\w+)`", fields), "workflow"} for kind, fields in rows}


def _entry(kind: str, body: Mapping[str, object], leaf: bytes = leaf_hash(b"")) -> LedgerEntry:
    return LedgerEntry(7, "2026-03-02T12:00:00.000000Z", kind, body, b"", leaf)


def test_every_kind_has_a_sentence() -> None:
    assert {*WORDS, *SENTENCES} ^ set(CHANGES) == set()


def test_sentences_name_members_that_their_entries_have() -> None:
    documented = _documented()
    lacking = {
        kind: missing
        for kind, sentence in SENTENCES.items()
        if (missing := set(re.findall(r"\{(\w+)[:}]", sentence)) - documented[kind])
    }
    assert lacking == {}


def test_what_was_altered_hides_nothing_and_runs_nothing() -> None:
    body = {"by": "{0.__class__} {name}", "name": "x"}
    assert told(_entry("token.created", body)) == "{0.__class__} {name} made the token 'x'"
    assert told(_entry("token.created", body, b"another")) == (
        "ALTERED since it was written; it reads now: {0.__class__} {name} made the token 'x'"
    )
    assert told(_entry("token.created", {})).startswith("token.created, but its record is not as it was written")
