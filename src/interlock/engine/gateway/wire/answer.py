"""A complete answer of an upstream: what it says, what it used, and the body that leaves in its place."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from interlock.engine.gateway.wire.answer_shapes import (
    ANSWERS,
    ENVELOPE,
    contents_of,
    finish_reasons_of,
    said_in,
    with_logprobs,
)
from interlock.engine.gateway.wire.decoding import NotStrict, decoded, decoded_once, encode
from interlock.engine.gateway.wire.texts import Visit, Walk
from interlock.engine.gateway.wire.usage import Counted, counted
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.wire import Wire

_WRITTEN = ENVELOPE | {"choices", "content", "stop_reason", "stop_sequence", "service_tier"}


class Answer(Struct, frozen=True):
    """An answer that could be read. `said` is what its first choice says; `found` are its texts, None: see `texts`.

    `counted` is what it used, where that can be believed. `tree` is the body's value, which nobody may change.
    """

    wire: Wire
    response_id: str | None
    response_model: str | None
    finish_reasons: tuple[str, ...]
    found: tuple[str, ...] | None
    said: str
    counted: Counted
    body: bytes
    tree: dict[str, Any]

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in it, in order. Raises ValueError where it was read without them: nothing passes for none."""
        if self.found is None:
            raise ValueError("an answer that was read without its texts cannot be looked through")
        return self.found

    def rewritten(self, texts: Sequence[str] | None = None) -> bytes:
        """The body with other texts in the place of its own, one for one; the same bytes where none is another.

        Log-probabilities of a text that was changed are left out: they tell it again.
        """
        if texts is None or tuple(texts) == self.texts:
            return self.body
        if len(texts) != len(self.texts):
            raise ValueError(f"{len(texts)} texts in the place of {len(self.texts)}")
        tree = decoded(self.body)[0]
        following = iter(texts)
        _visit(self.wire, tree, lambda _: next(following))
        return encode(tree)


def read_answer(wire: Wire, body: bytes, *, texts: bool = True) -> Answer | Refusal:
    """Read an answer of status 200. Never raises: one that is no answer of that wire format is a refusal.

    `texts`: whether anybody looks through them. Where nobody does, they are not collected (most of the time that
    reading takes), and a name that comes twice in an object is no matter: there are no two readers to read it in two
    ways.
    """
    found: list[str] | None = [] if texts else None
    try:
        tree = decoded(body)[0] if texts else decoded_once(body)
        msgspec.convert(tree, ANSWERS[wire])
        if found is not None:
            _texts_in(wire, tree, found)
        used = counted(wire, tree.get("usage"), len(body))
        if used.usage is None:
            # No text is longer than the bytes it came in: only where that is too much for it are they counted.
            used = counted(wire, tree.get("usage"), _chars_said(wire, tree))
    except (NotStrict, msgspec.ValidationError):
        return Refusal(RefusalKind.UPSTREAM, "malformed answer", "The model's answer could not be read; ask again.")
    return Answer(
        wire=wire,
        response_id=tree.get("id"),
        response_model=tree.get("model"),
        finish_reasons=finish_reasons_of(wire, tree),
        found=None if found is None else tuple(found),
        said=said_in(wire, tree),
        counted=used,
        body=body,
        tree=tree,
    )


def _texts_in(wire: Wire, tree: dict[str, Any], found: list[str]) -> None:
    for holder, logprobs in _visit(wire, tree, found.append):
        holder["logprobs"] = logprobs


def _visit(wire: Wire, tree: dict[str, Any], visit: Visit) -> list[tuple[dict[str, Any], Any]]:
    """Walk over an answer. Log-probabilities are taken out of it, and given back with the objects they were in."""
    if not wire.writes:
        return []  # figures only
    taken = [(holder, holder.pop("logprobs")) for holder in with_logprobs(wire, tree)]
    spared = {name: tree.pop(name) for name in ENVELOPE & tree.keys()}
    Walk(visit).over(tree)
    tree.update(spared)
    return taken


def _chars_said(wire: Wire, tree: dict[str, Any]) -> int:
    """The characters that the model wrote: those of all texts, where nobody else wrote any."""
    said: list[str] = []
    if tree.keys() <= _WRITTEN:
        _texts_in(wire, tree, said)
    else:
        walk = Walk(said.append)
        for content in contents_of(wire, tree):
            walk.over(content)
    return sum(map(len, said))
