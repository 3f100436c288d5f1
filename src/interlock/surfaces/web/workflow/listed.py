"""The evidence of a workflow as a table."""

from collections.abc import Sequence

from interlock.flows.evidence.on_file import OnFile, evidence_on_file
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.states import NOTED, STATES, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.evidence import EvidenceClass

COUNTS = "counts"
NOT = "does not count"


def evidence_rows(here: Site, workflow: str) -> tuple[OnFile, ...]:
    """Everything on record, the newest first."""
    with here.rt.store.reading() as reading:
        return evidence_on_file(reading, workflow, now=here.now(), signing=here.signing)[::-1]


def evidence_title(workflow: str, found: Sequence[OnFile]) -> str:
    """How much of it counts now."""
    if not found:
        return f"There is no evidence for {words.shorten(workflow, 80)} yet"
    counts = sum(not one.doubts for one in found)
    return f"{words.count(counts)} of {words.plural(len(found), 'piece')} of evidence may count now"


def _state(one: OnFile) -> State:
    return said(NOTED, "Does not count") if one.doubts else STATES[one.outcome.verdict]


def evidence_table(workflow: str) -> Table[OnFile]:
    """What each piece says, of which class and age it is, and why it does not count where it does not."""
    columns: tuple[Column[OnFile], ...] = (
        Column("kind", "Kind", lambda one: one.evidence.kind,
               lambda one: Link(one.evidence.kind, f"/ledger/evidence/{one.evidence.digest}",
                                f"{one.evidence.evidence_class} · {one.evidence.source}")),
        Column("verdict", "It says", lambda one: one.outcome.verdict,
               lambda one: Status(_state(one), one.outcome.reason)),
        Column("doubts", "Does it count now?", lambda one: "; ".join(one.doubts),
               lambda one: Words("; ".join(one.doubts) or "it may count"), sortable=False),
        Column("measured_at", "Measured", lambda one: one.measured_at, lambda one: Moment(one.measured_at)),
        Column("recorded_at", "Recorded", lambda one: one.evidence.at, lambda one: Moment(one.evidence.at)),
        Column("digest", "Digest", lambda one: one.evidence.digest,
               lambda one: Words(one.evidence.digest.removeprefix("sha256:")[:12]), numeric=True,
               sortable=False),
    )  # fmt: skip
    filters: tuple[Filter[OnFile], ...] = (
        Filter("kind", "Kind", lambda one, asked: asked.casefold() in one.evidence.kind.casefold()),
        Filter("class", "Class", lambda one, asked: one.evidence.evidence_class == asked,
               tuple((each, each) for each in EvidenceClass)),
        Filter("now", "Now", lambda one, asked: (asked == NOT) == bool(one.doubts), ((COUNTS, COUNTS), (NOT, NOT))),
    )  # fmt: skip
    return Table(
        f"/workflows/{workflow}/evidence",
        "Evidence, the newest first",
        columns,
        f"None is on record yet. Owners add it here, or with `interlock evidence add FILE --workflow {workflow} --as "
        "NAME`.",
        filters,
    )
