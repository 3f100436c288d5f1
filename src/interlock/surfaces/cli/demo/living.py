"""How the workflow acts and loses its authority: limited live, a planted change, demotion, kill, undo, replay."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from interlock.engine.evaluation.cases import CaseRow
from interlock.engine.oversight.estimate import rate
from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.flows.action.act import act
from interlock.flows.action.kill import kill
from interlock.flows.action.replay import Policy, Replayed, replay
from interlock.flows.action.undo import undo_since
from interlock.flows.review.decide import close_review
from interlock.surfaces.cli.demo.cast import REVIEWER, SAFETY_OWNER, WORKFLOW
from interlock.surfaces.cli.demo.scene import Chosen, Scene, Sent
from interlock.surfaces.cli.demo.traffic import plant_change
from interlock.surfaces.cli.demo.words import estimate, share
from interlock.terms.decision import Verb
from interlock.terms.estimate import Estimate
from interlock.terms.story import Chart, DataTable, Series, Tone

ALARM_LEVEL = 10_000


def run_live(scene: Scene, chosen: Chosen) -> None:
    """Act on cases one by one; people decide the reviewed ones and look blind at the audited ones."""
    scene.live = _send(scene, chosen, scene.traffic.live, lambda label: label)
    applied, reviewed, audited = _counts(scene.live)
    with scene.store.reading() as reading:
        still_granted = reading.workflow(WORKFLOW)
    audits = _audit_rate(scene.live)
    title = (
        f"{applied:,} of {len(scene.live):,} messages applied, {reviewed:,} reviewed by a person, {audited:,} audited"
    )
    lines = (
        f"Wrong among the audited: {estimate(audits)}; budget {share(scene.traffic.source.budgets.error)}.",
        f"Every applied message has an intent before it and an undo; {_unaudited(scene.live):,} applied ones were "
        "looked at by nobody, so nothing is claimed about them one by one.",
    )
    scene.demoted = still_granted is None or still_granted.grant is None
    scene.tell("Limited live", title, Tone.FAILED if scene.demoted else Tone.PASSED, lines)


def run_changed(scene: Scene, chosen: Chosen) -> None:
    """Queues swap their messages overnight; the audits must find out."""
    applied = [sent.proposal.label for sent in scene.live if sent.acted.decision.verb is Verb.APPLY]
    ring = plant_change(applied, chosen.labels)
    scene.changed_since = scene.ledger_size()
    rows = tuple((old, new) for old, new in ring.items())
    lines = (
        f"Planted for this demonstration: from here on people send the messages of {len(ring)} queues elsewhere. "
        "Neither the texts nor the workflow change, so no input check could notice.",
    )
    table = DataTable("Re-organised queues", ("Messages of", "now belong to"), rows)
    scene.tell("Planted change", f"{len(ring)} queues swap their messages", Tone.NEUTRAL, lines, tables=(table,))
    if not scene.demoted:
        scene.changed = _send(scene, chosen, scene.traffic.changed, lambda label: ring.get(label, label))
    _tell_demotion(scene)


def _tell_demotion(scene: Scene) -> None:
    with scene.store.reading() as reading:
        ended = [e for e in reading.entries_of("grant.ended", WORKFLOW) if e.body["cause"] == "demoted"]
        outcomes = {e.body["key"] for e in reading.entries_of("outcome.observed", WORKFLOW) if e.body["audit"]}
        monitors = [(e.index, e.body["monitor"]) for e in reading.entries_of("monitor.updated", WORKFLOW)]
        path = [(float(i), _statistic(state)) for i, (_, state) in enumerate(monitors, start=1)]
    scene.demoted = bool(ended)
    since = sum(index >= scene.changed_since for index, _ in monitors)
    chart = Chart(
        caption="The monitor's statistic as audits come in",
        x_label="audited cases since promotion",
        y_label="statistic",
        series=(Series("statistic", tuple(path)),),
        levels=((float(ALARM_LEVEL), "demote at 10,000"),),
        log_y=True,
    )
    if not ended:
        title = f"Not demoted within {since:,} audits after the change"
        scene.tell("Demotion", title, Tone.FAILED, (f"{len(outcomes):,} audits in all.",), charts=(chart,))
        return
    body = ended[-1].body
    applied = sum(sent.acted.decision.verb is Verb.APPLY for sent in scene.changed)
    title = (
        f"Demoted by the run time {since:,} audits after the change, in the transaction of the outcome that broke it"
    )
    lines = (
        f"{body['reason'][:1].upper()}{body['reason'][1:]}. {applied:,} messages had been applied since the change.",
        "Nobody was asked: promotion needs a person, demotion needs none.",
    )
    scene.tell("Demotion", title, Tone.PASSED, lines, charts=(chart,))


def _statistic(state: Mapping[str, Any]) -> float:
    return max(DemotionMonitor.from_state(state).statistic, 1e-3)


def run_kill(scene: Scene, chosen: Chosen) -> None:
    """Pull the switch, read its contract, and show that a further case goes to a person."""
    report = kill(
        scene.store,
        scene.run_time.drain,
        f"workflow:{WORKFLOW}",
        by=SAFETY_OWNER,
        reason="the queues were re-organised",
        clock=scene.clock,
    )
    (after,) = _send(scene, chosen, scene.traffic.changed[-1:], lambda label: label)
    rows = (
        ("fenced at", report.fenced_at),
        ("quiesced at", report.quiesced_at or "not yet: an effect may still be in flight"),
        ("in flight", ", ".join(report.in_flight) or "none"),
        ("in doubt", ", ".join(report.in_doubt) or "none"),
        ("epoch", str(report.epoch)),
    )
    title = f"{SAFETY_OWNER.name} halted the workflow: fenced, {'quiesced' if report.quiesced_at else 'not quiesced'}"
    lines = (
        f"The next message became '{after.acted.decision.verb}': {after.acted.decision.reasons[0]}.",
        "No intent of before the kill can commit any more; only a named person with the right can resume.",
    )
    tone = Tone.PASSED if report.quiesced_at else Tone.INCONCLUSIVE
    scene.tell("Kill switch", title, tone, lines, tables=(DataTable("Kill contract", ("Part", "Value"), rows),))


def run_undo(scene: Scene) -> None:
    """Put back everything that was applied since the change, while halted."""
    result = undo_since(scene.run_time, scene.desk, WORKFLOW, since_entry=scene.changed_since, by=SAFETY_OWNER)
    back = scene.desk.in_inbox(result.undone)
    wrong = sum(s.decided != s.proposal.label for s in scene.changed if s.proposal.key in set(result.undone))
    title = f"{len(result.undone):,} messages applied since the change were put back in the inbox"
    lines = (
        f"{back:,} of {len(result.undone):,} are in the inbox again; {len(result.for_a_person)} wait for a person.",
        f"{wrong:,} of them were in the wrong queue; the workflow cannot know which, so it undid them all.",
    )
    tone = Tone.PASSED if not result.for_a_person else Tone.INCONCLUSIVE
    scene.tell("Undo", title, tone, lines)


def run_replay(scene: Scene, chosen: Chosen) -> None:
    """Recompute every decision since promotion, then under a stricter threshold and under full traffic."""
    stricter = min(1.0, (1 + chosen.threshold) / 2)
    policies = {
        f"threshold {stricter:.3f}": Policy(threshold=stricter),
        "all traffic": Policy(traffic_share=1.0),
    }
    with scene.store.reading() as reading:
        tests = {name: replay(reading, WORKFLOW, p, since_entry=scene.live_since) for name, p in policies.items()}
    any_test = next(iter(tests.values()))
    rows = [_replay_row("as it was", any_test.as_recorded, 0)]
    rows += [_replay_row(name, test.other, test.changed) for name, test in tests.items()]
    title = f"{any_test.reproduced:,} of {any_test.decisions:,} decisions came out the same when decided again"
    header = ("Policy", "Applied", "Reviewed", "Shadow", "Changed", "Wrong among applied with known outcome")
    table = DataTable("The period since promotion under other policies", header, tuple(rows), (1, 2, 3, 4, 5))
    lines = ("A decision is a pure function of what was recorded, so any past period can be decided again.",)
    tone = Tone.PASSED if not any_test.differing else Tone.FAILED
    scene.tell("Replay", title, tone, lines, tables=(table,))


def _replay_row(name: str, replayed: Replayed, changed: int) -> tuple[str, ...]:
    counts = [f"{replayed.verbs.get(verb, 0):,}" for verb in ("apply", "review", "shadow")]
    return (name, *counts, f"{changed:,}", estimate(replayed.applied_error))


def _send(scene: Scene, chosen: Chosen, cases: Sequence[CaseRow], decided: Callable[[str], str]) -> list[Sent]:
    """Send cases through the run time until they are used up or authority is gone."""
    sent = []
    for case, proposal in zip(cases, scene.proposals(chosen.candidate, cases), strict=True):
        acted = act(scene.run_time, scene.desk, WORKFLOW, proposal)
        one = Sent(case, proposal, acted, decided(case.label))
        sent.append(one)
        if _close(scene, one):
            break
    return sent


def _close(scene: Scene, sent: Sent) -> bool:
    """People do their part; returns whether that demoted the workflow."""
    decision = sent.acted.decision
    kind = "audit" if decision.audited else "decision" if decision.verb is Verb.REVIEW else None
    if kind is None:
        return False
    overridden = kind == "decision" and sent.decided != sent.proposal.label
    observed = close_review(
        scene.store,
        WORKFLOW,
        sent.proposal.key,
        kind,
        label=sent.decided,
        by=REVIEWER,
        clock=scene.clock,
        note="people sort this message into another queue" if overridden else "",
        randomness=scene.run_time.randomness,
    )
    return observed.demoted


def _counts(sent: Sequence[Sent]) -> tuple[int, int, int]:
    verbs = [one.acted.decision.verb for one in sent]
    audited = sum(one.acted.decision.audited for one in sent)
    return verbs.count(Verb.APPLY), verbs.count(Verb.REVIEW), audited


def _audit_rate(sent: Sequence[Sent]) -> Estimate:
    audited = [one for one in sent if one.acted.decision.audited]
    return rate(sum(one.decided != one.proposal.label for one in audited), len(audited))


def _unaudited(sent: Sequence[Sent]) -> int:
    return sum(one.acted.decision.verb is Verb.APPLY and not one.acted.decision.audited for one in sent)
