"""A request as it was read, and the body that leaves in its place."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from interlock.engine.gateway.wire.decoding import decoded, encode
from interlock.engine.gateway.wire.shapes import OUTPUT_FIELDS
from interlock.engine.gateway.wire.texts import Walk
from interlock.terms.gateway.wire import Wire

# Tokens of one picture, at most: 2,833 + 8 tiles of 5,667 are the dearest that a vendor documents (gpt-4o-mini, high
# detail, 2,048 x 768 after scaling), rounded up.
IMAGE_TOKENS_MAX = 50_000
# What a chat template and a vendor's own system prompt for tools add, at most; the longest documented are about 100
# and 530 tokens.
TEMPLATE_TOKENS_MAX = 256
TOOLS_TOKENS_MAX = 1_024


class Parsed(Struct, frozen=True):
    """A request that can be governed. `model` is the name that was asked for.

    `texts` are all texts in it in the order of the body: prompts, results and definitions of tools, fields nobody
    knows. `output_tokens_max` is the largest output that was asked for (None: none said), of each of `n` choices.
    `tools` are the names that a model may call, `prompt` is the name and version that the client gave its prompt,
    `parameters` are those that act. `media` counts pictures (`image`), sound (`audio`) and files (`file`);
    `unreadable` names what nobody can look into (data, sealed reasoning, tokens instead of text). `stores`: the client
    asks that the upstream keeps the answer. `shows_usage`: the client asked for the usage of a chat stream.
    `input_tokens_max` bounds the tokens of the body as it came (see `input_tokens_of`). `tree` is the body's value,
    which nobody may change.
    """

    wire: Wire
    model: str
    streams: bool
    output_tokens_max: int | None
    n: int
    texts: tuple[str, ...]
    tools: tuple[str, ...]
    prompt: tuple[str, str] | None
    parameters: Mapping[str, int | float | str | bool]
    media: Mapping[str, int]
    unreadable: frozenset[str]
    stores: bool
    shows_usage: bool
    input_tokens_max: int
    uncounted_tokens_max: int
    body: bytes
    tree: Mapping[str, Any]

    @property
    def is_bounded(self) -> bool:
        """Whether `input_tokens_max` holds: a file may have more tokens in it than it has bytes, or be elsewhere."""
        return "file" not in self.media

    def input_tokens_of(self, sent: bytes) -> int:
        """The most input tokens that a rewritten body can have.

        A tokeniser over bytes makes at most one token of a byte, and what JSON puts around a text is longer than what
        a chat template puts there. Pictures count by `IMAGE_TOKENS_MAX` instead.
        """
        return len(sent) + self.uncounted_tokens_max

    def input_tokens_with(self, texts: Sequence[str] | None) -> int:
        """The most input tokens with other texts in the place of its own, which may be longer (None: as they came)."""
        if texts is None:
            return self.input_tokens_max
        return self.input_tokens_max + max(0, len(encode(texts)) - len(encode(self.texts)))

    def replaced(
        self, *, model: str, texts: Sequence[str] | None = None, output_tokens_max: int | None = None
    ) -> dict[str, Any]:
        """The value of the body that leaves, of the same wire format.

        `texts` stand in the place of `Parsed.texts`, one for one (None: as they came). `output_tokens_max` is written
        where the client wrote its own. The gateway's own marks (name and version of the prompt) are taken out.
        """
        tree = dict(self.tree) if texts is None else self._with(texts)
        tree["model"] = model
        if output_tokens_max is not None:
            fields = OUTPUT_FIELDS[self.wire]
            tree[next((field for field in fields if tree.get(field) is not None), fields[0])] = output_tokens_max
        if self.prompt is not None:
            kept = {name: value for name, value in tree["metadata"].items() if name not in PROMPT_FIELDS}
            tree["metadata"] = kept
            if not kept:
                del tree["metadata"]
        return tree

    def rewritten(
        self,
        *,
        model: str,
        texts: Sequence[str] | None = None,
        output_tokens_max: int | None = None,
        output_field: str | None = None,
        include_usage: bool = True,
    ) -> bytes:
        """The body for an upstream that speaks the same wire format; see `replaced`.

        `output_field` is the only field by which it bounds the output; what the client called it then does not count.
        `include_usage` asks a chat stream for its usage. Where the client does not say that a Responses answer is to
        be kept upstream, it is not.
        """
        tree = self.replaced(model=model, texts=texts, output_tokens_max=output_tokens_max)
        if output_field is not None:
            said = [tree.pop(name) for name in OUTPUT_FIELDS[self.wire] if name in tree]
            tree.update((output_field, most) for most in said if most is not None)
        if include_usage and self.streams and self.wire is Wire.CHAT:
            tree["stream_options"] = {**(tree.get("stream_options") or {}), "include_usage": True}
        if self.wire is Wire.RESPONSES:
            tree["store"] = self.stores
        return encode(tree)

    def _with(self, texts: Sequence[str]) -> dict[str, Any]:
        if len(texts) != len(self.texts):
            raise ValueError(f"{len(texts)} texts in the place of {len(self.texts)}")
        tree: dict[str, Any] = decoded(self.body)[0]
        following = iter(texts)
        Walk(lambda _: next(following)).over_request(tree)
        return tree


PROMPT_FIELDS = ("prompt_name", "prompt_version")
