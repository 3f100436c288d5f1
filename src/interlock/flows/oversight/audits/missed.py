"""How many planted errors reviewers missed, each and together, from what the ledger holds."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.oversight.audits.seeding import corrected_budget, reviewer_miss_rates
from interlock.engine.rollout.definition import definition_of
from interlock.engine.rollout.people import known_as, same_person
from interlock.ports.store import Reading
from interlock.terms.audits import CorrectedBudget, MissRates
from interlock.terms.errors import BadInput
from interlock.terms.ledger import Fault, LedgerEntry

SEALED = ("workflow", "key", "payload_digest", "proposed", "truth", "nonce_hex")


@dataclass(frozen=True, slots=True)
class Missed:
    """Miss rates with their exact intervals, planted cases nobody has answered yet, and what cannot be counted.

    `corrected` is the workflow's error budget as the audits must be tested at because reviewers miss errors; None until
    a planted error was found: then nothing is known of what the audits would show.
    """

    rates: MissRates
    corrected: CorrectedBudget | None
    n_planted: int
    n_waiting: int
    faults: tuple[Fault, ...]


def missed(reading: Reading, workflow: str, *, level: float = 0.95) -> Missed:
    """Count the planted errors that were answered, a reviewer at a time.

    An answer whose seal does not hold, or by the person who planted the case, is a fault and not counted. A share
    missed is one of planted errors: it says what reviewers miss of real ones only as far as the planted are like them.
    The budget is corrected at the upper limit that fails with probability 1 - `level`, which adds to the delta of
    whatever is tested at it. Raises BadInput for an unknown workflow, ValueError for a level outside (0, 1).
    """
    row = reading.workflow(workflow)
    if row is None:
        raise BadInput(f"there is no workflow '{workflow}'; apply its definition first")
    committed = {
        sha256: entry
        for entry in reading.entries_of("known_cases.planted", workflow)
        for sha256 in entry.body.get("sha256", ())
    }
    faults: list[Fault] = []
    counts: dict[str, tuple[str, int, int]] = {}  # a reviewer's name as first written, errors found, errors answered
    opened: set[str] = set()
    for entry in reading.entries_of("known_case.opened", workflow):
        reasons = tuple(_against(entry.body, entry, committed, opened))
        opened.add(str(entry.body.get("sha256")))
        if reasons:
            faults.extend(Fault(entry.index, reason) for reason in reasons)
            continue
        name = str(entry.body["reviewer"])
        written, n_found, n = counts.get(known_as(name), (name, 0, 0))
        counts[known_as(name)] = (written, n_found + (not _is_missed(entry.body)), n + 1)
    rates = reviewer_miss_rates({written: (n_found, n) for written, n_found, n in counts.values()}, level)
    n_waiting = sum(sha256 not in opened for sha256 in committed)
    corrected = _corrected(definition_of(row.definition).budget.error, counts.values(), delta=1.0 - level)
    return Missed(rates, corrected, len(committed), n_waiting, tuple(faults))


def _corrected(budget: float, counts: Iterable[tuple[str, int, int]], *, delta: float) -> CorrectedBudget | None:
    by_reviewer = tuple(counts)
    found, seeded = sum(n_found for _, n_found, _ in by_reviewer), sum(n for _, _, n in by_reviewer)
    return corrected_budget(budget, found=found, seeded=seeded, delta=delta) if found else None


def _against(
    body: Mapping[str, Any], entry: LedgerEntry, committed: Mapping[str, LedgerEntry], opened: set[str]
) -> Iterator[str]:
    """Reasons for which an answer is not counted."""
    sha256, reviewer = body.get("sha256"), str(body.get("reviewer", ""))
    planted = committed.get(str(sha256))
    if hashlib.sha256(canonical({name: body.get(name) for name in SEALED})).hexdigest() != sha256:
        yield "the planted case was opened as another than its hash says"
    elif planted is None or not planted.index < entry.index:
        yield "the planted case was not committed to before it was answered"
    elif same_person(str(planted.body.get("by")), reviewer):
        yield f"it was answered by {reviewer}, who planted it and knows the truth"
    if sha256 in opened:
        yield "the planted case was answered a second time"
    if not known_as(reviewer) or not str(body.get("label") or "").strip():
        yield "the answer has no reviewer or no label"
    elif body.get("found") != int(not _is_missed(body)):
        yield f"it is recorded as found = {body.get('found')}, which the answer contradicts"


def _is_missed(body: Mapping[str, Any]) -> bool:
    return str(body.get("label")).strip() == str(body.get("proposed"))
