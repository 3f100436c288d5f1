# ruff: noqa: D102 - what a method means is written once, on House
"""The run time behind an address: decided and admitted there, carried out here, settled there."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from interlock.engine.ledger.canonical import plain
from interlock.engine.rollout.definition import definition_of
from interlock.flows.action.act import Acted
from interlock.flows.action.commit import recordable, words_of
from interlock.flows.action.observe import Observed
from interlock.flows.action.steps import Flow, InStore, OnTarget
from interlock.flows.action.wish import effect_of
from interlock.ports.effects import NotApplied, Target
from interlock.ports.randomness import Randomness
from interlock.surfaces.sdk.handing import Handing
from interlock.surfaces.sdk.house import AuthorityNow, InForce
from interlock.terms.decision import Decision, Proposal, Verb
from interlock.terms.errors import Unavailable
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.intent import Effect, IntentState, KillReport
from interlock.terms.person import Person

TRIES = 3
NAME_BYTES = 16


class Server(Protocol):
    """JSON to and from the server. Raises BadInput, Refused, Unavailable as the server's problems say."""

    def get(self, path: str, **query: Any) -> Any:
        """The answer to a GET."""
        ...

    def post(self, path: str, body: Mapping[str, Any], *, wait_s: float = 0.0) -> Any:
        """The answer to a POST."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


class RemoteHouse:
    """interlock.surfaces.sdk.house.House over a server."""

    def __init__(self, server: Server, handing: Handing, randomness: Randomness) -> None:
        self._server = server
        self._randomness = randomness
        self._handing = handing

    def in_force(self, workflow: str) -> InForce:
        found = self._server.get(f"/workflows/{_part(workflow)}")
        return InForce(found["release"], definition_of(found["definition"]))

    def authority(self, workflow: str) -> AuthorityNow:
        found = self._server.get(f"/workflows/{_part(workflow)}/authority")
        return AuthorityNow(**{**found, "halted": tuple(found["halted"])})

    def acting(self, target: Target | None, workflow: str, proposal: Proposal, *, lease_s: float) -> Flow[Acted]:
        name, sent = self._randomness(NAME_BYTES).hex(), _proposal(proposal)
        body = {"proposal": sent, "lease_s": lease_s, "name": name}
        before = yield from _state(target, proposal)
        try:
            answer = yield InStore(partial(self._begun, f"/workflows/{_part(workflow)}/cases", {**body, **before}))
        except Unavailable as exc:
            kept = yield InStore(partial(self._handing.keep, workflow, proposal, name))
            return Acted(Decision(Verb.REVIEW, (f"a person decides, because {exc}", kept)), None, recorded=False)
        answer = yield from self._carried_out(target, answer)
        if self._handing.waits:
            yield InStore(partial(self._handing.hand_over, self._server))
        state = answer["state"]
        decision = Decision(Verb(answer["verb"]), tuple(answer["reasons"]))
        return Acted(decision, None if state is None else IntentState(state), recorded=answer["recorded"])

    def undoing(self, target: Target, workflow: str, key: str, *, by: Person) -> Flow[None]:
        body = {"workflow": workflow, "key": key, "by": by.name or None, "name": self._randomness(NAME_BYTES).hex()}
        answer = yield InStore(partial(self._begun, "/undo", body))
        yield from self._carried_out(target, answer)

    def applied_since(self, workflow: str, since_entry: int) -> tuple[str, ...]:
        return tuple(self._server.get(f"/workflows/{_part(workflow)}/applied", since_entry=since_entry))

    def shadow(self, workflow: str, proposals: tuple[Proposal, ...]) -> tuple[Decision, ...]:
        body = {"proposals": [_proposal(one) for one in proposals]}
        found = self._server.post(f"/workflows/{_part(workflow)}/shadow", body)
        return tuple(Decision(Verb(one["verb"]), tuple(one["reasons"])) for one in found)

    def keep_text(self, key: str, text: str) -> str:
        return str(self._server.post("/texts", {"key": key, "text": text})["payload_digest"])

    def human(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        body = {"key": key, "label": label, "by": by.name or None, "note": note}
        return Observed(**self._server.post(f"/workflows/{_part(workflow)}/human", body))

    def approve(self, workflow: str, key: str, label: str, *, by: Person, note: str) -> Observed:
        body = {"workflow": workflow, "key": key, "label": label, "by": by.name or None, "note": note, "approve": True}
        return Observed(**self._server.post("/reviews/decide", body)["observed"])

    def outcome(self, workflow: str, key: str, label: str, *, by: str, evidence_class: EvidenceClass) -> Observed:
        (observed,) = self._outcomes(workflow, [(key, label)], by, evidence_class)
        return observed

    def outcomes(self, workflow: str, known: Sequence[tuple[str, str]], *, by: str) -> tuple[Observed, ...]:
        return self._outcomes(workflow, known, by, EvidenceClass.HUMAN) if known else ()

    def attest(
        self, workflow: str, kind: str, body: Mapping[str, Any], *, source: str, evidence_class: EvidenceClass
    ) -> Evidence:
        sent = {"kind": kind, "body": plain(body), "source": source, "evidence_class": evidence_class}
        found = self._server.post(f"/workflows/{_part(workflow)}/evidence", sent)
        return Evidence(**{**found, "evidence_class": EvidenceClass(found["evidence_class"])})

    def kill(self, scope: str, *, by: Person, reason: str, wait_s: float) -> KillReport:
        body = {"scope": scope, "by": by.name or None, "reason": reason, "wait_s": wait_s}
        found = self._server.post("/kill", body, wait_s=wait_s)
        return KillReport(**{**found, **{name: tuple(found[name]) for name in ("in_flight", "in_doubt")}})

    def resume(self, scope: str, *, by: Person, reason: str) -> int:
        return int(self._server.post("/resume", {"scope": scope, "by": by.name or None, "reason": reason})["epoch"])

    def close(self) -> None:
        self._server.close()

    def _outcomes(
        self, workflow: str, known: Sequence[tuple[str, str]], by: str, evidence_class: EvidenceClass
    ) -> tuple[Observed, ...]:
        outcomes = [{"key": key, "label": label} for key, label in known]
        body = {"outcomes": outcomes, "by": by, "evidence_class": evidence_class}
        return tuple(Observed(**one) for one in self._server.post(f"/workflows/{_part(workflow)}/outcomes", body))

    def _begun(self, path: str, body: Mapping[str, Any]) -> Any:
        """Sent again under the same name where the answer was lost: it is begun once all the same."""
        return _tried(lambda: self._server.post(path, body))

    def _carried_out(self, target: Target | None, answer: Any) -> Flow[Any]:
        while (asked := answer["next"]) is not None:
            said = yield from _said(target, asked)
            path, body = (
                f"/steps/{_part(answer['name'])}",
                {"number": asked["number"], "key": asked["effect"]["case_key"], **said},
            )
            answer = yield InStore(partial(_tried, partial(self._server.post, path, body)))
        return answer


def _tried(call: Callable[[], Any]) -> Any:
    for _ in range(TRIES - 1):
        try:
            return call()
        except Unavailable:
            continue
    return call()


def _state(target: Target | None, proposal: Proposal) -> Flow[Mapping[str, Any]]:
    """The target's state as a part of the request; null where it cannot be read, and then nothing is applied."""
    if target is None:
        return {"before": None}
    effect = effect_of(proposal, epoch=0)
    try:
        return {"before": plain(dict((yield OnTarget(partial(target.read, effect)))))}
    except Exception:  # noqa: BLE001 - a target may raise anything; unknown means a person decides
        return {"before": None}


def _said(target: Target | None, asked: Mapping[str, Any]) -> Flow[Mapping[str, Any]]:
    """Do what is asked for, and say how it ended."""
    effect = Effect(**asked["effect"])
    try:
        if target is None:
            raise NotApplied("the caller has no action")
        if asked["step"] == "read":
            return {"state": plain(dict((yield OnTarget(partial(target.read, effect)))))}
        if asked["step"] == "undo":
            receipt = yield OnTarget(partial(target.undo, effect, asked["before"]))
        else:
            receipt = yield OnTarget(partial(target.apply, effect))
        kept = recordable(receipt)
        return {"receipt": {"reference": kept.reference, "after": plain(dict(receipt.after))}}
    except NotApplied as exc:
        return {"not_applied": words_of(exc)}
    except Exception as exc:  # noqa: BLE001 - a target may raise anything, and then its state is unknown
        return {"failed": f"{type(exc).__name__}: {words_of(exc)}"}


def _proposal(proposal: Proposal) -> Mapping[str, Any]:
    content: Mapping[str, Any] = plain(proposal)
    return content


def _part(name: str) -> str:
    return quote(name, safe="")
