"""The labelled problem statements and how well the linter finds what they lack."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from interlock.adapters.packs.problem_words import problem_words
from interlock.engine.oversight.estimate import rate
from interlock.engine.problem.lint import lint
from interlock.engine.problem.lint_text import lint_text
from interlock.terms.estimate import Estimate
from interlock.terms.initiative import Direction, Kpi
from interlock.terms.problem import Lack
from interlock.terms.workflow import Problem

FOLDER = Path(__file__).parents[2] / "tests" / "problem_statements"
FIELDS = ("who", "friction", "cause", "cost", "outcome", "metric", "constraints")


@dataclass(frozen=True)
class Statement:
    id: str
    held_out: bool
    problem: Problem
    kpis: tuple[Kpi, ...]
    text: str
    lacks: frozenset[Lack]


@dataclass(frozen=True)
class Score:
    precision: Estimate
    recall: Estimate


def statements() -> list[Statement]:
    return [
        _statement(one) for file in sorted(FOLDER.glob("*.yaml")) for one in yaml.safe_load(file.read_text("utf-8"))
    ]


def found_in(one: Statement) -> frozenset[Lack]:
    words = _WORDS
    missing = lint_text(one.text, words) if one.text else lint(one.problem, one.kpis, words)
    return frozenset(each.lack for each in missing)


def score(half: list[Statement], lacks: frozenset[Lack] = frozenset(Lack)) -> Score:
    right = told = labelled = 0
    for one in half:
        found = found_in(one) & lacks
        right += len(found & one.lacks)
        told += len(found)
        labelled += len(one.lacks & lacks)
    return Score(rate(right, told), rate(right, labelled))


def rows(half: list[Statement]) -> list[tuple[str, Score]]:
    return [*((lack.value, score(half, frozenset({lack}))) for lack in Lack), ("all", score(half))]


def clean(half: list[Statement]) -> Estimate:
    """Share of strong statements of which nothing is said."""
    strong = [one for one in half if not one.lacks]
    return rate(sum(not found_in(one) for one in strong), len(strong))


def shown(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return "no such statement"
    return f"{estimate.value:.1%} ({estimate.low:.1%} to {estimate.high:.1%}, n {estimate.n})"


def _statement(one: dict[str, Any]) -> Statement:
    kpi = one.get("kpi")
    kpis: tuple[Kpi, ...] = ()
    if kpi:
        date = kpi.get("target_date")
        made = {**kpi, "target_date": None if date is None else str(date), "direction": Direction.DOWN}
        kpis = (Kpi(**made),)
    return Statement(
        id=one["id"],
        held_out=hashlib.sha256(one["id"].encode()).digest()[0] % 2 == 1,
        problem=Problem(**{name: str(one.get(name, "")) for name in FIELDS}),
        kpis=kpis,
        text=one.get("text", ""),
        lacks=frozenset(Lack(name) for name in one["lacks"]),
    )


_WORDS = problem_words()
