"""What the page of callers whom nobody knows shows."""

from collections.abc import Sequence

from interlock.engine.gateway.rule_words import rule_words, wire_words
from interlock.surfaces.web.cells import Moment, Words
from interlock.surfaces.web.gateway.asked import DAYS_FILTER, period
from interlock.surfaces.web.tables import Column, Filter, Table
from interlock.terms import words
from interlock.terms.gateway.ungoverned import Ungoverned

STRANGERS: Table[Ungoverned] = Table(
    "/gateway/ungoverned",
    "Requests of callers that nobody knows; every one was refused",
    (
        Column("network", "From the network", lambda one: one.network),
        Column("model", "Asked for", lambda one: one.model, lambda one: Words(one.model or "no plain name")),
        Column("wire", "In the format", lambda one: one.wire, lambda one: Words(wire_words(one.wire))),
        Column(
            "rule",
            "Turned away because",
            lambda one: one.rule,
            lambda one: Words(words.capital(rule_words(one.rule)), one.rule),
        ),
        Column("requests", "Requests", lambda one: one.requests, numeric=True),
        Column("first_at", "First", lambda one: one.first_at, lambda one: Moment(one.first_at)),
        Column("last_at", "Last", lambda one: one.last_at, lambda one: Moment(one.last_at)),
    ),
    "Nobody whom the gateway does not know asked for anything in this time.",
    (
        DAYS_FILTER,
        Filter("network", "Network", lambda one, asked: asked in one.network),
        Filter("model", "Model", lambda one, asked: asked.casefold() in one.model.casefold()),
    ),
)


def strangers_title(found: Sequence[Ungoverned], days: int) -> str:
    """The conclusion."""
    if not found:
        return f"No caller was unknown {period(days)}"
    requests = words.plural(sum(one.requests for one in found), "request")
    networks = words.plural(len({one.network for one in found}), "network")
    return f"Callers whom nobody knows sent {requests} {period(days)}, out of {networks}; none went on"
