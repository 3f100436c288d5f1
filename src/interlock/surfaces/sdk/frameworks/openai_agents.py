"""OpenAI Agents SDK: a tool whose calls are cases. The model sees a neutral sentence, never why it was held back."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from interlock.surfaces.sdk.governed import parted
from interlock.surfaces.sdk.workflow import Workflow
from interlock.terms.errors import BadInput

if TYPE_CHECKING:
    from agents import FunctionTool

Arguments = Mapping[str, Any]
NOT_UNDERSTOOD = "The call was not understood: its arguments are not what the tool takes."
# What a model's arguments can do to the functions that read them; what the machinery raises is not among it.
NOT_A_CASE = (LookupError, AttributeError, TypeError, ValueError, RecursionError, BadInput)
MISSING = "the OpenAI Agents SDK is not installed: pip install openai-agents"


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
    that the model repeats is done once. `about` gives what else is told of the case: text, tenant, segment, and what
    `propose` takes. Without `confidence` a person decides every case. A call that cannot be a case is told to the model
    as not understood, and why to the log 'interlock'. Raises ModuleNotFoundError where the SDK is missing.
    """
    try:
        from agents import FunctionTool
    except ModuleNotFoundError as exc:
        raise ModuleNotFoundError(MISSING) from exc

    def told(arguments: Arguments) -> tuple[dict[str, Any], dict[str, Any]]:
        of_case, rest = parted({} if about is None else about(arguments))
        proposed = label if isinstance(label, str) else label(arguments)
        sure = confidence(arguments) if callable(confidence) else confidence
        return {"key": key(arguments), **of_case}, {
            "label": proposed,
            "confidence": sure,
            "arguments": arguments,
            **rest,
        }

    async def invoke(context: Any, text: str) -> str:  # noqa: ARG001 - the SDK hands it over
        async with AsyncExitStack() as stack:
            try:
                of_case, rest = told(_arguments(text))
                case = await stack.enter_async_context(workflow.case(**of_case))
                await case.propose(**rest)
            except NOT_A_CASE as exc:
                logging.getLogger("interlock").warning("a call of the tool '%s' was not understood: %s", name, exc)
                return NOT_UNDERSTOOD
            return (await case.apply()).message

    return FunctionTool(
        name=name,
        description=description,
        params_json_schema=dict(parameters),
        on_invoke_tool=invoke,
        strict_json_schema=False,
    )


def _arguments(text: str) -> dict[str, Any]:
    found = json.loads(text or "{}")
    if not isinstance(found, dict):
        raise ValueError(f"a tool takes an object, not {type(found).__name__}")
    return found
