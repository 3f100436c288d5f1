"""What the dossier of one workflow shows beside its standing: its certificate, its monitor, its releases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from interlock.engine.oversight.sequential.monitor import DemotionMonitor
from interlock.engine.rollout.amend import voiding_fields
from interlock.engine.rollout.definition import changed_fields, definition_of
from interlock.engine.rollout.gate import check_certificate
from interlock.ports.store import Reading
from interlock.terms.evidence import Evidence, Verdict
from interlock.terms.ledger import LedgerEntry
from interlock.terms.portfolio import Standing
from interlock.terms.release import FieldChange, ReleaseMade

AUDITS_MAX = 100
RELEASES_MAX = 20


@dataclass(frozen=True, slots=True)
class MonitorSeen:
    """The monitor of a grant: after `n` audits, `n_wrong` of them wrong, `statistic` is demoted at `limit`.

    `path` are the newest audits, oldest first: (how many there were by then, the statistic).
    """

    budget: float
    n: int
    n_wrong: int
    statistic: float
    limit: float
    path: tuple[tuple[int, float], ...]


def certificate_of(reading: Reading, standing: Standing) -> Evidence | None:
    """The certificate that its grant rests on; without a grant the newest of the release in force. None for none.

    One that no gate could read is none: an application brought it, and the dossier is to stand all the same.
    """
    if standing.grant is not None:
        held = (reading.evidence_by_digest(digest) for digest in standing.grant.evidence)
        return next((one for one in held if one is not None and one.kind == "certificate"), None)
    own = (one for one in reading.evidence(standing.definition.name) if one.release == standing.release)
    certificates = (one for one in own if one.kind == "certificate")
    read = (one for one in certificates if check_certificate(one, standing.definition).verdict is not Verdict.ERROR)
    return max(read, key=lambda one: one.at, default=None)


def grant_ended(reading: Reading, standing: Standing) -> LedgerEntry | None:
    """How the last grant ended, None while it holds one and where it never held any."""
    return None if standing.grant is not None else reading.newest_of("grant.ended", standing.definition.name)


def monitor_of(reading: Reading, workflow: str) -> MonitorSeen | None:
    """The monitor of the grant in force, None without one."""
    row = reading.workflow(workflow)
    state = None if row is None or row.grant is None else row.monitor
    now = _seen(state)
    if now is None or row is None or row.grant is None:
        return None
    newest = islice(reading.newest_first("monitor.updated", workflow), AUDITS_MAX)
    states = (_seen(entry.body.get("monitor")) for entry in newest if entry.at >= row.grant["granted_at"])
    path = tuple((one.n, one.statistic) for one in states if one is not None)
    return MonitorSeen(now.budget, now.n, now.n_wrong, now.statistic, now.limit, tuple(reversed(path)))


def _seen(state: Mapping[str, Any] | None) -> DemotionMonitor | None:
    try:
        return DemotionMonitor.from_state(dict(state)) if state else None
    except (ValueError, TypeError):  # of another version: it is not shown, and the run time says what to do
        return None


def releases_of(reading: Reading, workflow: str) -> tuple[ReleaseMade, ...]:
    """The newest releases and amendments, newest first, each with what it changed against the one before."""
    kinds = ("release.defined", "release.amended")
    newest = (islice(reading.newest_first(kind, workflow), RELEASES_MAX + 1) for kind in kinds)
    entries = sorted((one for each in newest for one in each), key=lambda one: one.index)[-RELEASES_MAX - 1 :]
    made = list(_made(entries))
    return tuple(reversed(made[1:] if len(made) > RELEASES_MAX else made))


def _made(entries: list[LedgerEntry]) -> Iterator[ReleaseMade]:
    before: Mapping[str, Any] | None = None
    for entry in entries:
        body = entry.body
        definition = body["definition"]
        changes = () if before is None else _changes(before, definition)
        by = body["by"] if entry.kind == "release.amended" else body["proposed_by"]
        yield ReleaseMade(
            body["release"], by, entry.at, entry.index, amends=entry.kind == "release.amended",
            first=before is None, changes=changes,
        )  # fmt: skip
        before = definition


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    voiding = voiding_fields(definition_of(before), definition_of(after))
    return tuple(
        FieldChange(field, old, new, voids=field in voiding) for field, old, new in changed_fields(before, after)
    )
