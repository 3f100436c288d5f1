"""Words that the formats themselves define: no text of anybody's, so nobody looks into them."""

_VALUES = """
    user assistant system developer tool function text input_text output_text image_url input_image input_audio audio
    file input_file refusal message function_call function_call_output custom custom_tool_call custom_tool_call_output
    tool_use tool_result thinking redacted_thinking reasoning summary_text reasoning_text image document base64 url
    ephemeral 5m 1h auto none required any object string number integer boolean array null json_object json_schema
    enabled disabled adaptive low medium high minimal xhigh max default flex standard_only float completed in_progress
    incomplete error input_schema wav mp3 png jpeg webp gif image/png image/jpeg image/webp image/gif application/pdf
    text/plain content grammar regex lark concise detailed disabled output_config stop
    length tool_calls content_filter end_turn max_tokens stop_sequence pause_turn text_delta
"""

_NAMES = """
    messages model role content type text tool_calls tool_call_id function arguments name id input instructions tools
    parameters properties required description items enum strict tool_choice system stream stream_options metadata
    $schema $ref $defs anyOf allOf oneOf additionalProperties
"""

VALUES = frozenset((*_VALUES.split(), ""))
NAMES = frozenset(_NAMES.split())
