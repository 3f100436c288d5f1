"""Several cases decided at once: only where the definition allows it, and each with an entry of its own."""

from collections.abc import Mapping, Sequence

from interlock.engine.rollout.people import same_person
from interlock.flows.action.observe import Observed
from interlock.flows.review.decide import Said, close_in
from interlock.flows.review.open import plan_of
from interlock.ports.clock import Clock
from interlock.ports.queue import Reach, ReviewRow, Wanted
from interlock.ports.randomness import Randomness
from interlock.ports.store import Reading, Store
from interlock.terms.errors import BadInput
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind

LOOKED_AT_MAX = 500


def close_together(
    store: Store,
    workflow: str,
    keys: Sequence[str],
    *,
    label: str,
    by: Person,
    clock: Clock,
    reason: str = "",
    note: str = "",
    approve: bool = False,
    randomness: Randomness | None = None,
) -> tuple[Observed, ...]:
    """Decide several cases of a workflow that wait with the same proposed label, all or none; as `close_review` each.

    Only decisions: audits are looked at one by one. Raises BadInput where the definition does not allow it, for more
    than it allows, for cases with different proposals, and as `close_review`; then nothing was decided.
    """
    once = tuple(dict.fromkeys(keys))
    with store.transaction() as tx:
        _check(tx, workflow, once)
        said = Said(label.strip(), reason, note.strip(), approve=approve, together=len(once))
        now = clock()
        kind = ReviewKind.DECISION
        return tuple(close_in(tx, workflow, key, kind, said, by=by, now=now, randomness=randomness) for key in once)


def alike(
    reading: Reading, workflow: str, *, at: str, by: Person, reach: tuple[Reach, ...]
) -> Mapping[str, tuple[ReviewRow, ...]]:
    """Open decisions of a workflow by proposed label, the label with most cases first.

    Of the 500 that are due first; those in other hands are left out.
    """
    found: dict[str, list[ReviewRow]] = {}
    wanted = Wanted(workflow, ReviewKind.DECISION)
    for row in reading.queue_page(wanted, limit=LOOKED_AT_MAX, reach=reach):
        holder = row.holder(at)
        label = proposed_label(reading, row.key) if holder is None or same_person(holder, by.name) else None
        if label:
            found.setdefault(label, []).append(row)
    most_first = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {label: tuple(rows) for label, rows in most_first}


def _check(reading: Reading, workflow: str, keys: Sequence[str]) -> None:
    most = plan_of(reading, workflow).together_max
    if not most:
        raise BadInput(f"each case of '{workflow}' is decided by itself: its definition has no `review.together_max`")
    if not keys:
        raise BadInput("no case is chosen: choose those that you want to decide")
    if len(keys) > most:
        raise BadInput(f"{len(keys):,} cases are chosen, at most {most:,} of '{workflow}' are decided at once")
    proposed = {key: proposed_label(reading, key) for key in keys}
    unknown = next((key for key, label in proposed.items() if label is None), None)
    if unknown is not None:
        raise BadInput(f"'{workflow}' never decided a case '{unknown}'")
    if len(labels := set(proposed.values())) > 1:
        told = ", ".join(f"'{label}'" for label in sorted(map(str, labels)))
        raise BadInput(f"the chosen cases have different proposals ({told}): decide those with one proposal at once")


def proposed_label(reading: Reading, key: str) -> str | None:
    """What was proposed for a case; None where no such case was decided."""
    row = reading.decision(key)
    return None if row is None else str(row.inputs["proposal"]["label"]).strip()
