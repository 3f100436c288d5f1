"""The request formats that clients speak to the gateway."""

from enum import StrEnum


class Wire(StrEnum):
    """A request format. Chat, Responses and Embeddings are OpenAI's, Messages and Count (of its tokens) Anthropic's."""

    CHAT = "chat"
    RESPONSES = "responses"
    EMBEDDINGS = "embeddings"
    MESSAGES = "messages"
    COUNT = "count_tokens"

    @property
    def path(self) -> str:
        """What follows an upstream's `base_url`, and `/v1` at the gateway."""
        return _PATHS.get(self.value) or f"/{self.value}"

    @property
    def is_anthropics(self) -> bool:
        """Whether refusals have Anthropic's shape."""
        return self in (Wire.MESSAGES, Wire.COUNT)

    @property
    def writes(self) -> bool:
        """Whether a model writes anything: neither vectors nor counts are texts."""
        return self not in (Wire.EMBEDDINGS, Wire.COUNT)


_PATHS = {"chat": "/chat/completions", "count_tokens": "/messages/count_tokens"}
