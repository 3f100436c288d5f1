"""The demonstration's messages: which file they come from, how they are divided, and the change that is planted."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from interlock.engine.evaluation.cases import CaseRow, to_cases
from interlock.engine.evaluation.columns import choose_columns
from interlock.ports.progress import silent
from interlock.ports.tables import TableReader
from interlock.terms.errors import BadInput

FOLDER = "triage_banking77"
FILES = ("train.csv.gz", "test.csv.gz")
CHANGED_TRAFFIC_SHARE = 0.65
GROUP, TIME = "customer", "received_at"


@dataclass(frozen=True, slots=True)
class Budgets:
    """Error budget, the stricter budget to certify at, and the share of applied cases that is audited."""

    error: float
    certify_at: float
    audit_share: float


@dataclass(frozen=True, slots=True)
class Shares:
    """How the cases are divided, in order: history (bake-off and certificate), shadow, live; the rest is changed."""

    history: float
    shadow: float
    live: float


@dataclass(frozen=True, slots=True)
class Source:
    """Where the messages come from, in words for every page, and what fits their number."""

    words: str
    paths: tuple[Path, ...]
    text: tuple[str, ...]
    label: str | None
    budgets: Budgets
    shares: Shares
    authored: bool = False


@dataclass(frozen=True, slots=True)
class Traffic:
    """The cases of each stretch of the workflow's life; keys are unique."""

    source: Source
    history: tuple[CaseRow, ...]
    shadow: tuple[CaseRow, ...]
    live: tuple[CaseRow, ...]
    changed: tuple[CaseRow, ...]


# Several percent of Banking77's labels are known to be wrong, so a smaller budget could hardly be proved on it.
REAL = (Budgets(0.04, 0.02, 0.25), Shares(0.64, 0.14, 0.08))
# With a few hundred cases only a large budget can be proved; the report says which.
SAMPLE = (Budgets(0.15, 0.08, 0.60), Shares(0.60, 0.14, 0.06))


def own_source(file: Path, *, text: tuple[str, ...], label: str | None, budget: float) -> Source:
    """Somebody's own file of past decisions, certified at half the error budget."""
    budgets = Budgets(budget, budget / 2, REAL[0].audit_share)
    return Source(f"Past decisions of {file.name}", (file,), text, label, budgets, REAL[1])


def find_source(folder: Path | None, sample: Callable[[], Path]) -> Source:
    """Banking77 in the data folder, else the authored sample; says which. Raises BadInput for a folder without it."""
    if folder is None:
        words = "Authored sample: invented support messages that ship with Interlock, not real data"
        return Source(words, (sample(),), ("message",), "intent", *SAMPLE, authored=True)
    for place in (folder / FOLDER, folder):
        paths = tuple(place / name for name in FILES)
        if all(path.is_file() for path in paths):
            words = "Banking77: questions of online-banking customers and their intents (PolyAI, CC BY 4.0)"
            return Source(words, paths, ("text",), "category", *REAL)
    wanted = " and ".join(FILES)
    raise BadInput(
        f"{folder} holds no {FOLDER}/{wanted}. Name the folder that does with --data, or leave --data and "
        "INTERLOCK_DATA away to use the authored sample"
    )


def load(source: Source, read_table: TableReader, *, seed: int) -> Traffic:
    """Read, divide and shuffle (by time where the file has times). Same source and seed, same traffic."""
    cases: list[CaseRow] = []
    for path in source.paths:
        table = read_table(path, rows_max=200_000, seed=seed, skip_broken=False, progress=silent)
        columns = choose_columns(table, text=source.text, label=source.label)
        cases.extend(to_cases(table, columns, skip_broken=False)[0])
    ordered = _ordered(cases, seed)
    n, shares = len(ordered), source.shares
    cuts = [round(n * s) for s in (shares.history, shares.history + shares.shadow, 1 - _rest(shares))]
    history, shadow, live, rest = (
        ordered[: cuts[0]],
        ordered[cuts[0] : cuts[1]],
        ordered[cuts[1] : cuts[2]],
        ordered[cuts[2] :],
    )
    counted = replace(source, words=f"{source.words}; {n:,} cases")
    return Traffic(counted, tuple(history), tuple(shadow), tuple(live), tuple(rest))


def _rest(shares: Shares) -> float:
    return 1 - shares.history - shares.shadow - shares.live


def _ordered(cases: Sequence[CaseRow], seed: int) -> list[CaseRow]:
    if all(case.at is not None for case in cases):
        return sorted(cases, key=lambda case: (case.at is None, case.at, case.line))
    return sorted(cases, key=lambda case: hashlib.sha256(f"{seed}:{case.line}:{case.text}".encode()).digest())


def history_csv(cases: Sequence[CaseRow]) -> str:
    """The past decisions as a CSV file, with whose they were and when where that is known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    extra = [name for name in (GROUP, TIME) if has(cases, name)]
    writer.writerow(["text", "decided", *extra])
    for case in cases:
        known = {GROUP: case.group, TIME: case.at.isoformat() if case.at else None}
        writer.writerow([case.text, case.label, *(known[name] for name in extra)])
    return out.getvalue()


def has(cases: Sequence[CaseRow], column: str) -> bool:
    """Whether the cases say whose they are (GROUP, of any) or when they came (TIME, of all)."""
    if column == GROUP:
        return any(case.group for case in cases)
    return all(case.at is not None for case in cases)


def plant_change(proposed: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """A re-organisation: the queues behind about two thirds of what is applied swap their messages in a ring.

    `proposed` are the labels applied so far, `labels` all that there are (two at least). Returns old queue -> new.
    """
    counts = Counter(dict.fromkeys(labels, 0) | Counter(proposed)).most_common()
    wanted, covered = CHANGED_TRAFFIC_SHARE * len(proposed), 0
    chosen: list[str] = []
    for label, count in counts:
        if covered >= wanted and len(chosen) >= 2:
            break
        chosen.append(label)
        covered += count
    return {old: chosen[(i + 1) % len(chosen)] for i, old in enumerate(chosen)}
