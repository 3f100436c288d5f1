"""All drafts of one sheet, as they are kept under one name."""

import json
from collections.abc import Mapping
from typing import Any

from interlock.terms.instrument import Answer, Draft, Drafted, Instrument


def sheet_name(instrument: Instrument, subject: str) -> str:
    """Under which name the drafts of one sheet are kept."""
    return f"draft:{instrument.id}:{subject}"


def kept_drafts(kept: bytes | None) -> dict[str, Draft]:
    """The drafts of one sheet by their writers; empty where nobody writes."""
    people: Mapping[str, Any] = json.loads(kept) if kept else {}
    return {name: _draft(one) for name, one in people.items()}


def written_drafts(drafts: Mapping[str, Draft]) -> bytes:
    """As `kept_drafts` reads them."""
    people = {name: _written(draft) for name, draft in drafts.items()}
    return json.dumps(people, ensure_ascii=False).encode("utf-8", "replace")


def _draft(one: Mapping[str, Any]) -> Draft:
    items = {
        item: Drafted(Answer(item, it["value"], it["words"], tuple(it["evidence"])), it["at"], it["version"])
        for item, it in one["items"].items()
    }
    return Draft(one["by"], one["version"], one["at"], items)


def _written(draft: Draft) -> Mapping[str, Any]:
    items = {
        item: {
            "value": one.answer.value,
            "words": one.answer.words,
            "evidence": list(one.answer.evidence),
            "at": one.at,
            "version": one.version,
        }
        for item, one in draft.items.items()
    }
    return {"by": draft.by, "version": draft.version, "at": draft.at, "items": items}
