"""The steps in their order, and the report that they add up to."""

from pathlib import Path

from interlock.surfaces.cli.demo import earning, living, proving
from interlock.surfaces.cli.demo.scene import Chosen, Scene
from interlock.surfaces.cli.demo.traffic import Traffic
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.evidence import Verdict
from interlock.terms.story import Story, Tone

STEPS = 15
SUMMARY = ("Certificate", "Promotion", "Demotion", "Ledger")
NEXT_STEPS = (
    "Run `interlock try` on your own file of past decisions: how much of it could be automated, with a proof.",
    "Write your workflow's definition (`interlock apply -f workflows/…yaml`): owners, error budget, limits, undo.",
    "Keep a checkpoint of the ledger where the audited party cannot change it (`interlock ledger checkpoint`).",
)


def play(box: Toolbox, out: Path, seed: int, traffic: Traffic) -> Story:
    """Play every step that the evidence allows, then write the report."""
    with box.open_run_time(str(out / "store.db")) as run_time:
        scene = Scene(box, out, seed, traffic, run_time, box.out)
        earning.tell_problem(scene)
        earning.apply_draft(scene)
        evaluation, chosen = earning.run_bake_off(scene)
        earning.tell_bake_off(scene, evaluation)
        if chosen is not None:
            _live_a_life(scene, chosen)
    story = _story(scene)
    box.reports().story(story, out / "demo.html")
    return story


def _live_a_life(scene: Scene, chosen: Chosen) -> None:
    earning.record_certificate(scene, chosen)
    earning.run_shadow(scene, chosen)
    if earning.judge_gate(scene).verdict is not Verdict.PASSED:
        return  # no authority without a passed gate: the story ends here and says so
    earning.run_promotion(scene)
    living.run_live(scene, chosen)
    living.run_changed(scene, chosen)
    living.run_kill(scene, chosen)
    living.run_undo(scene)
    living.run_replay(scene, chosen)
    proving.prove_ledger(scene)


def _story(scene: Scene) -> Story:
    failed = [section.step for section in scene.sections if section.tone is Tone.FAILED]
    missing = STEPS - len(scene.sections)
    if failed or missing:
        where = ", ".join(failed) or scene.sections[-1].step
        title = f"The workflow did not go through its whole life: see {where}"
    else:
        title = "The workflow earned limited authority, lost it when the traffic changed, and can account for both"
    return Story(
        title=title,
        summary=tuple(f"{section.step}: {section.title}" for section in scene.sections if section.step in SUMMARY),
        source=scene.traffic.source.words,
        authored_sample=scene.traffic.source.authored,
        created_at=scene.clock().isoformat(timespec="seconds"),
        sections=tuple(scene.sections),
        next_steps=NEXT_STEPS,
    )
