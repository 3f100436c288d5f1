"""Walks through a ledger and sorts the decisions of a workflow into the audit periods that their salts make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from interlock.engine.oversight.audits.sampling import salt_commitment
from interlock.engine.oversight.audits.seeding import recheck_seeds
from interlock.flows.oversight.audits.drawn_cases import DrawnCase, drawn_case, is_draw, reasons_against
from interlock.flows.oversight.audits.second_looks import SecondDraw, second_draw, second_share
from interlock.flows.oversight.audits.second_looks import reasons_against as reasons_against_second
from interlock.flows.rollout.define import is_salt_of
from interlock.terms.audits import SeedDraw
from interlock.terms.review import ReviewKind


@dataclass(frozen=True, slots=True)
class AuditFault:
    """What is wrong with an audit: the ledger entry, the case (None: it is about a salt), and in words."""

    entry: int
    key: str | None
    reason: str


class Line(NamedTuple):
    """An entry of the ledger: its number, when it was recorded, and its body."""

    entry: int
    at: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class Period:
    """What was drawn with one salt. `ended`: a close came after it, so its salt must have been published."""

    salt: str
    sha256: str
    committed_entry: int
    ended: bool = False
    closed_entry: int | None = None
    closed_at: str | None = None
    closed_by: str | None = None
    secret: bytes | None = None
    cases: list[DrawnCase] = field(default_factory=list)
    plantings: list["Planting"] = field(default_factory=list)
    seconds: list[SecondDraw] = field(default_factory=list)


class Planting(NamedTuple):
    """Which audits drew a known error: the entry, the probability, and the draws on record."""

    entry: int
    share: float
    draws: tuple[SeedDraw, ...]


class WorkflowWalk:
    """Feeds on the entries of one workflow in order; keeps of each decision only what its draw depends on."""

    def __init__(self) -> None:
        self.periods: list[Period] = []
        self.faults: list[AuditFault] = []
        self.unsalted: list[DrawnCase] = []
        self.unreadable = 0
        self._release: str | None = None
        self._grant: Mapping[str, Any] | None = None
        self._salt_is_due = False
        self._keys: set[str] = set()
        self._second_share = 0.0
        self._second_opened: set[str] = set()
        self._second_owed: dict[str, int] = {}

    def take(self, kind: str, line: Line) -> None:
        """The next entry; one that cannot be read is a fault, never skipped."""
        step = {
            "release.defined": self._defined,
            "grant.given": self._given,
            "grant.ended": self._ended,
            "salt.committed": self._committed,
            "salt.published": self._published,
            "decision.made": self._decided,
            "known_cases.planted": self._planted,
            "review.opened": self._review_opened,
            "review.closed": self._review_closed,
        }.get(kind)
        if step is None:
            return
        try:
            step(line)
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            self.unreadable += kind == "decision.made"
            self._fault(line.entry, f"this {kind} cannot be read: {exc}")

    def judge(self) -> None:
        """Compare every decision with its salt; call it once, behind the last entry."""
        for period in self.periods:
            if period.ended and period.closed_entry is None and period.cases:
                self._fault(
                    period.committed_entry,
                    f"the salt {period.salt} was not published when its period closed: its {len(period.cases)} "
                    "decisions cannot be checked",
                )
            for case in period.cases:
                self._against(case, period.secret)
            self._against_plantings(period)
            for second in period.seconds:
                self._against_second(second, period.secret, salted=True)
        for key, entry in self._second_owed.items():
            if key not in self._second_opened:
                self._fault(entry, "a second look was drawn for it and never opened", key)
        for case in self.unsalted:
            self._against(case, None)
            if any(is_draw(draw) for draw in case.draws.values()):
                self._fault(case.entry, "it was drawn although no secret salt was in force", case.key)
        self.faults.sort(key=lambda fault: fault.entry)

    def _defined(self, line: Line) -> None:
        self._release, self._grant, self._salt_is_due = str(line.body["release"]), None, True
        self._second_share = second_share(line.body.get("definition", {}))

    def _given(self, line: Line) -> None:
        self._grant = dict(line.body["grant"])

    def _ended(self, _: Line) -> None:
        self._grant = None

    def _committed(self, line: Line) -> None:
        fresh = Period(str(line.body["salt"]), str(line.body["sha256"]), line.entry)
        for known in self.periods:
            if known.salt == fresh.salt:
                self._fault(line.entry, f"the salt {fresh.salt} is committed to a second time")
            if known.ended and known.sha256 == fresh.sha256:
                self._fault(line.entry, f"the salt {fresh.salt} is one that was published before: its draws were known")
        if not self._salt_is_due:
            self._fault(line.entry, f"the salt {fresh.salt} came in the middle of a period: draws could be picked")
        self._salt_is_due = False
        self.periods.append(fresh)

    def _published(self, line: Line) -> None:
        self._salt_is_due = True
        for earlier in self.periods:
            earlier.ended = True
        period = next((p for p in reversed(self.periods) if p.salt == line.body["salt"]), None)
        if period is None:
            self._fault(line.entry, f"the salt {line.body['salt']} was published but never committed to")
            return
        if period.closed_entry is not None:
            self._fault(line.entry, f"the salt {period.salt} is published a second time")
            return
        period.closed_entry, period.closed_at, period.closed_by = line.entry, line.at, str(line.body["by"])
        secret = bytes.fromhex(line.body["salt_hex"])
        if salt_commitment(secret) == period.sha256:
            period.secret = secret
        else:
            self._fault(
                line.entry,
                f"the published salt {period.salt} is not the one that entry {period.committed_entry} committed to: "
                f"its {len(period.cases)} decisions cannot be checked",
            )

    def _decided(self, line: Line) -> None:
        case = drawn_case(line.entry, line.body, release=self._release, grant=self._grant)
        if case.key in self._keys:
            self._fault(line.entry, "it was decided before: a second decision would draw its audit again", case.key)
        self._keys.add(case.key)
        period = self._in_force()
        (self.unsalted if period is None else period.cases).append(case)

    def _planted(self, line: Line) -> None:
        period, share = self._in_force(), float(line.body["probability"])
        draws = tuple(SeedDraw(d["key"], share, float(d["draw"]), bool(d["drawn"])) for d in line.body["draws"])
        if period is None:
            self._fault(line.entry, "known errors were drawn although no secret salt was in force")
        else:
            period.plantings.append(Planting(line.entry, share, draws))

    def _review_opened(self, line: Line) -> None:
        if line.body.get("kind") == ReviewKind.SECOND:
            self._second_opened.add(str(line.body["key"]))

    def _review_closed(self, line: Line) -> None:
        key = str(line.body["key"])
        if line.body.get("kind") != ReviewKind.AUDIT or key not in self._keys:
            return  # a planted case gets no second look
        second = second_draw(line.entry, line.body, self._second_share)
        if second is None:
            if self._second_share and key not in self._second_opened:
                self._fault(line.entry, "whether it gets a second look was not drawn", key)
            return
        if second.drawn:
            self._second_owed[key] = line.entry
        period = self._in_force()
        if period is None:
            self._against_second(second, None, salted=False)
        else:
            period.seconds.append(second)

    def _against_second(self, second: SecondDraw, salt: bytes | None, *, salted: bool) -> None:
        for reason in reasons_against_second(second, salt, salted=salted):
            self._fault(second.entry, reason, second.key)

    def _in_force(self) -> Period | None:
        """The newest salt of the release in force, unless a close came after it (see salts.salt_in_force)."""
        for period in reversed(self.periods):
            if not period.ended and self._release is not None and is_salt_of(period.salt, self._release):
                return period
        return None

    def _against(self, case: DrawnCase, salt: bytes | None) -> None:
        for reason in reasons_against(case, salt):
            self._fault(case.entry, reason, case.key)

    def _against_plantings(self, period: Period) -> None:
        for planting in period.plantings if period.secret is not None else ():
            try:
                altered = recheck_seeds(planting.draws, share=planting.share, salt=period.secret or b"")
            except (ValueError, AttributeError, TypeError) as exc:
                self._fault(planting.entry, f"this known_cases.planted cannot be read: {exc}")
                continue
            for key in altered:
                self._fault(planting.entry, "whether a known error is planted for it is not what the salt gives", key)

    def _fault(self, entry: int, reason: str, key: str | None = None) -> None:
        self.faults.append(AuditFault(entry, key, reason))
