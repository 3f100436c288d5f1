"""The shortest way to ask Cedar: past the wrapper of its binding, where that gives the same answers."""

import functools
from collections.abc import Callable
from typing import Any

import cedarpy
import orjson
from cedarpy import _internal

# (request, policies, entities, schema) -> {"decision", "diagnostics": {"reason", "errors"}}, as Cedar writes it.
Ask = Callable[[dict[str, Any], cedarpy.PolicySet, cedarpy.Entities, cedarpy.Schema], dict[str, Any]]

_SCHEMA = 'entity E; action "a" appliesTo { principal: [E], resource: [E], context: { n: Long } };'
_POLICIES = """permit (principal, action, resource);
forbid (principal, action, resource) when { context.n == 1 };
forbid (principal, action, resource) when { context.n + 9223372036854775807 < 0 };"""


def past_the_wrapper(
    asked: dict[str, Any], policies: cedarpy.PolicySet, entities: cedarpy.Entities, schema: cedarpy.Schema
) -> dict[str, Any]:
    """A fifth of the time less. No public name of the binding, so `shortest` tries it first."""
    inner = entities._inner  # noqa: SLF001 - what the wrapper unwraps itself
    answer: dict[str, Any] = orjson.loads(_internal.is_authorized(asked, policies, inner, schema))
    return answer


def by_the_wrapper(
    asked: dict[str, Any], policies: cedarpy.PolicySet, entities: cedarpy.Entities, schema: cedarpy.Schema
) -> dict[str, Any]:
    """The public way."""
    result = cedarpy.is_authorized(asked, policies, entities, schema)
    diagnostics = {"reason": result.diagnostics.reasons, "errors": result.diagnostics.errors}
    return {"decision": result.decision.value, "diagnostics": diagnostics}


@functools.cache
def shortest() -> Ask:
    """The way past the wrapper where it answers as the public one does: allowed, forbidden, in error, not fitting."""
    try:
        same = _tried(past_the_wrapper) == _tried(by_the_wrapper)
    except Exception:  # noqa: BLE001 - whatever another version of the binding does there, the public way stays
        same = False
    return past_the_wrapper if same else by_the_wrapper


def _tried(ask: Ask) -> list[tuple[object, ...]]:
    schema = cedarpy.Schema.from_str(_SCHEMA)
    policies, entities = cedarpy.PolicySet.from_str(_POLICIES), cedarpy.Entities.from_json_str("[]", schema)
    one = {"type": "E", "id": "e"}
    answers: list[tuple[object, ...]] = []
    for context in ('{"n": 0}', '{"n": 1}', '{"n": 2}', '{"n": "x"}'):
        asked = {"principal": one, "action": {"type": "Action", "id": "a"}, "resource": one, "context": context}
        answer = ask(asked, policies, entities, schema)
        diagnostics = answer["diagnostics"]
        answers.append((answer["decision"], diagnostics.get("reason", []), diagnostics["errors"]))
    return answers
