"""OpenAI Agents SDK: a tool whose calls are cases. The model sees a neutral sentence, never why it was held back."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from interlock.surfaces.sdk.checks import checked_key, checked_label
from interlock.surfaces.sdk.workflow import Workflow
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from agents import FunctionTool

Arguments = Mapping[str, Any]
NOT_UNDERSTOOD = "The call was not understood: its arguments are not what the tool takes."


def governed_tool(
    workflow: Workflow,
    *,
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    key: Callable[[Arguments], str],
    label: Callable[[Arguments], str] | str,
    confidence: Callable[[Arguments], float | None] | float | None = None,
    about: Callable[[Arguments], Mapping[str, Any]] | None = None,
) -> "FunctionTool":
    """A FunctionTool for `Agent(tools=[...])`. The workflow's action does the work; it gets the tool's arguments as
    `effect.arguments`.

    `parameters` is the JSON schema of the arguments. `key` names the case from business data in them, so that a call
    that the model repeats is done once. `about` gives further facts to `propose` (amount_cents, target, tenant is not
    one of them). Without `confidence` a person decides every case. Raises ModuleNotFoundError where the SDK is missing.
    """
    try:
        from agents import FunctionTool
    except ModuleNotFoundError as exc:
        raise ModuleNotFoundError("the OpenAI Agents SDK is not installed: pip install openai-agents") from exc

    async def invoke(context: Any, text: str) -> str:  # noqa: ARG001 - the SDK hands it over
        try:
            arguments = json.loads(text or "{}")
        except ValueError:
            return NOT_UNDERSTOOD
        if not isinstance(arguments, dict):
            return NOT_UNDERSTOOD
        return await _message(arguments)

    async def _message(arguments: dict[str, Any]) -> str:
        try:
            case_key, proposed = key(arguments), label if isinstance(label, str) else label(arguments)
            sure = confidence(arguments) if callable(confidence) else confidence
            facts = {} if about is None else dict(about(arguments))
            checked_key(case_key)
            checked_label(proposed)
        except (KeyError, TypeError, ValueError, BadInput):
            return NOT_UNDERSTOOD  # the model may mend its call; what the application did wrong is raised below
        async with workflow.case(case_key) as case:
            await case.propose(proposed, confidence=sure, arguments=arguments, **facts)
            return (await case.apply()).message

    return FunctionTool(
        name=name,
        description=description,
        params_json_schema=dict(parameters),
        on_invoke_tool=invoke,
        strict_json_schema=False,
    )
