"""What people do at gates: judge them, move the stage, give and end authority, set a check aside."""

import datetime as dt

from interlock.engine.rollout.gates import open_findings
from interlock.engine.rollout.stages import HIGHEST, LEAVES, STAGES
from interlock.engine.rollout.waivers import DAYS_MAX
from interlock.flows.rollout.demote import demote
from interlock.flows.rollout.go_on import decide_going_on
from interlock.flows.rollout.judge import judge
from interlock.flows.rollout.judge_gates import judge_gates
from interlock.flows.rollout.judging import Judging, judging
from interlock.flows.rollout.promote import promote
from interlock.flows.rollout.stage import move_stage
from interlock.flows.rollout.waive import end_waiver, waive
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.workflow.fields import Act, Asked, Doing, Field, Options, chosen, day, reason_field, whole
from interlock.surfaces.web.workflow.view import VERBS
from interlock.terms import words
from interlock.terms.errors import BadInput
from interlock.terms.grant import AutonomyLevel
from interlock.terms.stage import Choice, RolloutStage
from interlock.terms.words import moment

GATES, OVERVIEW, HISTORY = "gates", "", "history"
LEVELS: Options = (
    (AutonomyLevel.ASSISTANT, "Assistant: it suggests, and a person applies every case"),
    (AutonomyLevel.AGENT, "Agent: it acts where its confidence allows"),
    (AutonomyLevel.AUTOMATED_WORKFLOW, "Automated workflow: it acts in several steps, those of high harm go to people"),
)
CHOICES: Options = (
    (Choice.SCALE, "Scale it"),
    (Choice.ITERATE, "Iterate for one or two sprints more"),
    (Choice.STOP, "Stop it"),
)


def judged_with(here: Site) -> Judging:
    """What every page judges gates with: the same as every command."""
    return judging(here.packs.gates, here.packs.instruments, here.signing)


def _newest(doing: Doing, kind: str) -> int | None:
    with doing.here.rt.store.reading() as reading:
        entry = reading.newest_of(kind, doing.name)
    return None if entry is None else entry.index


def _judge_asked(doing: Doing) -> Asked:
    gates = sum(len(pack.gates) for pack in doing.here.packs.gates)
    return Asked(
        f"Judge the gates of {doing.name} again",
        f"All {gates} gates are judged on the evidence of today, and each verdict is recorded. What never ran is "
        "inconclusive, not passed. Nothing that is open closes by being looked at.",
        (),
        "Judge them now",
    )


def _judge(doing: Doing) -> tuple[str, int | None]:
    here, gates = doing.here, judged_with(doing.here)
    of = [pack.id for pack in gates.packs]
    judge_gates(
        here.rt.store, doing.name, gates.packs, of=of, clock=here.now, signing=gates.signing, scorecard=gates.scorecard
    )
    judge(here.rt.store, doing.name, clock=here.now)
    return GATES, _newest(doing, "gate.judged")


def _stages(doing: Doing) -> Options:
    now = STAGES.index(doing.standing.stage)
    up = STAGES[now + 1 : now + 2]
    return (
        *((stage, f"Up to {stage}: at most {HIGHEST[stage]}") for stage in up),
        *((stage, f"Down to {stage}: its grant ends at once") for stage in reversed(STAGES[:now])),
    )


def _move_asked(doing: Doing) -> Asked:
    stage = doing.standing.stage
    verdict = (doing.standing.gates or {}).get(LEAVES[stage])
    is_old = verdict is None or verdict.release != doing.standing.release
    still = () if verdict is None or is_old else open_findings(verdict)
    was = "was not judged for this release" if verdict is None or is_old else (
        f"{VERBS[verdict.verdict]} on {moment(verdict.at)}"
    )  # fmt: skip
    return Asked(
        f"Move {doing.name} out of {stage}",
        f"The gate '{LEAVES[stage]}' {was}; it is judged again as you move it. Up goes one stage at a time, by "
        "somebody with the right who did not propose the release, and only where that gate passes. Down goes at once.",
        (Field("choice", "stage", "Where to", options=_stages(doing), needed=True), reason_field()),
        "Move it",
        known=tuple((one.check, one.next_step or one.reason) for one in still),
    )


def _move(doing: Doing) -> tuple[str, int | None]:
    here, form, gates = doing.here, doing.form, judged_with(doing.here)
    stage = chosen(form, "stage", _stages(doing), "Choose the stage")
    reason = form.needed("reason", "Say why: it is recorded")
    if form.faults:
        return "", None
    moved = move_stage(
        here.rt.store, doing.name, RolloutStage(stage), gates.packs, by=doing.who.person, reason=reason,
        clock=here.now, signing=gates.signing, scorecard=gates.scorecard,
    )  # fmt: skip
    return HISTORY, moved.entry


def _promote_asked(doing: Doing) -> Asked:
    one = doing.standing
    rights = one.definition.rights.promote
    segments: Options = tuple((name, name) for name in one.definition.initiative.segments)
    choose = (Field("many", "segments", "Segments that it covers", "None chosen: all of them.", segments),)
    return Asked(
        f"Give {doing.name} authority",
        "The release in force gets the level for which its gates have passed, for as long as its definition says. "
        "Who proposed or amended it cannot promote it.",
        (
            Field("hidden", "release", value=one.release),
            Field("choice", "level", "Level", options=LEVELS, value=AutonomyLevel.AGENT),
            *(choose if segments else ()),
        ),
        "Promote it",
        known=(
            ("Release", one.release.removeprefix("sha256:")[:12]),
            ("Stage", f"{one.stage}: at most {HIGHEST[one.stage]}"),
            ("Who may", ", ".join(rights) or "nobody: name them in its definition"),
        ),
    )


def _promote(doing: Doing) -> tuple[str, int | None]:
    here, form, gates = doing.here, doing.form, judged_with(doing.here)
    level = chosen(form, "level", LEVELS, "Choose a level")
    if form.faults:
        return "", None
    promote(
        here.rt.store, doing.name, release=form.text("release"), by=doing.who.person, clock=here.now,
        level=AutonomyLevel(level), segments=form.many("segments"), packs=gates.packs, signing=gates.signing,
    )  # fmt: skip
    return OVERVIEW, _newest(doing, "grant.given")


def _demote_asked(doing: Doing) -> Asked:
    grant = doing.standing.grant
    if grant is None:
        raise BadInput(f"{doing.name} holds no grant that could end")
    return Asked(
        f"End the grant of {doing.name}",
        "It only watches from then on, and people decide every case. It comes back by promotion only, on evidence from "
        "after today.",
        (reason_field(),),
        "End its grant now",
        known=(("Grant", f"{grant.level}, given by {grant.granted_by}, until {moment(grant.expires_at)}"),),
        danger=True,
    )


def _demote(doing: Doing) -> tuple[str, int | None]:
    reason = doing.form.needed("reason", "Say why: it is recorded")
    if doing.form.faults:
        return "", None
    if not demote(doing.here.rt.store, doing.name, by=doing.who.person, reason=reason, clock=doing.here.now):
        raise BadInput(f"{doing.name} holds no grant any more: somebody else ended it")
    return OVERVIEW, _newest(doing, "grant.ended")


def _checks(doing: Doing) -> dict[str, tuple[str, str]]:
    """Each check by the words that name it, those that stand in the way first."""
    one = doing.standing
    judged = [verdict for verdict in (one.gates or {}).values() if verdict.release == one.release]
    shut = [(verdict.gate, finding.check) for verdict in judged for finding in open_findings(verdict)]
    known = {(gate.id, check.id) for pack in doing.here.packs.gates for gate in pack.gates for check in gate.checks}
    every = [pair for pair in shut if pair in known] or sorted(known)
    return {f"{gate}: {check}": (gate, check) for gate, check in every}


def _waive_asked(doing: Doing) -> Asked:
    options: Options = tuple((name, words.shorten(name, 100)) for name in _checks(doing))
    safety = doing.standing.definition.owners.safety or "nobody is named"
    rights = ", ".join(doing.standing.definition.rights.waive) or "nobody: name them in its definition"
    return Asked(
        f"Set a check of {doing.name} aside",
        "The check keeps its verdict and is shown with your name and reason until the waiver ends. Laws, such as the "
        "certificate, cannot be waived by anybody.",
        (
            Field("select", "check", "Gate and check", options=options, needed=True),
            Field("date", "until", "Last day", f"At most {DAYS_MAX} days from now.", needed=True),
            reason_field(),
        ),
        "Waive it until then",
        known=(("Who may", rights), ("What is about safety", f"takes the safety owner: {safety}")),
    )


def _waive(doing: Doing) -> tuple[str, int | None]:
    here, form, checks = doing.here, doing.form, _checks(doing)
    named = checks.get(form.text("check"))
    if named is None:
        form.fault("check", "Choose a check from the list")
    until = day(form, "until", "Say until when, as a date")
    reason = form.needed("reason", "Say why: it is recorded")
    if form.faults or named is None:
        return "", None
    end = dt.datetime.combine(dt.date.fromisoformat(until), dt.time.max, tzinfo=dt.UTC)
    given = waive(
        here.rt.store, doing.name, here.packs.gates, gate=named[0], check=named[1], until=end, reason=reason,
        by=doing.who.person, clock=here.now, signing=here.signing,
    )  # fmt: skip
    return GATES, given.entry


def _end_waiver_asked(doing: Doing) -> Asked:
    entry = doing.form.text("entry")
    found = next((one for one in doing.standing.waivers if str(one.entry) == entry), None)
    if found is None:
        raise BadInput(f"{doing.name} has no waiver of that number; its gates show which it has")
    return Asked(
        f"End the waiver of '{found.check}'",
        f"From now on the check counts again for '{found.gate}', and the gate may shut.",
        (Field("hidden", "entry", value=entry), reason_field()),
        "End it now",
        known=(("Given by", found.by), ("Until", moment(found.expires_at)), ("Reason", found.reason)),
    )


def _end_waiver(doing: Doing) -> tuple[str, int | None]:
    _end_waiver_asked(doing)  # there is one of that number
    form, reason = doing.form, doing.form.needed("reason", "Say why: it is recorded")
    entry = whole(form, "entry")
    if form.faults or entry is None:
        return "", None
    end_waiver(doing.here.rt.store, doing.name, entry, by=doing.who.person, reason=reason, clock=doing.here.now)
    return GATES, _newest(doing, "waiver.ended")


def _go_on_asked(doing: Doing) -> Asked:
    return Asked(
        f"Decide how {doing.name} goes on",
        f"Its value owner ({doing.standing.definition.owners.value or 'nobody is named'}) decides. The gate that "
        "leaves the pilot reads it; nothing is moved by it. Iterations in a row come to at most two sprints.",
        (
            Field("choice", "choose", "How to go on", options=CHOICES, needed=True),
            Field("select", "sprints", "Sprints, with iterate", options=(("0", "none"), ("1", "1"), ("2", "2"))),
            reason_field(),
        ),
        "Record it",
    )


def _go_on(doing: Doing) -> tuple[str, int | None]:
    form = doing.form
    choose = chosen(form, "choose", CHOICES, "Choose how it goes on")
    reason, sprints = form.needed("reason", "Say why: it is recorded"), whole(form, "sprints") or 0
    if form.faults:
        return "", None
    decide_going_on(
        doing.here.rt.store, doing.name, Choice(choose), sprints=sprints, by=doing.who.person, reason=reason,
        clock=doing.here.now,
    )  # fmt: skip
    return HISTORY, _newest(doing, "evidence.recorded")


ACTS_OF_GATES: tuple[Act, ...] = (
    Act("judge", "Judge its gates again", ("gate", "judge"), frozenset({GATES}), _judge_asked, _judge),
    Act("move", "Move its stage", ("stage", "move"), frozenset({OVERVIEW, GATES}), _move_asked, _move),
    Act("promote", "Give it authority", ("grant", "promote"), frozenset({OVERVIEW, GATES}), _promote_asked, _promote),
    Act(
        "demote",
        "End its grant",
        ("grant", "end"),
        frozenset({OVERVIEW}),
        _demote_asked,
        _demote,
        when=lambda standing: standing.grant is not None,
    ),
    Act("waive", "Set a check aside", ("waiver", "give"), frozenset({GATES}), _waive_asked, _waive),
    Act("end-waiver", "End a waiver", ("waiver", "give"), frozenset(), _end_waiver_asked, _end_waiver),
    Act("go-on", "Decide how it goes on", ("stage", "move"), frozenset({GATES}), _go_on_asked, _go_on),
)
