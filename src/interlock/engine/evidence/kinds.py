"""What each kind of evidence is called in a sentence, and how a piece of it gets on record."""

from collections.abc import Mapping

NOUNS: Mapping[str, str] = {
    "tests": "test report",
    "scan": "scan",
    "coverage": "coverage report",
    "labels": "set of labels",
    "traces": "export of traces",
    "run": "run",
    "bakeoff": "bake-off",
    "kpi": "measurement of the KPI",
    "expense": "expense",
    "period": "period report",
    "attestation": "attestation",
    "decision": "decision",
    "certificate": "certificate",
    "shadow": "shadow run",
    "document": "document",
}
_ADD = "`interlock evidence add FILE`"
# The command or page that makes one; every page is one of the docs.
HOW: Mapping[str, str] = {
    **dict.fromkeys(("tests", "scan", "coverage", "labels", "traces", "run"), _ADD),
    "bakeoff": f"`interlock try FILE --out DIR`, then {_ADD} with its evaluation.json",
    "document": f"{_ADD} --kind document",
    "kpi": "`interlock measure kpi`",
    "expense": "`interlock measure expense`",
    "period": "`interlock measure period`",
    "attestation": "`interlock evidence attest`",
    "decision": "`interlock stage decide`",
    "certificate": "the how-to 'Govern a workflow', part 3",
    "shadow": "let it run beside people: the how-to 'Govern a workflow', part 4",
}


def noun(kind: str) -> str:
    """What one piece of the kind is called, in the singular; of a kind that nobody knows, its own name."""
    return NOUNS.get(kind, f"evidence of the kind '{kind}'")


def a_new(kind: str) -> str:
    """One more piece of the kind, and how it is brought, as the end of a sentence."""
    how = HOW.get(kind)
    return f"a new {noun(kind)}" + (f" ({how})" if how else "") if kind in NOUNS else f"new {noun(kind)}"
