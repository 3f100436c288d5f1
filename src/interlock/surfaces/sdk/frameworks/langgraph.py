"""LangGraph: a node whose effect is done only where the workflow may; a person's turn can interrupt the graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interlock.surfaces.sdk.governed import parted
from interlock.surfaces.sdk.outcome import Outcome
from interlock.surfaces.sdk.workflow import Workflow
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

State = Mapping[str, Any]
MISSING = "LangGraph is not installed: pip install langgraph"


def governed_node(
    workflow: Workflow,
    *,
    key: Callable[[State], str],
    label: Callable[[State], str],
    confidence: Callable[[State], float | None],
    about: Callable[[State], Mapping[str, Any]] | None = None,
    into: str = "outcome",
    ask_people: bool = False,
) -> "Runnable[Any, dict[str, Any]]":
    """A node for `StateGraph.add_node`: the neutral message goes to `into`, whether it was done to `<into>_applied`.

    `about` gives what else is told of the case: text, tenant, segment, and what `propose` takes. Runs in `invoke` and
    in `ainvoke`; an action that has to be awaited needs the latter.

    `ask_people`: where a person has to decide, the graph is interrupted with {"key", "proposed"}. Resume it with
    {"approve": True, "by": NAME}, and what was proposed is done; or with {"label": ..., "by": NAME, "note": WHY}, what
    they decided, which people then do. Raises BadInput where it is resumed with neither; ModuleNotFoundError where
    LangGraph is missing.
    """
    try:
        from langchain_core.runnables import RunnableLambda
        from langgraph.types import interrupt
    except ModuleNotFoundError as exc:
        raise ModuleNotFoundError(MISSING) from exc

    def told(state: State) -> tuple[dict[str, Any], dict[str, Any]]:
        of_case, rest = parted({} if about is None else about(state))
        return {"key": key(state), **of_case}, {"label": label(state), "confidence": confidence(state), **rest}

    node = _Node(workflow, told, into, interrupt if ask_people else None)
    return RunnableLambda(node.run, afunc=node.run_async, name=workflow.name)


@dataclass(frozen=True, slots=True)
class _Node:
    """`told` says what a case is opened with and what is proposed; `interrupt` is None where nobody is asked here."""

    workflow: Workflow
    told: Callable[[State], tuple[dict[str, Any], dict[str, Any]]]
    into: str
    interrupt: Callable[[Any], Any] | None

    def run(self, state: State) -> dict[str, Any]:
        """In `invoke`."""
        of_case, rest = self.told(state)
        with self.workflow.case(**of_case) as case:
            case.propose(**rest)
            verdict = self._asked(outcome := case.apply(), rest["label"])
            if verdict is None:
                return self._shown(outcome)
            if verdict.pop("approve"):
                return self._shown(case.approve(**verdict))
            case.human(**verdict)
            return self._decided(verdict)

    async def run_async(self, state: State) -> dict[str, Any]:
        """In `ainvoke`."""
        of_case, rest = self.told(state)
        async with self.workflow.case(**of_case) as case:
            await case.propose(**rest)
            verdict = self._asked(outcome := await case.apply(), rest["label"])
            if verdict is None:
                return self._shown(outcome)
            if verdict.pop("approve"):
                return self._shown(await case.approve(**verdict))
            await case.human(**verdict)
            return self._decided(verdict)

    def _asked(self, outcome: Outcome, proposed: str) -> dict[str, Any] | None:
        """What a person says; None where nobody has to. The graph stops here until it is resumed."""
        for_a_person = outcome.verb is Verb.REVIEW and outcome.state is None and outcome.recorded
        if self.interrupt is None or not for_a_person:
            return None
        return _verdict(self.interrupt({"key": outcome.key, "proposed": proposed}))

    def _shown(self, outcome: Outcome) -> dict[str, Any]:
        return {self.into: outcome.message, f"{self.into}_applied": outcome.applied}

    def _decided(self, verdict: Mapping[str, Any]) -> dict[str, Any]:
        return {self.into: f"A person decided: {verdict['label']}.", f"{self.into}_applied": False}


def _verdict(answer: Any) -> dict[str, Any]:
    given = answer if isinstance(answer, Mapping) else {}
    approve, label, by = given.get("approve") is True, given.get("label"), given.get("by")
    if not isinstance(by, str) or not by.strip() or approve == bool(label):
        raise BadInput(
            'resume the graph with {"approve": True, "by": NAME}, or with {"label": ..., "by": NAME} and, where it '
            'differs from the proposal, "note"'
        )
    about = {"by": by, "note": str(given.get("note", ""))}
    return {"approve": True, **about} if approve else {"approve": False, "label": label, **about}
