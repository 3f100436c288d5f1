"""What a model request used, and what it cost."""

from dataclasses import dataclass


@dataclass(slots=True, unsafe_hash=True)  # not frozen: see terms.gateway.trace
class Usage:
    """Tokens as the upstream counted them. `cached_input_tokens` are part of `input_tokens`.

    `cache_written_input_tokens` too are part of them: some vendors charge more for what they put into their cache.
    """

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    cache_written_input_tokens: int = 0
