"""A Responses request that brings its whole conversation, as one for a chat completion."""

from typing import Any

from interlock.engine.gateway.wire.translate.taking import Taking, kept

# Caches, bookkeeping, stored answers and summaries of reasoning; reasoning in the history is sealed for its vendor.
_CACHE = ("prompt_cache_key", "prompt_cache_retention", "prompt_cache_options")
_HINTS = ("metadata", "store", "stream_options", "safety_identifier", *_CACHE)
_INCLUDED = "reasoning.encrypted_content"
_OF_ITEM = ("id", "status", "phase")
_ROLES = ("user", "system", "developer", "assistant")


def chat_request(responses: dict[str, Any]) -> dict[str, Any]:
    """The same request in the other format. Raises Untranslatable."""
    body = Taking(responses)
    instructions = body.word("instructions")
    turns = [{"role": "system", "content": instructions}] if instructions else []
    turns += _turns(body)
    if any(one != _INCLUDED for one in body.words("include") or ()):
        raise body.refuse("include", "the model's upstream has nothing of the kind")
    if body.take("truncation") not in (None, "disabled"):
        raise body.refuse("truncation", "nothing is cut off on the way; send what fits")
    streams = body.take("stream") or None
    made = kept(
        model=body.take("model"),
        messages=turns,
        max_completion_tokens=body.take("max_output_tokens"),
        temperature=body.number("temperature"),
        top_p=body.number("top_p"),
        stream=streams,
        stream_options={"include_usage": True} if streams else None,
        user=body.word("user"),
        service_tier=body.take("service_tier"),
        parallel_tool_calls=body.take("parallel_tool_calls"),
        tools=[_tool(tool) for tool in body.objects("tools")] or None,
        tool_choice=_tool_choice(body),
        **_reasoning(body),
        **_text(body),
    )
    body.over(_HINTS)
    return made


def _turns(body: Taking) -> list[dict[str, Any]]:
    asked = body.take("input")
    if type(asked) is str:
        return [{"role": "user", "content": asked}]
    turns: list[dict[str, Any]] = []
    for index, one in enumerate(asked or ()):
        _item(turns, Taking(one, f"input[{index}]"))
    return turns


def _item(turns: list[dict[str, Any]], item: Taking) -> None:
    kind = item.take("type") or "message"
    if kind == "reasoning":
        return
    if kind == "message":
        role = item.text("role")
        if role not in _ROLES:
            raise item.refuse("role", f"there are {', '.join(_ROLES)}")
        turns.append({"role": role, "content": _content(item, "content", pictures=role == "user")})
    elif kind == "function_call":
        _call(turns, item)
    elif kind == "function_call_output":
        output = _content(item, "output", pictures=False)
        turns.append({"role": "tool", "tool_call_id": item.text("call_id"), "content": output})
    else:
        raise item.refuse("type", "the model's upstream has nothing like it")
    item.over(_OF_ITEM)


def _call(turns: list[dict[str, Any]], item: Taking) -> None:
    """A call belongs to the turn of the assistant that it comes after."""
    function = {"name": item.text("name"), "arguments": item.text("arguments")}
    if not (turns and turns[-1]["role"] == "assistant"):
        turns.append({"role": "assistant", "content": None})
    turns[-1].setdefault("tool_calls", []).append(
        {"id": item.text("call_id"), "type": "function", "function": function}
    )


def _content(item: Taking, name: str, *, pictures: bool) -> Any:
    content = item.take(name)
    if type(content) is str:
        return content
    parts = [_part(part, pictures=pictures) for part in Taking({name: content}, item.path).objects(name)]
    if all(part["type"] == "text" for part in parts) and (len(parts) == 1 or not pictures):
        return "".join(part["text"] for part in parts)
    return parts


def _part(part: Taking, *, pictures: bool) -> dict[str, Any]:
    kind = part.take("type")
    if kind in ("input_text", "output_text"):
        made: dict[str, Any] = {"type": "text", "text": part.text("text")}
    elif kind == "refusal":
        made = {"type": "text", "text": part.text("refusal")}
    elif kind == "input_image" and pictures:
        made = {"type": "image_url", "image_url": kept(url=part.text("image_url"), detail=part.word("detail"))}
    elif kind == "input_file" and pictures:
        if (data := part.word("file_data")) is None:
            raise part.refuse("file_data", "the model's upstream takes files as base64 only")
        made = {"type": "file", "file": kept(file_data=data, filename=part.word("filename"))}
    else:
        raise part.refuse("type", "the model's upstream has nothing like it here")
    part.over(("annotations", "logprobs", "prompt_cache_breakpoint"))
    return made


def _tool(tool: Taking) -> dict[str, Any]:
    if tool.take("type") != "function":
        raise tool.refuse("type", "the model's upstream knows function tools only")
    function = kept(
        name=tool.text("name"),
        description=tool.word("description"),
        parameters=tool.take("parameters"),
        strict=tool.take("strict"),
    )
    tool.over()
    return {"type": "function", "function": function}


def _tool_choice(body: Taking) -> Any:
    choice = body.take("tool_choice")
    if choice is None or type(choice) is str:
        return choice
    named = Taking(choice, "tool_choice")
    if named.take("type") != "function":
        raise named.refuse("type", "the model's upstream knows function tools only")
    made = {"type": "function", "function": {"name": named.text("name")}}
    named.over()
    return made


def _reasoning(body: Taking) -> dict[str, Any]:
    reasoning = body.inner("reasoning")
    if reasoning is None:
        return {}
    effort = reasoning.word("effort")
    reasoning.over(("summary", "generate_summary"))
    return kept(reasoning_effort=effort)


def _text(body: Taking) -> dict[str, Any]:
    text = body.inner("text")
    if text is None:
        return {}
    verbosity, wanted = text.word("verbosity"), text.inner("format")
    text.over()
    if wanted is None:
        return kept(verbosity=verbosity)
    kind = wanted.text("type")
    if kind != "json_schema":
        wanted.over()
        return kept(verbosity=verbosity, response_format={"type": kind})
    schema = kept(**{name: wanted.take(name) for name in ("name", "description", "schema", "strict")})
    wanted.over()
    return kept(verbosity=verbosity, response_format={"type": "json_schema", "json_schema": schema})
