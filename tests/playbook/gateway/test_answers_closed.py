"""Answers of upstreams are closed, whichever of them was told in the end: else their connections are lost."""

import json
from pathlib import Path

from gateway_in_process import PLACES, inside
from gateway_upstream.behaviour import Behaviour
from interlock.terms.gateway.traffic import TrafficPlan

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
