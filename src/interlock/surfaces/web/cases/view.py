"""What the list of cases shows, as plain values."""

from collections.abc import Mapping
from urllib.parse import urlencode

from interlock.flows.trace.find_cases import CasesAsked, CasesFound
from interlock.ports.cases import CaseRow
from interlock.surfaces.web.addresses import case_href, number_in
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.states import FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms.decision import Verb

VERBS: Mapping[str, str] = {
    Verb.APPLY: "Applied",
    Verb.REVIEW: "Put before a person",
    Verb.SHADOW: "Compared only",
    Verb.DENY: "Denied",
}
EFFECTS: Mapping[str, str] = {
    "executing": "its effect is being carried out",
    "done": "its effect stands",
    "failed": "nothing was changed",
    "in_doubt": "nobody knows whether it was done",
    "undoing": "it is being undone",
    "undone": "it was undone",
}


def outcome_state(row: CaseRow) -> State:
    """Whether what was proposed turned out to be right."""
    if row.wrong is None:
        return said(NOTED, "Not known yet")
    return said(FAILED, "Wrong") if row.wrong else said(PASSED, "Right")


def effect_state(row: CaseRow) -> State:
    """What was decided, coloured by what became of the effect."""
    word = VERBS.get(row.verb, row.verb)
    return said(INCONCLUSIVE, word) if row.state in {"in_doubt", "undoing", "executing"} else said(NOTED, word)


TABLE: Table[CaseRow] = Table(
    address="/cases",
    caption="Decided cases",
    columns=(
        Column("key", "Case", lambda one: one.key, lambda one: Link(one.key, case_href(one.key)), sortable=False),
        Column(
            "verb",
            "Decided",
            lambda one: one.verb,
            lambda one: Status(effect_state(one), EFFECTS.get(one.state or "", "")),
            sortable=False,
        ),
        Column(
            "workflow",
            "Workflow",
            lambda one: one.workflow,
            lambda one: Link(one.workflow, f"/workflows/{one.workflow}", one.segment or ""),
            sortable=False,
        ),
        Column("tenant", "Tenant", lambda one: one.tenant, lambda one: Words(one.tenant or "–"), sortable=False),
        Column("at", "When", lambda one: one.at, lambda one: Moment(one.at), sortable=False),
        Column("wrong", "Turned out", lambda one: one.wrong, lambda one: Status(outcome_state(one)), sortable=False),
        Column("entry", "Entry", lambda one: one.entry, numeric=True, sortable=False),
    ),
    empty="No case was decided yet. The first comes when an application proposes one, with a token of `interlock token "
    "create` and `interlock.connect`: the how-to “Serve a store, and connect to it” has the lines.",
    filters=(
        Filter("key", "Key, or its beginning"),
        Filter("workflow", "Workflow"),
        Filter("since", "From (UTC)"),
        Filter("until", "Until (UTC)"),
    ),
)


def asked_in(query: Mapping[str, str]) -> CasesAsked:
    """What an address asks for; a place that is none is left out."""
    names = {name: query.get(name, "").strip() for name in ("workflow", "since", "until")}
    return CasesAsked(
        key=query.get("key", ""), behind=query.get("behind", ""), before=number_in(query, "before"), **names
    )


def further_href(found: CasesFound, query: Mapping[str, str], ending: str = "") -> str | None:
    """The address of the next page, None where there is none."""
    if not found.further:
        return None
    kept = {one.name: value for one in TABLE.filters if (value := query.get(one.name, ""))}
    by_key = bool(kept.get("key"))
    place = {"behind": found.behind} if by_key else {"before": str(found.before)}
    return f"{TABLE.address}{ending}?{urlencode({**kept, **place})}"


def list_title(found: CasesFound, query: Mapping[str, str]) -> str:
    """The conclusion of the list."""
    if found.stopped and not found.cases:
        return "No case was found so far"
    if not found.cases:
        return "No case was found" if any(query.get(one.name) for one in TABLE.filters) else "No case was decided yet"
    applied = sum(row.verb == Verb.APPLY for row in found.cases)
    which = "first" if query.get("key") else "newest"
    size = len(found.cases)
    if size == 1:
        return "1 case was found"
    return f"Of the {which} {size} cases {applied} were applied without a person"
