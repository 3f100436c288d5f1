"""LangGraph: a node whose effect is done only where the workflow may; a person's turn can interrupt the graph."""

from collections.abc import Callable, Mapping
from typing import Any

from interlock.surfaces.sdk.outcome import Outcome
from interlock.surfaces.sdk.workflow import Workflow
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput

State = Mapping[str, Any]


def governed_node(
    workflow: Workflow,
    *,
    key: Callable[[State], str],
    label: Callable[[State], str],
    confidence: Callable[[State], float | None],
    arguments: Callable[[State], Mapping[str, Any]] | None = None,
    into: str = "outcome",
    ask_people: bool = False,
) -> Callable[[State], dict[str, Any]]:
    """A node for `StateGraph.add_node`: it writes the neutral message to `into` and whether it was done to
    `<into>_applied`.

    `ask_people`: where a person has to decide, the graph is interrupted with {"key", "proposed"}; resume it with
    {"label": ..., "by": NAME, "note": WHY}. Raises BadInput where what it is resumed with lacks a label or a name.
    """

    def node(state: State) -> dict[str, Any]:
        with workflow.case(key(state)) as case:
            proposed = label(state)
            case.propose(
                proposed, confidence=confidence(state), arguments=None if arguments is None else arguments(state)
            )
            outcome = case.apply()
            if ask_people and outcome.verb is Verb.REVIEW and outcome.state is None:
                return {into: _decided_by_people(case.human, outcome, proposed), f"{into}_applied": False}
            return {into: outcome.message, f"{into}_applied": outcome.applied}

    return node


def _decided_by_people(human: Callable[..., Any], outcome: Outcome, proposed: str) -> str:
    from langgraph.types import interrupt

    answer = interrupt({"key": outcome.key, "proposed": proposed})
    if not isinstance(answer, Mapping) or not answer.get("label") or not answer.get("by"):
        raise BadInput(
            'resume the graph with {"label": ..., "by": NAME}, and "note" where it differs from the proposal'
        )
    human(answer["label"], by=answer["by"], note=answer.get("note", ""))
    return f"A person decided: {answer['label']}."
