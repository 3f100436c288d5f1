"""A request for messages, as one for a chat completion."""

from typing import Any

from interlock.engine.gateway.wire.decoding import encode
from interlock.engine.gateway.wire.translate.parts import parts_of_block, text_of
from interlock.engine.gateway.wire.translate.taking import Taking, kept

# Caching is asked for in another way or not at all; reasoning in the history is sealed for its own vendor's models.
_HINTS = ("cache_control",)
_STOPS_MAX = 4
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}


def chat_request(messages: dict[str, Any]) -> dict[str, Any]:
    """The same request in the other format. Raises Untranslatable."""
    body = Taking(messages)
    turns = _system(body)
    for message in body.objects("messages"):
        turns += _turns(message)
        message.over()
    stops = body.words("stop_sequences")
    if stops and len(stops) > _STOPS_MAX:
        raise body.refuse("stop_sequences", f"the model's vendor takes {_STOPS_MAX} at most")
    if body.take("service_tier") not in (None, "auto", "standard_only"):
        raise body.refuse("service_tier", "the model's vendor has no such tier")
    streams = body.take("stream") or None
    made = kept(
        model=body.take("model"),
        messages=turns,
        max_completion_tokens=body.take("max_tokens"),
        temperature=body.number("temperature"),
        top_p=body.number("top_p"),
        stop=stops,
        stream=streams,
        stream_options={"include_usage": True} if streams else None,
        user=_user(body),
        tools=[_tool(tool) for tool in body.objects("tools")] or None,
        **_tool_choice(body),
        **_output(body),
    )
    thinking = body.inner("thinking")
    if thinking is not None and thinking.take("type") != "disabled":
        raise body.refuse("thinking", "the model's vendor does not show its reasoning; leave it out")
    body.over(_HINTS)
    return made


def _system(body: Taking) -> list[dict[str, Any]]:
    system = body.take("system")
    if not system:
        return []
    if type(system) is str:
        return [{"role": "system", "content": system}]
    return [{"role": "system", "content": text_of([one], f"system[{index}]")} for index, one in enumerate(system)]


def _turns(message: Taking) -> list[dict[str, Any]]:
    role = message.take("role")
    if role not in ("user", "assistant"):
        raise message.refuse("role", "there are `user` and `assistant`")
    content = message.take("content")
    if content is None or type(content) is str:
        return [{"role": role, "content": content or ""}]
    blocks = [Taking(one, f"{message.at('content')}[{index}]") for index, one in enumerate(content)]
    return _of_user(blocks) if role == "user" else [_of_assistant(blocks)]


def _of_user(blocks: list[Taking]) -> list[dict[str, Any]]:
    """Results of tools are turns of their own, which come first; the rest is one turn."""
    results: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for block in blocks:
        kind = block.take("type")
        if kind == "tool_result":
            text = text_of(block.take("content"), block.at("content"))
            text = f"Error: {text}" if block.take("is_error") else text
            results.append({"role": "tool", "tool_call_id": block.text("tool_use_id"), "content": text})
            block.over(_HINTS)
        else:
            parts.append(parts_of_block(block, kind))
    return [*results, {"role": "user", "content": _shortest(parts)}] if parts or not results else results


def _shortest(parts: list[dict[str, Any]]) -> Any:
    """One text is told as a string, which every upstream takes."""
    return parts[0]["text"] if len(parts) == 1 and parts[0]["type"] == "text" else parts


def _of_assistant(blocks: list[Taking]) -> dict[str, Any]:
    texts: list[str] = []
    calls: list[dict[str, Any]] = []
    for block in blocks:
        kind = block.take("type")
        if kind == "tool_use":
            function = {"name": block.text("name"), "arguments": encode(block.take("input") or {}).decode()}
            calls.append({"id": block.text("id"), "type": "function", "function": function})
            block.over(_HINTS)
        elif kind == "text":
            texts.append(block.text("text"))
            block.over((*_HINTS, "citations"))
        elif kind not in ("thinking", "redacted_thinking"):
            raise block.refuse("type", "the model's vendor has nothing like it")
    return kept(role="assistant", content="".join(texts) or (None if calls else ""), tool_calls=calls or None)


def _user(body: Taking) -> str | None:
    fields = body.inner("metadata")
    if fields is None:
        return None
    user = fields.word("user_id")
    fields.over()
    return user


def _tool(tool: Taking) -> dict[str, Any]:
    if tool.take("type") not in (None, "custom"):
        raise tool.refuse("type", "it is a tool of one vendor; offer one with an `input_schema`")
    function = kept(
        name=tool.text("name"),
        description=tool.take("description"),
        parameters=tool.take("input_schema"),
        strict=tool.take("strict") or None,
    )
    tool.over(_HINTS)
    return {"type": "function", "function": function}


def _tool_choice(body: Taking) -> dict[str, Any]:
    choice = body.inner("tool_choice")
    if choice is None:
        return {}
    kind = choice.text("type")
    alone = {"parallel_tool_calls": False} if choice.take("disable_parallel_tool_use") else {}
    if kind == "tool":
        made: Any = {"type": "function", "function": {"name": choice.text("name")}}
    elif kind in _CHOICES:
        made = _CHOICES[kind]
    else:
        raise choice.refuse("type", "there are auto, any, tool and none")
    choice.over()
    return {"tool_choice": made, **alone}


def _output(body: Taking) -> dict[str, Any]:
    config = body.inner("output_config")
    if config is None:
        return {}
    effort, answer = config.word("effort"), config.inner("format")
    config.over()
    if answer is None:
        return kept(reasoning_effort=effort)
    if answer.take("type") != "json_schema":
        raise answer.refuse("type", "there is `json_schema`")
    schema = {"name": "answer", "schema": answer.take("schema"), "strict": True}
    answer.over()
    return kept(reasoning_effort=effort, response_format={"type": "json_schema", "json_schema": schema})
