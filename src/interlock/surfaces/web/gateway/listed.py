"""What the list of requests shows, and how one ended."""

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from interlock.engine.gateway.rule_words import rule_words
from interlock.engine.gateway.wire.usage import is_about_usage
from interlock.ports.gateway.traffic import TrafficRow
from interlock.surfaces.web.cells import Link, Moment, Status, Words
from interlock.surfaces.web.gateway.overview import usd
from interlock.surfaces.web.states import ERROR, FAILED, INCONCLUSIVE, NOTED, PASSED, State, said
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.gateway.trace import CLIENT_LEFT, GIVEN_AGAIN, TOOL_WIRE

FAILED_FROM = 400
WAITS = 202  # a call of a tool: for a person, or while it is at work
ID_MAX = 16  # characters of an id in a list; its page has all
NONE = "–"


def state_of(row: TrafficRow) -> State:
    """How a request ended."""
    if row.status is None:
        return said(INCONCLUSIVE, "End not known")
    if row.refused is not None:
        return said(FAILED, "Refused")
    broken = None if row.outcome is None else row.outcome.get("broken")
    if broken == CLIENT_LEFT:
        return said(INCONCLUSIVE, "Client left")
    if row.status >= FAILED_FROM:
        return said(ERROR, f"Failed ({row.status})")
    if broken and not is_about_usage(broken):
        return said(ERROR, "Broke off")
    if row.wire == TOOL_WIRE and row.status == WAITS:
        return said(NOTED, "Waits")
    return said(PASSED, "From the cache" if row.cache in GIVEN_AGAIN else "Answered")


def list_title(rows: Sequence[TrafficRow], *, more: bool, later: bool) -> str:
    """The conclusion of a page of the list: how those on it ended. `more` follow; `later`: others came before it."""
    ends = Counter(state_of(row).word.partition(" (")[0] for row in rows)
    if not rows:
        return "No older request is on record" if later else "No request is on record that fits"
    told = ", ".join(f"{words.count(n)} {end[:1].lower()}{end[1:]}" for end, n in ends.most_common())
    requests = words.plural(len(rows), "older request" if later else "request")
    return f"{'The newest ' if more and not later else ''}{requests}: {told}"


def request_href(row: TrafficRow) -> str:
    """The page of a request."""
    return f"/gateway/requests/{quote(row.id, safe='')}"


def _end(row: TrafficRow) -> Status:
    why = "" if row.refused is None else words.capital(rule_words(row.refused))
    of_shadow = row.outcome is not None and row.outcome.get("shadow_of")
    return Status(state_of(row), why or ("as a shadow: nobody was given it" if of_shadow else ""))


def _workflow(row: TrafficRow) -> Link:
    return Link(row.workflow, f"/workflows/{quote(row.workflow, safe='')}")


def _cost(row: TrafficRow) -> Words:
    return Words(usd(row.cost_micro_usd))


def _took(row: TrafficRow) -> Words:
    return Words(NONE if row.latency_ms is None else words.milliseconds(row.latency_ms))


def _model(row: TrafficRow) -> Words:
    other = row.model_used not in ("", row.model_asked)
    where = f"in {row.region}" if row.region else ""
    return Words(row.model_asked, f"answered by {row.model_used} {where}".strip() if other else where)


LIST: Table[TrafficRow] = Table(
    "/gateway/requests",
    "Requests, newest first",
    (
        Column(
            "id",
            "Request",
            lambda row: row.id,
            lambda row: Link(words.shorten(row.id, ID_MAX), request_href(row)),
            sortable=False,
        ),
        Column("end", "End", lambda row: state_of(row).word, _end, sortable=False),
        Column("at", "Came", lambda row: row.at, lambda row: Moment(row.at), sortable=False),
        Column("status", "Status", lambda row: row.status, sortable=False, in_files_only=True),
        Column("rule", "Rule", lambda row: row.refused, sortable=False, in_files_only=True),
        Column("workflow", "Workflow", lambda row: row.workflow, _workflow, sortable=False),
        Column("client", "Client", lambda row: row.client, lambda row: Words(row.client, row.tenant), sortable=False),
        Column("model_asked", "Asked for", lambda row: row.model_asked, _model, sortable=False),
        Column("model_used", "Answered by", lambda row: row.model_used, sortable=False, in_files_only=True),
        Column("region", "Region", lambda row: row.region, sortable=False, in_files_only=True),
        Column("input_tokens", "Tokens in", lambda row: row.input_tokens, numeric=True, sortable=False),
        Column("output_tokens", "Tokens out", lambda row: row.output_tokens, numeric=True, sortable=False),
        Column("cost_micro_usd", "Cost", lambda row: row.cost_micro_usd, _cost, numeric=True, sortable=False),
        Column("latency_ms", "Took", lambda row: row.latency_ms, _took, numeric=True, sortable=False),
    ),
    "Nothing passed the gateway yet. Make a key under Settings, and give an application the gateway's address.",
    (
        Filter("workflow", "Workflow"),
        Filter("client", "Client"),
        Filter("amiss", "End", options=(("1", "refused, failed or not known"),)),
        Filter("rule", "Refused by the rule"),
        Filter("since", "From (UTC)"),
        Filter("until", "Before (UTC)"),
    ),
)


def further_href(rows: Sequence[TrafficRow], limit: int, query: Mapping[str, str], ending: str = "") -> str | None:
    """The address of the next page; None where this one is not full."""
    if len(rows) < limit:
        return None
    kept = {one.name: value for one in LIST.filters if (value := query.get(one.name, "").strip())}
    last = {"after_at": rows[-1].at, "after_id": rows[-1].id}
    return f"{LIST.address}{ending}?{urlencode({**kept, **last})}"
