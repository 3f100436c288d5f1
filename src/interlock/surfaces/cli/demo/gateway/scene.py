"""The stage of the gateway's demonstration: what was asked, what left, what came back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interlock.ports.gateway.rehearsal import Answered, Rehearsal
from interlock.surfaces.cli.demo.gateway.cast import OUTPUT_TOKENS, Written

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was shown. `came_true`: what its title says happened. `lines` are a label and what it is of."""

    title: str
    came_true: bool
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its answer, its words, and the bodies that left for the model meanwhile."""

    answered: Answered
    said: str
    left: tuple[str, ...]


@dataclass(slots=True)
class Scene:
    """Asks as applications do. `heard` are the bodies that reached the model until now."""

    rehearsal: Rehearsal
    address: str
    keys: Mapping[str, str]
    heard: list[str]
    steps: list[Step] = field(default_factory=list)

    def chat(self, workflow: str | None, model: str, written: Written, **more: Any) -> Asked:
        """Ask as OpenAI's clients do; without a workflow, as somebody who has no key."""
        headers = {} if workflow is None else {"authorization": f"Bearer {self.keys[workflow]}"}
        return self._ask(CHAT, headers, model, written, more)

    def messages(self, workflow: str, model: str, written: Written, **more: Any) -> Asked:
        """Ask as Anthropic's clients do."""
        headers = {"x-api-key": self.keys[workflow], "anthropic-version": "2023-06-01"}
        return self._ask(MESSAGES, headers, model, written, more)

    def _ask(
        self, path: str, headers: Mapping[str, str], model: str, written: Written, more: Mapping[str, Any]
    ) -> Asked:
        body = {"model": model, "max_tokens": OUTPUT_TOKENS, "messages": [{"role": "user", "content": written.text}]}
        known = {"interlock-entities": json.dumps(written.entities)} if written.entities else {}
        before = len(self.heard)
        answered = self.rehearsal.ask(self.address + path, {**body, **more}, {**headers, **known})
        return Asked(answered, _said(answered.body), tuple(map(_written, self.heard[before:])))


def _written(body: str) -> str:
    content = json.loads(body)["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def _said(body: str) -> str:
    """The words of an answer in either format, whole or streamed, or of a refusal."""
    if body.startswith("{"):
        return _words(json.loads(body))
    events = (line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: {"))
    return "".join(_piece(json.loads(one)) for one in events)


def _words(answer: Mapping[str, Any]) -> str:
    if "error" in answer:
        return str(answer["error"]["message"])
    if "choices" in answer:
        return str(answer["choices"][0]["message"]["content"])
    return "".join(part["text"] for part in answer["content"])


def _piece(event: Mapping[str, Any]) -> str:
    choices: Sequence[Mapping[str, Any]] = event.get("choices") or ()
    delta = choices[0]["delta"] if choices else event.get("delta") or {}
    return str(delta.get("content") or delta.get("text") or "")
