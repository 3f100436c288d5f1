"""Cases over HTTP: decided and admitted here, carried out by the caller, settled here."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter

from interlock.engine.ledger.canonical import plain
from interlock.flows.action.act import Acted, acting, shadow
from interlock.flows.action.admit import LEASE_S
from interlock.flows.action.answered import answering
from interlock.flows.action.steps import run
from interlock.flows.action.undo_own import undoing_own
from interlock.ports.effects import NotApplied
from interlock.surfaces.api.bodies import (
    AnswerBody,
    CaseBody,
    Entry,
    EvidenceBody,
    HumanBody,
    OutcomesBody,
    ShadowBody,
    TextBody,
    UndoBody,
)
from interlock.surfaces.api.reach import cases_within, check_cases, check_known_cases, check_workflow
from interlock.surfaces.api.served import Application, Attester, Here, Served, holder, person_of
from interlock.surfaces.api.steps import ActionFailed, Answered, Asked, Elsewhere, Gone, Progress
from interlock.terms.access import Caller
from interlock.terms.decision import Decision
from interlock.terms.errors import BadInput

NAME_BYTES = 16
routes = APIRouter(tags=["cases"])


@routes.post("/workflows/{workflow}/cases")
def propose_case(workflow: str, body: CaseBody, here: Here, who: Application) -> Mapping[str, Any]:
    """Decide on a proposal. Where it may be applied you are asked for it: `next` names the step, answer it.

    Until then its intent is durable and its kill scopes wait for you, for `lease_s` at most. The same key is never
    applied twice: it is answered how it stands.
    """
    check_workflow(here, who, "case", "propose", workflow, tenants=[body.proposal.tenant])
    owner, name = _owner(who), body.name or _name(here)
    proposal = body.proposal.proposal()
    rt = here.desk_of(who.name).run_time
    start = partial(acting, rt, Elsewhere(), workflow, proposal, lease_s=body.lease_s)
    progress = here.steps.begin(name, start, owner=owner, lease_s=body.lease_s)
    if "before" in body.model_fields_set and _asks_for_state(progress):
        error = None if body.before is not None else ActionFailed("the target cannot be read")
        progress = here.steps.answer(name, progress.number, body.before, error, owner=owner)
    return _shown(name, progress)


@routes.post("/steps/{name}")
def answer_step(name: str, body: AnswerBody, here: Here, who: Application) -> Mapping[str, Any]:
    """Answer what you were asked for, and hear what is next. An answer that is sent again changes nothing."""
    try:
        asked = here.steps.asked(name, owner=_owner(who))
    except Gone:
        if body.key is None or body.state is not None:
            raise
        return _after_a_restart(name, body, here, who)
    answer, error = _answer(body, asked)
    return _shown(name, here.steps.answer(name, body.number, answer, error, owner=_owner(who)))


@routes.post("/undo")
def undo_case(body: UndoBody, here: Here, who: Application) -> Mapping[str, Any]:
    """Put one applied case back: you are asked to read its target, then to put back what was there before."""
    check_cases(here, who, "case", "propose", body.workflow, [body.key])
    name = body.name or _name(here)
    desk = here.desk_of(who.name)
    by, rt = person_of(who, body.by), desk.run_time
    start = partial(undoing_own, rt, Elsewhere(), body.workflow, body.key, by=by)
    return _shown(name, here.steps.begin(name, start, owner=_owner(who), lease_s=LEASE_S))


@routes.get("/workflows/{workflow}/applied", name="list_applied")
def applied_cases(workflow: str, here: Here, who: Application, since_entry: Entry = 0) -> list[str]:
    """Keys of what was applied from a ledger entry on, newest first: the order in which to undo them."""
    check_workflow(here, who, "case", "propose", workflow)
    keys = here.desk_of(who.name).applied_since(workflow, since_entry)
    return list(cases_within(here, who, "case", "propose", keys))


@routes.post("/workflows/{workflow}/shadow")
def shadow_cases(workflow: str, body: ShadowBody, here: Here, who: Application) -> list[Mapping[str, Any]]:
    """Decide on many proposals and apply nothing: all are recorded or none is."""
    tenants = [one.tenant for one in body.proposals]
    check_workflow(here, who, "case", "propose", workflow, tenants=tenants)
    proposals = [one.proposal() for one in body.proposals]
    decided = shadow(here.desk_of(who.name).run_time, workflow, proposals)
    return [{"key": one.key, **_decision(decision)} for one, decision in zip(proposals, decided, strict=True)]


@routes.post("/texts")
def keep_text(body: TextBody, here: Here, who: Application) -> Mapping[str, str]:
    """Keep the content of a case where it can be erased; the answer is its digest, for the proposal."""
    check_known_cases(here, who, "case", "propose", [body.key])
    return {"payload_digest": here.desk_of(who.name).keep_text(body.key, body.text)}


@routes.post("/workflows/{workflow}/human", name="record_human_decision")
def human_decision(workflow: str, body: HumanBody, here: Here, who: Application) -> Mapping[str, Any]:
    """Record what a person decided about a case; it closes its review where one is open."""
    check_cases(here, who, "case", "propose", workflow, [body.key])
    by = person_of(who, body.by)
    return _object(here.desk_of(who.name).human(workflow, body.key, body.label, by=by, note=body.note))


@routes.post("/workflows/{workflow}/outcomes")
def record_outcomes(workflow: str, body: OutcomesBody, here: Here, who: Application) -> list[Mapping[str, Any]]:
    """Record what turned out to be true of cases: all are recorded or none is."""
    check_cases(here, who, "case", "propose", workflow, [one.key for one in body.outcomes])
    desk = here.desk_of(who.name)
    if len(body.outcomes) == 1:
        (one,) = body.outcomes
        return [_object(desk.outcome(workflow, one.key, one.label, by=body.by, evidence_class=body.evidence_class))]
    return [_object(o) for o in desk.outcomes(workflow, [(one.key, one.label) for one in body.outcomes], by=body.by)]


@routes.post("/workflows/{workflow}/evidence")
def attest_evidence(workflow: str, body: EvidenceBody, here: Here, who: Attester) -> Mapping[str, Any]:
    """Bind evidence to the release in force."""
    check_workflow(here, who, "evidence", "add", workflow)
    desk = here.desk_of(who.name)
    return _object(desk.attest(workflow, body.kind, body.body, source=body.source, evidence_class=body.evidence_class))


def _after_a_restart(name: str, body: AnswerBody, here: Served, who: Caller) -> Mapping[str, Any]:
    """The flow went with its server; the intent is in the store."""
    rt, (answer, error) = here.desk_of(who.name).run_time, _answer(body, None)
    flow = partial(answering, rt, Answered(answer, error), str(body.key), held_by=holder(who.name))
    decision, state = run(flow())
    return {"name": name, "next": None, **_decision(decision), "state": state, "recorded": True}


def _name(here: Served) -> str:
    return here.rt.randomness(NAME_BYTES).hex()


def _owner(who: Caller) -> str:
    return who.name or ""


def _asks_for_state(progress: Progress) -> bool:
    return progress.number == 1 and progress.asked is not None and progress.asked.step == "read"


def _answer(body: AnswerBody, asked: Asked | None) -> tuple[Any, Exception | None]:
    given = [one for one in ("state", "receipt", "not_applied", "failed") if getattr(body, one) is not None]
    if len(given) != 1:
        raise BadInput("answer with exactly one of `state`, `receipt`, `not_applied`, `failed`")
    if body.not_applied is not None:
        return None, NotApplied(body.not_applied)
    if body.failed is not None:
        return None, ActionFailed(body.failed)
    wanted = "state" if asked is not None and asked.step == "read" else "receipt"
    if asked is not None and given != [wanted]:
        raise BadInput(f"this step asks for `{wanted}`, or `not_applied` or `failed`, not for `{given[0]}`")
    return (body.state if body.receipt is None else body.receipt.receipt()), None


def _shown(name: str, progress: Progress) -> Mapping[str, Any]:
    asked = progress.asked
    if asked is not None:
        step = {"number": progress.number, "step": asked.step, "effect": plain(asked.effect)}
        if asked.before is not None:
            step["before"] = plain(asked.before)
        return {"name": name, "next": step}
    result = progress.result
    return {"name": name, "next": None, **(_acted(result) if isinstance(result, Acted) else {})}


def _acted(acted: Acted) -> Mapping[str, Any]:
    return {**_decision(acted.decision), "state": acted.state, "recorded": acted.recorded}


def _decision(decision: Decision) -> Mapping[str, Any]:
    """Without what would tell whether the case is audited. The reasons are for people, never for an agent."""
    return {"verb": decision.verb, "reasons": list(decision.reasons)}


def _object(term: Any) -> Mapping[str, Any]:
    content: Mapping[str, Any] = plain(term)
    return content
