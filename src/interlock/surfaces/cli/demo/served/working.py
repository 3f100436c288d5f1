"""Cases of the workflow at work: they come in, are decided and done, and people do their part."""

import itertools
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from interlock.engine.timestamp import stamp
from interlock.flows.action.act import Acted, act
from interlock.flows.action.observe import observe
from interlock.flows.action.runtime import RunTime
from interlock.flows.ledger.content import keep_text
from interlock.flows.review.decide import close_review
from interlock.ports.queue import ReviewRow
from interlock.surfaces.cli.demo.desk import TicketDesk
from interlock.surfaces.cli.demo.served.cast import COLLEAGUE, DESK, SECOND_COLLEAGUE
from interlock.surfaces.cli.demo.served.learning import Message
from interlock.terms.decision import Proposal, Verb
from interlock.terms.errors import InterlockError
from interlock.terms.person import Person
from interlock.terms.review import ReviewKind

LEFT_WAITING = 14
PAUSED_AT = 60  # nobody works on the queue, or everything is stopped: no more is sent into it
KNOWN_AFTER = 8  # cases until the desk says where a message ended up
WRONG_LABEL = "wrong-label"


@dataclass(slots=True)
class Work:
    """Sends messages one by one, round and round. `first` is the number of the next case's key."""

    rt: RunTime
    workflow: str
    release: str
    messages: Sequence[Message]
    first: int = 1
    desk: TicketDesk = field(default_factory=TicketDesk)
    _numbers: "itertools.count[int]" = field(init=False)
    _unknown: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(self.first)

    def step(self) -> None:
        """One case comes in; what waits longest is decided; what was done long enough ago is known."""
        waiting = [row for row in self.waiting() if not row.asked]
        if len(waiting) < PAUSED_AT:
            self.send()
        if len(waiting) > LEFT_WAITING:
            self.decide(waiting[0])
        if len(self._unknown) > KNOWN_AFTER:
            key, label = self._unknown.pop(0)
            observe(self.rt.store, self.workflow, key, label=label, by=DESK, clock=self.rt.clock)

    def send(self) -> Acted:
        """The next message, through the run time."""
        number = next(self._numbers)
        message = self.messages[number % len(self.messages)]
        key = f"message-{number:06d}"
        with self.rt.store.transaction() as tx:
            content = keep_text(tx, key, message.text, at=stamp(self.rt.clock()))
        proposal = Proposal(key, self.release, message.proposed, message.confidence, content)
        acted = act(self.rt, self.desk, self.workflow, proposal)
        if acted.decision.verb is Verb.APPLY and not acted.decision.audited:
            self._unknown.append((key, message.decided))
        return acted

    def decide(self, review: ReviewRow) -> None:
        """What people say of a case; a second look is somebody else's, one that was put to somebody is theirs."""
        message = self._message_of(review.key)
        by = review.asked[0] if review.asked else SECOND_COLLEAGUE if review.kind == ReviewKind.SECOND else COLLEAGUE
        overridden = review.kind == ReviewKind.DECISION and message.decided != message.proposed
        close_review(
            self.rt.store, self.workflow, review.key, review.kind, label=message.decided, by=Person(by),
            clock=self.rt.clock, reason=WRONG_LABEL if overridden else "", randomness=self.rt.randomness,
        )  # fmt: skip

    def waiting(self) -> list[ReviewRow]:
        """Those in nobody's hands, the most urgent first."""
        at = stamp(self.rt.clock())
        with self.rt.store.reading() as reading:
            rows = reading.queue(self.workflow, limit=PAUSED_AT)
        return [row for row in rows if row.holder(at) is None]

    def _message_of(self, key: str) -> Message:
        return self.messages[int(key.rpartition("-")[2]) % len(self.messages)]


def go_on(work: Work, stop: threading.Event, *, pause_s: float) -> None:
    """Step after step until `stop`. A step that is refused, as when somebody took the case first, is passed over."""
    while not stop.wait(pause_s):
        with suppress(InterlockError):
            work.step()
