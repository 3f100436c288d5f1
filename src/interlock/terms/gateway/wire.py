"""The four request formats that clients speak to the gateway."""

from enum import StrEnum


class Wire(StrEnum):
    """A request format. Chat, Responses and Embeddings are OpenAI's, Messages is Anthropic's."""

    CHAT = "chat"
    RESPONSES = "responses"
    EMBEDDINGS = "embeddings"
    MESSAGES = "messages"

    @property
    def path(self) -> str:
        """What follows an upstream's `base_url`, and `/v1` at the gateway."""
        return "/chat/completions" if self is Wire.CHAT else f"/{self.value}"
