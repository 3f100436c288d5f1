"""What each kind of ledger entry changes in the state tables. Replaying the ledger through this rebuilds them.

Parameters are the entry's body (objects and lists as JSON text) with `entry` and `at`; what a body does not hold is
NULL.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interlock.adapters.sql.told_only import TOLD_ONLY
from interlock.terms.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Change:
    """One statement. `given`: only where the body holds that member. `each`: once for each item of that list."""

    sql: str
    given: str | None = None
    each: str | None = None
    positional: str = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "positional", re.sub(r":\w+", "?", self.sql))
        object.__setattr__(self, "names", tuple(re.findall(r":(\w+)", self.sql)))


_SCOPE = Change("""
INSERT INTO scope (name, epoch, halted) VALUES (:scope, :epoch, :halted)
ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, halted = excluded.halted
""")
_MONITOR = Change("UPDATE workflow SET monitor = :monitor WHERE name = :workflow")
_GRANT_ENDED = Change("UPDATE workflow SET granted = NULL WHERE name = :workflow")
_RESERVE = Change(
    """
    INSERT INTO counter (workflow, name, used) VALUES (:workflow, :counter, :amount)
    ON CONFLICT (workflow, name) DO UPDATE SET used = counter.used + excluded.used
    """,
    each="reserved",
)
_GIVE_BACK = Change(
    "UPDATE counter SET used = used - :amount WHERE workflow = :workflow AND name = :counter", each="reserved"
)


def _review(kind: str, given: str) -> Change:
    return Change(
        f"""
        INSERT INTO review (key, kind, workflow, opened_at, due_at, escalations, asked)
        VALUES (:key, {kind}, :workflow, :at, :{given}, 0, :asked)
        ON CONFLICT (key, kind) DO UPDATE SET opened_at = excluded.opened_at, due_at = excluded.due_at,
          asked = excluded.asked, escalations = 0, closed_at = NULL, reviewer = NULL, label = NULL,
          claimed_by = NULL, claimed_until = NULL, approved_until = NULL
        WHERE review.closed_at IS NOT NULL
        """,
        given=given,
    )


def _on_review(change: str) -> Change:
    return Change(f"UPDATE review SET {change} WHERE key = :key AND kind = :kind AND closed_at IS NULL")


def _settled(state: str) -> Change:
    return Change(
        f"""
        UPDATE decision SET state = '{state}', settled_entry = :entry
        WHERE key = :key AND state IN ('executing', 'in_doubt')
        """
    )


CHANGES: Mapping[str, tuple[Change, ...]] = {
    "release.defined": (
        Change("""
        INSERT INTO workflow (name, release, proposed_by, at, definition)
        VALUES (:workflow, :release, :proposed_by, :at, :definition)
        ON CONFLICT (name) DO UPDATE SET release = excluded.release, proposed_by = excluded.proposed_by,
          at = excluded.at, definition = excluded.definition, granted = NULL, monitor = NULL
        """),
    ),
    # Nothing that acts changed: the release, its proposer, its grant and its monitor stay.
    "release.amended": (
        Change("UPDATE workflow SET definition = :definition WHERE name = :workflow AND release = :release"),
    ),
    "evidence.recorded": (
        Change("""
        INSERT INTO evidence (digest, workflow, release, kind, class, source, at, body, entry)
        VALUES (:digest, :workflow, :release, :kind, :class, :source, :at, :body, :entry)
        """),
    ),
    "grant.given": (Change("UPDATE workflow SET granted = :grant, monitor = :monitor WHERE name = :workflow"),),
    "grant.ended": (_GRANT_ENDED,),
    "decision.made": (
        Change("""
        INSERT INTO decision (key, workflow, release, verb, audited, at, entry, tenant, segment, action, state, epoch,
          owner, lease_until, intent_entry)
        VALUES (:key, :workflow, :release, :verb, :audited, :at, :entry, :tenant, :segment, :action, :state, :epoch,
          :owner, :lease_until, CASE WHEN CAST(:epoch AS BIGINT) IS NULL THEN NULL ELSE :entry END)
        ON CONFLICT (key) DO NOTHING
        """),
        _review("'decision'", "review_due_at"),
        _RESERVE,
    ),
    # Ledgers of format 1 kept the intent in an entry of its own.
    "intent.admitted": (
        Change("""
        UPDATE decision SET state = 'executing', epoch = :epoch, owner = :owner, lease_until = :lease_until,
          intent_entry = :entry
        WHERE key = :key
        """),
    ),
    # A person approved the effect: once, and only while the approval lasts.
    "intent.approved": (
        Change("""
        UPDATE decision SET state = 'executing', epoch = :epoch, owner = :owner, lease_until = :lease_until,
          action = :action, intent_entry = :entry, settled_entry = NULL
        WHERE key = :key AND (state IS NULL OR state = 'failed') AND EXISTS (
          SELECT 1 FROM review WHERE key = :key AND kind = 'decision' AND approved_until > :at)
        """),
        Change("UPDATE review SET approved_until = NULL WHERE key = :key AND kind = 'decision'"),
        _RESERVE,
    ),
    "intent.completed": (_settled("done"), _review("'audit'", "audit_due_at")),
    "intent.failed": (_settled("failed"), _review("'decision'", "review_due_at"), _GIVE_BACK),
    "intent.in_doubt": (_settled("in_doubt"), _review("'decision'", "review_due_at")),
    # A receipt that came after the case was recorded as not applied: it was, and a person is told.
    "intent.answered_late": (
        Change("UPDATE decision SET state = 'done', settled_entry = :entry WHERE key = :key AND state = 'failed'"),
        _review("'decision'", "review_due_at"),
        _RESERVE,
    ),
    # Only what nobody holds any more can be claimed.
    "intent.claimed": (
        Change("""
        UPDATE decision SET owner = :owner, lease_until = :lease_until, epoch = :epoch
        WHERE key = :key AND state = 'executing' AND lease_until <= :at
        """),
    ),
    "undo.admitted": (
        Change("""
        UPDATE decision SET state = 'undoing', owner = coalesce(:owner, owner),
          lease_until = coalesce(:lease_until, lease_until)
        WHERE key = :key
        """),
    ),
    # Whoever was at it has ended: the next one need not wait for the lease.
    "undo.refused": (Change("UPDATE decision SET lease_until = :at WHERE key = :key AND state = 'undoing'"),),
    "intent.undone": (Change("UPDATE decision SET state = 'undone' WHERE key = :key"),),
    "review.opened": (_review(":kind", "due_at"),),
    "review.claimed": (_on_review("claimed_by = :reviewer, claimed_until = :until"),),
    "review.released": (_on_review("claimed_by = NULL, claimed_until = NULL"),),
    "review.escalated": (_on_review("due_at = :due_at, asked = :to, escalations = escalations + 1"),),
    "review.refused": (_on_review("closed_at = :at, claimed_by = NULL, claimed_until = NULL"),),
    "review.closed": (
        _on_review(
            "closed_at = :at, reviewer = :reviewer, label = :label, approved_until = :approved_until, "
            "claimed_by = NULL, claimed_until = NULL"
        ),
    ),
    # Who decided it took that back: it waits again in the same hands, and what it made known is not known any more.
    "review.reopened": (
        Change("""
        UPDATE review SET closed_at = NULL, reviewer = NULL, label = NULL, approved_until = NULL,
          claimed_by = :reviewer, claimed_until = :until
        WHERE key = :key AND kind = :kind AND closed_at IS NOT NULL
        """),
        Change(
            """
            UPDATE decision SET outcome = NULL, wrong = NULL, observed_entry = NULL
            WHERE key = :key AND observed_entry = :outcome
            """,
            given="outcome",
        ),
    ),
    "outcome.observed": (
        Change("UPDATE decision SET outcome = :label, wrong = :wrong, observed_entry = :entry WHERE key = :key"),
    ),
    "monitor.updated": (_MONITOR,),
    "kill.fenced": (_SCOPE,),
    "scope.resumed": (_SCOPE,),
    # Content is gone from here on; what was recorded of it stays.
    "payload.erased": (Change("UPDATE decision SET erased_entry = :entry WHERE key = :key", each="cases"),),
    # Ledgers of format 1 counted what was applied on a day; what its last day holds is taken over.
    "store.upgraded": (_RESERVE,),
    # Whoever held a lease when the backup was made is not at work on this store.
    "store.restored": (
        Change("""
        UPDATE decision SET lease_until = :at WHERE state IN ('executing', 'undoing') AND lease_until > :at
        """),
    ),
    **dict.fromkeys(TOLD_ONLY, ()),
}

# Entries whose first statement must change a row: a key is decided once, an intent is settled once.
ONCE = frozenset(
    {"decision.made", "intent.approved", "intent.claimed", "intent.completed", "intent.failed", "intent.in_doubt"}
)


# Entries after which a decision could come out otherwise: each raises the version that every wish is checked against.
AUTHORITY = frozenset(
    {
        "release.defined",
        "release.amended",
        "grant.given",
        "grant.ended",
        "kill.fenced",
        "scope.resumed",
        "salt.committed",
        "salt.published",
        "tenant.assigned",
        "gateway.defined",
        "gateway_key.created",
        "gateway_key.revoked",
        "gateway_client.barred",
        "gateway_client.admitted",
    }
)

Cell = str | int | float | None
_SCALARS = frozenset({str, int, float})


def statements(kind: str, body: Mapping[str, Any], *, entry: int, at: str) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """The statements of one entry, with ? for each parameter; an unknown kind is an error, never skipped."""
    if kind not in CHANGES:
        raise Unavailable(f"the ledger holds entries of the kind '{kind}', which this version does not know: update it")
    placed = {**body, "entry": entry, "at": at}
    for change in CHANGES[kind]:
        if change.given is not None and body.get(change.given) is None:
            continue
        if change.each is None:
            yield change.positional, _parameters(change.names, placed)
            continue
        for item in body.get(change.each, ()):
            yield change.positional, _parameters(change.names, {**placed, **item})


def _parameters(names: tuple[str, ...], body: Mapping[str, Any]) -> tuple[Cell, ...]:
    get = body.get
    return tuple([v if (v := get(name)) is None or type(v) in _SCALARS else cell(v) for name in names])


def cell(value: Any) -> Cell:
    """A member of a body as a column holds it: objects and lists as JSON text. Raises TypeError for what is no JSON."""
    if value is None:
        return None
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    raise TypeError(f"a ledger body holds JSON only, not {type(value).__name__}")
