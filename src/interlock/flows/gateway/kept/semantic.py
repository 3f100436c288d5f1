"""Answers that are given again to a question that means the same, where a workflow wants that."""

import logging
from dataclasses import replace

from interlock.engine.gateway.wire.question import HOLE, Question, question_of
from interlock.flows.gateway.kept.embedding import Embedding
from interlock.flows.gateway.kept.exact import Kept, KeptAnswers, key_of, whose
from interlock.flows.gateway.kept.like import LikeAnswers
from interlock.flows.gateway.request.sending import body_of
from interlock.flows.gateway.request.under_way import UnderWay
from interlock.terms.gateway.authority import Way
from interlock.terms.gateway.refusal import Refusal

_logger = logging.getLogger("interlock.gateway")


class SemanticAnswers:
    """Of one process. Whatever fails here means that nothing is found: the request goes on to its model."""

    def __init__(self, embedding: Embedding, kept: KeptAnswers) -> None:
        self._embedding, self._known = embedding, LikeAnswers(kept)
        self._told: set[tuple[str, str]] = set()

    async def find(self, under_way: UnderWay, way: Way) -> Kept | None:
        """The kept answer to a question that means the same as this request's, of all else that is the same."""
        known = under_way.request.known
        question = self._question(under_way)
        if question is None:
            return None
        if under_way.meaning is None:
            under_way.meaning = (await self._embedding.meaning(under_way, question.text),)
        meaning, key = under_way.meaning[0], self._key(under_way, way, question)
        if meaning is None or key is None:
            return None
        owner = whose(known.authority, known.client.tenant)
        return self._known.find(key, owner, meaning, least=known.authority.plan.cache_similarity)

    def keep(self, under_way: UnderWay, way: Way, kept_as: bytes) -> None:
        """The answer to a request came by a way and is kept: so is what its question means, where that was asked."""
        meaning = under_way.meaning[0] if under_way.meaning else None
        question = None if meaning is None else self._question(under_way)
        key = None if question is None else self._key(under_way, way, question)
        if meaning is not None and key is not None:
            self._known.keep(key, meaning, kept_as)

    def _question(self, under_way: UnderWay) -> Question | None:
        """The question of a request; None also where something was taken out of it: its pseudonyms stand for other
        values in another request.
        """
        request, authority = under_way.request, under_way.request.known.authority
        if authority.cache_way is None:
            self._tell(authority.workflow, authority.release, authority.plan.cache_model)
            return None
        question = None if under_way.is_shadow else question_of(request.parsed)
        texts = request.looked.texts
        if question is None or (texts is not None and texts[question.place] != question.text):
            return None
        return question

    def _key(self, under_way: UnderWay, way: Way, question: Question) -> bytes | None:
        """Of everything that makes the answer but the question, and of what its meaning was asked."""
        request, authority = under_way.request, under_way.request.known.authority
        texts = list(request.looked.texts or request.parsed.texts)
        texts[question.place] = HOLE
        put = body_of(replace(request, looked=replace(request.looked, texts=tuple(texts))))(way)
        if isinstance(put, Refusal):
            return None
        path, body = put
        owner = whose(authority, request.known.client.tenant)
        return key_of(owner, way, f"{path}, a question by {authority.cache_way!r}", body)

    def _tell(self, workflow: str, release: str, model: str | None) -> None:
        if (workflow, release) not in self._told:
            self._told.add((workflow, release))
            words = "no question of '%s' is compared: '%s' embeds nothing, or may not be sent what it sends"
            _logger.warning(words, workflow, model)
