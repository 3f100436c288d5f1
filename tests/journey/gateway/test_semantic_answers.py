"""Answers that are given again to a question that means the same: to whom, when, and never to anybody else."""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gateway_gate import NOBODY
from gateway_house import AMPLE, place
from gateway_in_process import Inside, inside
from gateway_properties import any_request_is_answered
from gateway_upstream.behaviour import Behaviour
from gateway_upstream.played import PlayedUpstream
from interlock.ports.gateway.upstream import UpstreamAnswer
from interlock.terms.gateway.definition import ModelUpstream, WireFormat
from interlock.terms.gateway.trace import Accepted, Outcome
from interlock.terms.gateway.traffic import CacheMode, Of, Per, TrafficLimit, TrafficPlan, Unit

# What each question means, as an angle in degrees: 14 is just within a likeness of 0.97, 15 is just beyond it.
ANGLES = {"how do I pay": 0.0, "how can I pay": 14.0, "how could I pay": 15.0, "where is my parcel": 90.0}
PAY, LIKE, NEAR, OTHER = ANGLES
CHAT = "/v1/chat/completions"
CACHED: dict[str, Any] = {"cache": CacheMode.SEMANTIC, "cache_model": "embed"}
EMAIL = ("email",)
PLANS = {
    "all of it": TrafficPlan(models=("small", "claude", "embed"), redact=EMAIL, limits=AMPLE, **CACHED),
    "other": TrafficPlan(models=("small", "claude"), redact=EMAIL, **CACHED),
    "exact": TrafficPlan(models=("small",), cache=CacheMode.EXACT),
    "strict": TrafficPlan(models=("small",), cache_similarity=0.99, **CACHED),
    "shadowed": TrafficPlan(models=("small",), shadow_model="claude", shadow_share=1.0, **CACHED),
    "counted": TrafficPlan(models=("claude", "small"), shadow_model="small", shadow_share=1.0, escalate_below=0.5),
    "at home": TrafficPlan(models=("small",), regions=("eu",), cache=CacheMode.SEMANTIC, cache_model="abroad"),
    "no vectors": TrafficPlan(models=("small",), cache=CacheMode.SEMANTIC, cache_model="small"),
    "one a day": TrafficPlan(models=("small",), limits=(TrafficLimit(Of.CLIENT, Unit.REQUESTS, Per.DAY, 1),), **CACHED),
}  # fmt: skip
PLACES = (
    place("small", NOBODY),
    place("claude", NOBODY, WireFormat.ANTHROPIC),
    place("embed", NOBODY, model={"embeds": True}),
    place("abroad", NOBODY, region="us", model={"embeds": True}),
)


class Telling(PlayedUpstream):
    """Questions have the vectors of ANGLES; each answer is one that no other request got."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count(1)
        self.embedded: list[str] = []
        self.embeds_as: Behaviour | None = None
        self.says = ""

    async def send(self, place: ModelUpstream, path: str, body: bytes) -> UpstreamAnswer:
        asked = json.loads(body)
        if path == "/messages/count_tokens":
            pass
        elif path != "/embeddings":
            self._next.append(Behaviour(text=f"answer {next(self.numbers)} {self.says}"))
        elif isinstance(asked["input"], str):
            self.embedded.append(asked["input"])
            self._next.append(self.embeds_as or Behaviour(raw=json.dumps(vector(asked["input"]))))
        return await super().send(place, path, body)


def vector(text: str) -> dict[str, Any]:
    angle = math.radians(ANGLES.get(text.partition(" #")[0], 0.0))
    data = [{"object": "embedding", "index": 0, "embedding": [math.cos(angle), math.sin(angle)]}]
    return {"object": "list", "data": data, "model": "embed", "usage": {"prompt_tokens": 4, "total_tokens": 4}}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with inside(tmp_path_factory.mktemp("alike"), plans=PLANS, places=PLACES, upstream=Telling()) as one:
        yield one


@pytest.fixture
def telling(house: Inside) -> Telling:
    upstream = house.upstream
    assert isinstance(upstream, Telling)
    upstream.embedded.clear()
    upstream.embeds_as, upstream.says = None, ""
    house.records.clear()
    return upstream


def ask(here: Inside, question: Any, *, client: str = "other", system: str = "s", **more: Any) -> tuple[str, str]:
    """How it was answered, and what."""
    turns = [{"role": "system", "content": system}, {"role": "user", "content": question}]
    body = {"model": "small", "messages": turns, **more}
    answer = here.ask(CHAT, [json.dumps(body).encode()], client=client)
    assert answer.status == 200, answer.body
    kept = dict(answer.headers).get(b"interlock-cache", b"off").decode()
    return kept, said(answer.body, streams=bool(more.get("stream")))


def said(body: bytes, *, streams: bool) -> str:
    if not streams:
        return str(json.loads(body)["choices"][0]["message"]["content"])
    events = [line[6:] for line in body.decode().splitlines() if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def test_a_question_that_means_the_same_gets_the_kept_answer(house: Inside, telling: Telling) -> None:
    first, answer = ask(house, PAY, system="help")
    assert first == "miss"
    assert ask(house, PAY, system="help") == ("hit", answer)
    assert ask(house, LIKE, system="help") == ("semantic", answer)
    assert ask(house, NEAR, system="help")[0] == "miss"
    assert ask(house, OTHER, system="help")[0] == "miss"
    assert telling.embedded == [PAY, LIKE, NEAR, OTHER]  # what is there byte for byte is not embedded


def test_a_stricter_workflow_asks_for_more(house: Inside, telling: Telling) -> None:
    assert [ask(house, one, client="strict")[0] for one in (PAY, LIKE)] == ["miss", "miss"]


def test_an_embedding_is_a_request_of_its_own_on_record_and_paid(house: Inside, telling: Telling) -> None:
    ask(house, PAY, system="paid")
    asked, embed, told, answered = house.records
    assert [type(one) for one in house.records] == [Accepted, Accepted, Outcome, Outcome]
    assert (embed.id, embed.wire, embed.model) == (f"{asked.id}-embed", "embeddings", "embed")
    assert (embed.client, embed.workflow, embed.reserved_micro_usd > 0) == (asked.client, asked.workflow, True)
    assert (told.id, told.status, told.cost_micro_usd > 0) == (embed.id, 200, True)
    assert told.usage is not None
    house.records.clear()
    ask(house, LIKE, system="paid")
    again = house.records[-1]
    assert (again.cache, again.cost_micro_usd, again.attempts) == ("semantic", 0, ())
    assert answered.cache == "miss"


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(status=500),
        Behaviour(status=400),
        Behaviour(after=0, stall=True),
        Behaviour(broken="reset"),
        Behaviour(raw="no JSON"),
        Behaviour(raw=json.dumps({**vector(PAY), "data": []})),
        Behaviour(raw=json.dumps({**vector(PAY), "data": [{"embedding": "aaaa"}]})),
        Behaviour(raw=json.dumps({**vector(PAY), "data": [{"embedding": [0.0, 0.0]}]})),
    ],
)
def test_where_embedding_fails_the_request_goes_on(house: Inside, telling: Telling, behaviour: Behaviour) -> None:
    telling.embeds_as = behaviour
    system = repr(behaviour)
    assert [ask(house, one, system=system)[0] for one in (PAY, LIKE)] == ["miss", "miss"]
    accepted = {one.id for one in house.records if isinstance(one, Accepted)}
    assert accepted == {one.id for one in house.records if isinstance(one, Outcome)}
    telling.embeds_as = None
    ask(house, OTHER, system=system)
    assert telling.embedded[-1] == OTHER  # the place is not left alone


@pytest.mark.parametrize("client", ["at home", "no vectors", "one a day"])
def test_what_may_not_be_embedded_is_not(house: Inside, telling: Telling, client: str) -> None:
    assert ask(house, PAY, client=client)[0] == "miss"
    assert telling.embedded == []


CALLED = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    "more", [{"tools": [CALLED]}, {"n": 2}, {"messages": [{"role": "assistant", "content": PAY}]}], ids=str
)
def test_what_is_more_than_a_question_is_not_compared(house: Inside, telling: Telling, more: dict[str, Any]) -> None:
    assert ask(house, PAY, **more)[0] == "miss"
    assert telling.embedded == []


def test_no_pseudonym_of_a_question_is_given_to_another_one(house: Inside, telling: Telling) -> None:
    telling.says = "for [EMAIL-1]"
    first = ask(house, f"{PAY} #ada@example.com", system="mail")
    other = ask(house, f"{LIKE} #ben@example.com", system="mail")
    assert first[1].endswith("for ada@example.com")
    assert (other[0], other[1].endswith("for ben@example.com")) == ("miss", True)
    assert telling.embedded == []  # nor has any of it left to be embedded


def test_what_was_taken_out_before_the_question_comes_back_as_ones_own(house: Inside, telling: Telling) -> None:
    telling.says = "for [EMAIL-1]"
    first, answer = ask(house, PAY, system="I am ada@example.com")
    again, same = ask(house, LIKE, system="I am ben@example.com")
    assert (first, again) == ("miss", "semantic")
    assert same == answer.replace("ada", "ben")


def test_no_shadow_is_asked_of_an_answer_to_another_question(house: Inside, telling: Telling) -> None:
    kinds = []
    for question in (PAY, LIKE):
        before = len(telling.received)
        kinds.append(ask(house, question, client="shadowed", system="shadow")[0])
        ask(house, OTHER, client="exact", system=question)  # the loop runs on
        kinds.append(str(sum(path == "/messages" for _, path, _ in telling.received[before:])))
    assert kinds == ["miss", "1", "semantic", "0"]


def test_a_count_of_tokens_costs_nothing_and_has_no_shadow(house: Inside, telling: Telling) -> None:
    telling.then(Behaviour(raw='{"input_tokens": 17}'))
    body = {"model": "claude", "messages": [{"role": "user", "content": PAY}]}
    counted = house.ask("/v1/messages/count_tokens", [json.dumps(body).encode()], client="counted")
    assert (counted.status, counted.body) == (200, b'{"input_tokens": 17}')
    ask(house, OTHER, client="exact", system="after a count")  # the loop runs on
    accepted, outcome, *_ = house.records
    assert (accepted.wire, accepted.reserved_micro_usd > 0, outcome.cost_micro_usd) == ("count_tokens", True, 0)
    assert [path for _, path, _ in telling.received[-2:]] == ["/messages/count_tokens", "/chat/completions"]
    streams = house.ask("/v1/messages/count_tokens", [json.dumps({**body, "stream": True}).encode()], client="counted")
    assert (streams.status, b"a count comes whole" in streams.body) == (400, True)


Turn = tuple[str, str, bool, str, str]
turns = st.lists(
    st.tuples(
        st.sampled_from(["all of it", "all of it of north", "all of it of south", "other", "other of north"]),
        st.sampled_from(["one", "two"]),
        st.booleans(),
        st.sampled_from(["small", "claude"]),
        st.sampled_from([PAY, LIKE, NEAR]),
    ),
    max_size=12,
)


def test_no_answer_crosses_to_another_client_conversation_kind_or_model(house: Inside, telling: Telling) -> None:
    made_for: dict[str, tuple[Any, str]] = {}
    kinds: set[str] = set()

    @settings(
        max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.integers(0, 2**63), turns)
    def conversations(run: int, asked: Sequence[Turn]) -> None:
        for client, system, streams, model, question in asked:
            kept, answer = ask(
                house, question, client=client, system=f"{run} {system}", stream=streams, model=model, max_tokens=50
            )
            kinds.add(kept)
            whose = (client, run, system, streams, model)
            owner, first = made_for.setdefault(answer, (whose, question))
            assert owner == whose
            apart = abs(ANGLES[first] - ANGLES[question])
            assert apart <= {"miss": 0.0, "hit": 0.0, "semantic": 14.0}[kept]

    conversations()
    assert kinds == {"miss", "hit", "semantic"}


def test_any_request_is_answered_where_questions_are_compared(house: Inside, telling: Telling) -> None:
    any_request_is_answered(house, 60)
