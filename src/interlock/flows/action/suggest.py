"""When the store cannot be reached: what was to be done is kept on this host, and goes to people once it is back."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from interlock.engine.ledger.canonical import canonical
from interlock.engine.timestamp import stamp
from interlock.flows.action.admit import Unanswered, admit_all
from interlock.flows.action.runtime import RunTime
from interlock.flows.action.settle import record_not_applied
from interlock.flows.ledger.content import keep_text, text_digest
from interlock.ports.store import Transaction
from interlock.terms.decision import Proposal
from interlock.terms.errors import BadInput, Unavailable
from interlock.terms.intent import IntentState

BATCH = 64
NOT_BEGUN = "the store was lost before it could answer: nothing was sent"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposal made at the time `at`, when the store could not be reached.

    `leaf` is that of the wish whose answer was lost, "" where the store was not even asked. Its effect was not begun.
    """

    workflow: str
    proposal: Proposal
    at: str
    leaf: str
    line: str


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a case, which was to be kept at the time `at`."""

    key: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Unspooled:
    """How many suggestions went to people, were decided before, and can never be recorded (they are kept aside)."""

    recorded: int = 0
    known: int = 0
    set_aside: int = 0

    def __add__(self, other: "Unspooled") -> "Unspooled":
        return Unspooled(self.recorded + other.recorded, self.known + other.known, self.set_aside + other.set_aside)


def suggest(rt: RunTime, workflow: str, proposal: Proposal, lost: Unavailable) -> str:
    """Keep a proposal on this host until the store is back; what became of it, in words.

    `lost` is how the store was found to be unreachable. Raises BadInput where the proposal can never be recorded.
    """
    if rt.spool is None:
        return "it is kept nowhere: tell a person"
    leaf = lost.leaves[0] if isinstance(lost, Unanswered) else ""
    content = {"workflow": workflow, "at": stamp(rt.clock()), "leaf": leaf, "proposal": proposal}
    try:
        line = canonical(content).decode()
    except (ValueError, TypeError, RecursionError) as exc:
        raise BadInput(f"this proposal cannot be recorded: {exc}") from exc
    try:
        rt.spool.keep(f"{workflow}:{proposal.key}", line)
    except Unavailable as exc:
        return f"{exc}: tell a person"
    return "it is kept on this host, and goes to the queue when the store is back"


def keep_text_here(rt: RunTime, key: str, text: str) -> str:
    """Keep the text of a case on this host until the store is back; its digest. Raises BadInput as `text_digest`.

    Where it cannot be kept here either, only its digest goes on: the case's reviewer will not see it.
    """
    content = text_digest(text)
    if rt.spool is not None:
        line = canonical({"key": key, "text": text, "at": stamp(rt.clock())}).decode()
        with suppress(Unavailable):
            rt.spool.keep(f"text:{key}", line)
    return content


def unspool(rt: RunTime, *, files_max: int) -> Unspooled:
    """Put kept suggestions into the queue, by some files of the spool; a suggestion twice is one review.

    Raises Unavailable where store or spool cannot be reached: what was not recorded by then stays kept.
    """
    done = Unspooled()
    if rt.spool is None:
        return done
    for _ in range(files_max):
        with rt.spool.taken() as lines:
            read = tuple(_read(rt, lines))
            _keep_texts(rt, [one for one in read if isinstance(one, _Text)])
            kept = [one for one in read if isinstance(one, Suggestion)]
            for workflow, suggestions in groupby(kept, key=lambda one: one.workflow):
                batch = tuple(suggestions)
                for start in range(0, len(batch), BATCH):
                    done += _recorded(rt, workflow, batch[start : start + BATCH])
        if not lines:
            break
    return done


def _keep_texts(rt: RunTime, texts: Sequence[_Text]) -> None:
    def work(tx: Transaction) -> None:
        for one in texts:
            keep_text(tx, one.key, one.text, at=one.at)

    if texts:
        rt.store.run(work)


def _read(rt: RunTime, lines: Sequence[str]) -> Iterator[Suggestion | _Text]:
    for line in lines:
        try:
            content: dict[str, Any] = json.loads(line)
            if "text" in content:
                yield _Text(str(content["key"]), str(content["text"]), str(content["at"]))
                continue
            workflow, at, leaf = (str(content[name]) for name in ("workflow", "at", "leaf"))
            yield Suggestion(workflow, Proposal(**content["proposal"]), at, leaf, line)
        except (ValueError, KeyError, TypeError) as exc:
            _set_aside(rt, line, f"it cannot be read: {exc}")


def _recorded(rt: RunTime, workflow: str, batch: Sequence[Suggestion]) -> Unspooled:
    proposals, times = [one.proposal for one in batch], [one.at for one in batch]
    try:
        admitted = admit_all(rt, workflow, proposals, before=None, unreached_at=times)
    except BadInput as exc:
        if len(batch) > 1:  # one of them is to blame: the others must not wait for it
            return sum((_recorded(rt, workflow, (one,)) for one in batch), Unspooled())
        _set_aside(rt, batch[0].line, str(exc))
        return Unspooled(set_aside=1)
    for suggestion, one in zip(batch, admitted, strict=True):
        if one.state is IntentState.EXECUTING and suggestion.leaf:
            _not_begun(rt, suggestion)
    known = sum(one.repeated for one in admitted)
    return Unspooled(recorded=len(admitted) - known, known=known)


def _not_begun(rt: RunTime, suggestion: Suggestion) -> None:
    """An intent whose answer was lost on its way here was not carried out, and its caller was told so."""
    with rt.store.transaction() as tx:
        tx.fence()  # nobody may claim it meanwhile in order to send it
        intent = tx.intent(suggestion.proposal.key)
        entry = None if intent is None else next(tx.entries(intent.entry, intent.entry + 1), None)
        if intent is None or entry is None or intent.state is not IntentState.EXECUTING:
            return
        is_claimed = intent.lease_until != entry.body["lease_until"]
        if entry.leaf.hex() == suggestion.leaf and not is_claimed:
            record_not_applied(tx, intent, {"reason": NOT_BEGUN}, now=rt.clock())


def _set_aside(rt: RunTime, line: str, reason: str) -> None:
    if rt.spool is not None:
        rt.spool.set_aside(line, reason)
