"""How a request ended, in words: tools that wait, usage in doubt, clients that left, models that say the same."""

import pytest

from interlock.flows.gateway.evidence.rows import row_of
from interlock.surfaces.web.gateway.listed import list_title, state_of
from interlock.surfaces.web.gateway.one_request import request_view
from interlock.terms.gateway.trace import CLIENT_LEFT, TOOL_WIRE, Attempt
from made_traffic import accepted, outcome

AT = "2026-11-26T10:00:00Z"
TOOL: dict[str, object] = {"wire": TOOL_WIRE, "model": "desk/close_ticket"}
NO_USAGE = "the upstream told no usage"
ENDS: tuple[tuple[dict[str, object], dict[str, object], str, str], ...] = (
    (TOOL, {"status": 202}, "Waits", "The call of desk/close_ticket waits for a person, or is still at work"),
    (TOOL, {"latency_ms": 88.0}, "Answered", "The tool desk/close_ticket was called and answered in 88.0 ms"),
    (TOOL, {"status": 403, "refused": "decided: shadow"}, "Refused",
     "Refused: its workflow only watches yet, so it was not done"),
    ({}, {"broken": NO_USAGE, "usage": None, "cost_micro_usd": 2_100}, "Answered",
     "small answered in 640 ms for USD 0.0021"),
    ({}, {"broken": CLIENT_LEFT, "status": 499}, "Client left",
     "The client left before its answer was complete; it cost USD 0.0013"),
    ({}, {"shadow_of": "first", "shadow_agrees": False}, "Answered",
     "small answered in 640 ms for USD 0.0013 in the shadow of another model and said something else"),
)  # fmt: skip


@pytest.mark.parametrize(("begun", "ended", "state", "title"), ENDS)
def test_the_end_is_told_as_it_was(begun: dict[str, object], ended: dict[str, object], state: str, title: str) -> None:
    row = row_of(accepted("r", AT, "triage", None, **begun), outcome("r", AT, **ended), "s")
    assert (state_of(row).word, request_view(row).title.replace("\u00a0", " ")) == (state, title)
    assert list_title([row], more=True, later=False).replace("\u00a0", " ").startswith("The newest 1 request: 1 ")


def test_what_is_not_known_is_said_and_what_was_not_there_is_left_out() -> None:
    doubted = row_of(
        accepted("r", AT, "triage", None), outcome("r", AT, broken=NO_USAGE, usage=None, cost_micro_usd=2_100), "s"
    )
    facts = dict(request_view(doubted).facts)
    assert facts["Tokens"] == f"{NO_USAGE}; nobody knows how many, so what was reserved stays charged"
    assert facts["Asked for"] == "small (openai)"  # a format that is none of ours stays as it is on record
    assert {"Tenant", "First part of the stream after", "Kept answers"} & set(facts) == set()
    refused = row_of(
        accepted("r", AT, "triage", None, wire="chat", reserved_micro_usd=0),
        outcome("r", AT, status=429, refused="limit gateway client micro_usd/day", attempts=(), usage=None,
                cost_micro_usd=0),
        "s",
    )  # fmt: skip
    view = request_view(refused)
    assert "Tokens" not in dict(view.facts)
    assert dict(view.facts)["Asked for"] == "small (OpenAI chat)"
    said = "The client's daily limit on money did not let it through"
    assert view.rules == ((said, "limit gateway client micro_usd/day"),)


def test_a_failed_attempt_says_why() -> None:
    tried = (Attempt("eu", "small", "eu", 40.0, failure="connect"), Attempt("eu", "large", "eu", 9.0, 503, "status"))
    row = row_of(accepted("r", AT, "triage", None), outcome("r", AT, status=502, attempts=tried, usage=None), "s")
    ends = [cells[2] for cells in request_view(row).attempts]
    assert [getattr(one, "text", None) for one in ends] == ["could not be reached", "status 503"]
