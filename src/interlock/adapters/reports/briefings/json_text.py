"""A document as JSON: every figure with its value, unit, owner and evidence."""

import dataclasses
import json

from interlock.adapters.reports.briefings.evidence_notes import figures_of
from interlock.terms.briefing import Briefing

SCHEMA_VERSION = 1


def as_json(briefing: Briefing) -> bytes:
    """The document and, once more beside it, all of its figures in reading order."""
    content = {
        "schema_version": SCHEMA_VERSION,
        **dataclasses.asdict(briefing),
        "figures": [
            {"passage": passage.part or passage.title, **dataclasses.asdict(figure)}
            for passage in briefing.passages
            for figure in figures_of(passage)
        ],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")
