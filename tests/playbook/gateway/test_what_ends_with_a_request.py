"""What a request began is ended with it: answers that were not told, and questions of its own."""

import json
from pathlib import Path

from gateway_in_process import PLACES, inside
from gateway_upstream.behaviour import Behaviour
from interlock.terms.gateway.trace import CLIENT_LEFT, CLIENT_LEFT_STATUS, GIVEN_UP, Outcome
from interlock.terms.gateway.traffic import CacheMode, TrafficPlan

PATH = "/v1/chat/completions"
UNSURE, SURE = Behaviour(text='{"confidence": 0.1}'), Behaviour(text='{"confidence": 0.9}')
BODY = json.dumps({"model": "auto", "messages": [{"role": "user", "content": "How sure?"}]}).encode()


def test_an_answer_that_is_not_told_and_the_better_one_are_closed(tmp_path: Path) -> None:
    plans = {"tiers": TrafficPlan(models=("small", "claude"), escalate_below=0.8)}
    with inside(tmp_path, plans=plans, places=PLACES) as here:
        for better in (SURE, Behaviour(broken="reset"), Behaviour(raw="no JSON"), Behaviour(status=400)):
            here.upstream.then(UNSURE, better)
            here.ask(PATH, [BODY], client="tiers")
        here.upstream.then(UNSURE, Behaviour(first_ms=1.0))
        here.ask(PATH, [BODY], client="tiers", leaves_after=0)
        assert len(here.upstream.answers) > 8
        assert all(answer.closed for answer in here.upstream.answers)


def test_what_a_question_means_is_asked_for_no_longer_than_somebody_waits(tmp_path: Path) -> None:
    plans = {"like": TrafficPlan(models=("small",), cache=CacheMode.SEMANTIC, cache_model="embed")}
    with inside(tmp_path, plans=plans, places=PLACES) as here:
        body = BODY.replace(b"auto", b"small")
        assert here.ask(PATH, [body], client="like").status == 200  # limits and authority are read
        before = len(here.records)
        here.upstream.then(Behaviour(first_ms=1.0))
        here.ask(PATH, [body.replace(b"How", b"Very")], client="like", leaves_after=0)
        accepted, asked, *outcomes = here.records[before:]
        meaning, request = outcomes
        assert isinstance(meaning, Outcome)
        assert (meaning.id, request.id) == (asked.id, accepted.id)
        assert asked.id == f"{accepted.id}-embed"
        assert {(one.broken, one.status) for one in outcomes} == {(CLIENT_LEFT, CLIENT_LEFT_STATUS)}
        assert [one.failure for one in meaning.attempts] == [GIVEN_UP]
        assert meaning.cost_micro_usd == asked.reserved_micro_usd > 0
        assert (request.attempts, request.cost_micro_usd) == ((), 0)
