"""The reports of `interlock oversight` as stories, on invented cases: what a browser is shown."""

import csv
from pathlib import Path

from interlock.adapters.tables import read_table
from interlock.engine.oversight.planning.plan import oversight_plan
from interlock.engine.oversight.planning.simulation import Setting
from interlock.flows.evaluation.request import ColumnsAsked
from interlock.flows.oversight.backtest import Terms, backtest
from interlock.flows.oversight.certify import Asked, certify_past
from interlock.flows.oversight.past_cases import FileAsked, PastCases, from_file
from interlock.flows.oversight.simulate import simulate_oversight
from interlock.ports.progress import Progress, silent
from interlock.surfaces.cli.oversight.backtest_story import backtest_story
from interlock.surfaces.cli.oversight.certify_story import certify_story
from interlock.surfaces.cli.oversight.plan_story import plan_story
from interlock.surfaces.cli.oversight.simulate_story import simulate_story
from interlock.terms.certificate import Promise
from interlock.terms.story import Story
from interlock.terms.workflow import WorkflowStep

AT = "2026-03-02T09:00:00+00:00"
STEPS = (
    WorkflowStep("sort the message into a queue", cost_wrong_usd=50.0, cost_slow_usd=0.5, cases_per_day=400.0),
    WorkflowStep("promise a refund of more than the customer paid", cost_wrong_usd=400.0, cases_per_day=20.0),
)


class Nobody:
    """Watches nothing."""

    def stage(self, name: str) -> Progress:
        return silent

    def tell(self, line: str) -> None:
        del line


def past_cases(folder: Path) -> PastCases:
    """1,200 cases, the last 300 of which go wrong."""
    path = folder / "past.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["confidence", "ai", "human", "what people read"])
        for i in range(1200):
            sure = (i * 37 % 1000) / 1000
            wrong = i % 150 == 7 if sure > 0.3 else i % 2 == 0
            wrong = wrong or (i >= 900 and i % 2 == 0)
            team = ("cards", "loans")[i % 2]
            rows.writerow(
                [sure, team, "elsewhere" if wrong else team, f"Message {i} about something that went on long"]
            )
    columns = ColumnsAsked(("what people read",), "human", "ai", "confidence", "-", "-")
    return from_file(FileAsked(path, columns), read_table=read_table, watch=Nobody())


def oversight_stories(folder: Path) -> dict[str, Story]:
    """Every kind of report, by its name."""
    past, asked = past_cases(folder), Asked(0.05, Promise.JOINT, 0.05)
    setting = Setting(0.02, 0.05, 0.005, 0.06, 200.0, 0.1, healthy_days=5, labels_max=800)
    simulated = simulate_oversight(setting, runs=20, seed=0, progress=silent)
    terms = Terms(Asked(0.04, Promise.SELECTIVE, 0.05), 0.08, 0.3, 0.3, 50.0, 2.0, 0)
    return {
        "oversight-plan": plan_story(oversight_plan(STEPS, budget=0.04), source="definition", created_at=AT),
        "oversight-certify": certify_story(certify_past(past, asked), source="past.csv", created_at=AT),
        "oversight-simulate": simulate_story(simulated, created_at=AT),
        "oversight-backtest": backtest_story(backtest(past, terms), source="past.csv", created_at=AT),
    }
