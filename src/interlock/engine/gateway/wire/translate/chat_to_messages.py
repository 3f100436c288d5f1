"""A request for a chat completion, as one for messages."""

from typing import Any

from interlock.engine.gateway.wire.translate.parts import blocks_of_chat, text_of
from interlock.engine.gateway.wire.translate.taking import Taking, json_object, kept

# What may be lost: it steers caches, sampling by seed, bookkeeping and stored answers, not what is asked.
_CACHE = ("prompt_cache_key", "prompt_cache_retention", "prompt_cache_options")
_HINTS = ("seed", "metadata", "store", "stream_options", "safety_identifier", *_CACHE)
_EFFORTS = ("low", "medium", "high")
_NEUTRAL = {"n": (1,), "modalities": (["text"],), "service_tier": ("auto", "default")}


def messages_request(chat: dict[str, Any]) -> dict[str, Any]:
    """The same request in the other format. Raises Untranslatable."""
    body = Taking(chat)
    system, messages = _turns(body)
    most = body.take("max_completion_tokens") or body.take("max_tokens")
    if most is None:
        raise body.refuse("max_tokens", "the model's vendor wants to know the largest output; say it")
    body.take("max_tokens")
    temperature = body.number("temperature")
    if temperature is not None and temperature > 1:
        raise body.refuse("temperature", "the model's vendor takes 0 to 1")
    user = body.word("user")
    for name, values in _NEUTRAL.items():
        if (value := body.take(name)) is not None and value not in values:
            raise body.refuse(name, "the model's vendor has nothing like it; leave it out or ask another model")
    made = kept(
        model=body.take("model"),
        max_tokens=most,
        system=[{"type": "text", "text": text} for text in system] or None,
        messages=messages,
        temperature=temperature,
        top_p=body.number("top_p"),
        stop_sequences=body.words("stop"),
        stream=body.take("stream") or None,
        metadata=None if user is None else {"user_id": user},
        tools=[_tool(tool) for tool in body.objects("tools")] or None,
        tool_choice=_tool_choice(body),
        output_config=_output_config(body),
    )
    body.over(_HINTS)
    return made


def _turns(body: Taking) -> tuple[list[str], list[dict[str, Any]]]:
    system: list[str] = []
    turns: list[dict[str, Any]] = []
    for message in body.objects("messages"):
        role = message.take("role")
        if role in ("system", "developer"):
            if turns:
                raise message.refuse("role", "instructions must stand before the conversation for the model's vendor")
            system.append(text_of(message.take("content"), message.at("content")))
        else:
            _say(turns, *_blocks(role, message))
        message.over()
    if not turns:
        raise body.refuse("messages", "there must be more than instructions")
    return system, turns


def _say(turns: list[dict[str, Any]], role: str, blocks: list[dict[str, Any]]) -> None:
    """Add to the conversation, in which the roles take turns."""
    if turns and turns[-1]["role"] == role:
        turns[-1]["content"] += blocks
    elif blocks:
        turns.append({"role": role, "content": blocks})


def _blocks(role: Any, message: Taking) -> tuple[str, list[dict[str, Any]]]:
    if role == "user":
        return "user", blocks_of_chat(message)
    if role == "tool":
        text = text_of(message.take("content"), message.at("content"))
        return "user", [{"type": "tool_result", "tool_use_id": message.text("tool_call_id"), "content": text}]
    if role != "assistant":
        raise message.refuse("role", "the model's vendor has no such role")
    blocks = blocks_of_chat(message)
    if refusal := message.word("refusal"):
        blocks.append({"type": "text", "text": refusal})
    return "assistant", blocks + [_use(call) for call in message.objects("tool_calls")]


def _use(call: Taking) -> dict[str, Any]:
    if call.take("type") not in (None, "function"):
        raise call.refuse("type", "the model's vendor knows function tools only")
    function = Taking(call.take("function"), call.at("function"))
    arguments = json_object(function.text("arguments"), function.at("arguments"))
    use = {"type": "tool_use", "id": call.text("id"), "name": function.text("name"), "input": arguments}
    function.over()
    call.over(hints=("index",))
    return use


def _tool(tool: Taking) -> dict[str, Any]:
    if tool.take("type") != "function":
        raise tool.refuse("type", "the model's vendor knows function tools only")
    function = Taking(tool.take("function"), tool.at("function"))
    made = kept(
        name=function.text("name"),
        description=function.take("description"),
        input_schema=function.take("parameters") or {"type": "object", "properties": {}},
        strict=function.take("strict") or None,
    )
    function.over()
    tool.over(hints=("cache_control",))
    return made


def _tool_choice(body: Taking) -> dict[str, Any] | None:
    choice, alone = body.take("tool_choice"), body.take("parallel_tool_calls") is False
    if choice is None and not alone:
        return None
    made: dict[str, Any]
    if choice in (None, "auto", "none"):
        made = {"type": choice or "auto"}
    elif choice == "required":
        made = {"type": "any"}
    else:
        named = Taking(choice, body.at("tool_choice"))
        if named.take("type") != "function":
            raise named.refuse("type", "the model's vendor knows function tools only")
        function = Taking(named.take("function"), named.at("function"))
        made = {"type": "tool", "name": function.text("name")}
        function.over()
        named.over()
    return {**made, "disable_parallel_tool_use": True} if alone and made["type"] != "none" else made


def _output_config(body: Taking) -> dict[str, Any] | None:
    config: dict[str, Any] = {}
    if (effort := body.word("reasoning_effort")) is not None:
        if effort not in _EFFORTS:
            raise body.refuse("reasoning_effort", f"the model's vendor takes {', '.join(_EFFORTS)}")
        config["effort"] = effort
    response_format = body.inner("response_format")
    if response_format is not None:
        kind = response_format.take("type")
        if kind == "json_schema":
            schema = Taking(response_format.take("json_schema"), response_format.at("json_schema"))
            config["format"] = {"type": "json_schema", "schema": schema.take("schema")}
            schema.over(hints=("name", "description", "strict"))
        elif kind != "text":
            raise response_format.refuse("type", "the model's vendor takes a schema only; send `json_schema`")
        response_format.over()
    return config or None
