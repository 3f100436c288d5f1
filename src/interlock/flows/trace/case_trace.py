"""Why could this act? The chain from evidence to outcome of one case, as it is on record."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from interlock.engine.ledger.merkle import is_intact, root_of
from interlock.flows.erasure.told import erased_words
from interlock.flows.ledger.altered import Altered
from interlock.flows.trace.told import told
from interlock.ports.store import DecisionRow, Reading
from interlock.terms.decision import Verb
from interlock.terms.errors import BadInput
from interlock.terms.ledger import LedgerEntry
from interlock.terms.trace import CaseTrace, TraceLink, TraceStep

DECISION = "decision.made"
AUTHORITY = ("release.defined", "evidence.recorded", "gate.judged", "grant.given")
# What happened to a case after its decision, by the kind of its entry.
LATER: Mapping[str, TraceStep] = {
    "intent.admitted": TraceStep.INTENT,
    "intent.approved": TraceStep.INTENT,
    "intent.claimed": TraceStep.INTENT,
    "intent.failed": TraceStep.EFFECT,
    "intent.in_doubt": TraceStep.EFFECT,
    "intent.answered_late": TraceStep.EFFECT,
    "review.opened": TraceStep.REVIEW,
    "review.claimed": TraceStep.REVIEW,
    "review.released": TraceStep.REVIEW,
    "review.escalated": TraceStep.REVIEW,
    "review.refused": TraceStep.REVIEW,
    "review.closed": TraceStep.REVIEW,
    "review.reopened": TraceStep.REVIEW,
    "undo.admitted": TraceStep.UNDO,
    "undo.refused": TraceStep.UNDO,
    "intent.undone": TraceStep.UNDO,
    "content.shown": TraceStep.SHOWN,
}


def case_trace(reading: Reading, workflow: str, key: str) -> CaseTrace:
    """Everything on record about a case and what allowed it.

    Raises BadInput where no such case was decided, Altered where its decision was removed from the ledger.
    """
    row = reading.decision(key)
    if row is None and (case := reading.case(key)) is not None and case.workflow == workflow:
        raise Altered(
            f"the decision of the case '{key}' is gone: its entry {case.entry} was removed from the ledger, so nothing "
            "says any more why it could act; `interlock ledger verify` names everything that was altered"
        )
    if row is None or row.workflow != workflow:
        raise BadInput(f"'{workflow}' never decided a case '{key}'; `interlock get decisions {workflow}` lists them")
    return Tracing(reading, workflow, since=row.entry, key=key).of(row)


def case_traces(reading: Reading, workflow: str, *, since: int = 0, until: int | None = None) -> Iterator[CaseTrace]:
    """The traces of all cases decided from ledger entry `since` up to before `until`, in order, streamed."""
    tracing = Tracing(reading, workflow, since=since)
    for row in reading.decisions(workflow, since_entry=since, until_entry=until):
        yield tracing.of(row)


class Tracing:
    """What the traces of a workflow's cases have in common, read once.

    Kept in memory: what gave authority, and of the cases decided since, their reviews and undos (of one case, where a
    `key` is given).
    """

    def __init__(self, reading: Reading, workflow: str, *, since: int, key: str | None = None) -> None:
        self._reading, self._workflow = reading, workflow
        self._authority = {kind: list(reading.entries_of(kind, workflow)) for kind in AUTHORITY}
        self._kills = list(reading.entries_of("kill.fenced"))
        self._later: dict[str, list[TraceLink]] = defaultdict(list)
        for entry in self._what_came_later(since, key):
            about = entry.body.get("key")
            if isinstance(about, str):
                self._later[about].append(_link(LATER[entry.kind], entry))
        head = reading.head()
        self._size, self._root = head.size, root_of(head).hex()

    def _what_came_later(self, since: int, key: str | None) -> Iterator[LedgerEntry]:
        if key is not None:
            yield from self._reading.about_case(key, self._workflow, tuple(LATER), since=since)
            return
        for kind in LATER:
            yield from self._reading.entries_of(kind, self._workflow, since=since)

    def of(self, row: DecisionRow) -> CaseTrace:
        """The trace of one decided case."""
        missing: list[str] = []
        links = [*self._what_allowed(row, missing), *self._what_was_decided(row, missing), *self._what_followed(row)]
        altered = tuple(sorted({one.entry for one in links if one.entry is not None and one.altered}))
        links.sort(key=lambda link: -1 if link.entry is None else link.entry)
        return CaseTrace(
            workflow=row.workflow,
            key=row.key,
            answer=_answer(row),
            links=tuple(_with_parts(links, row)),
            missing=tuple(missing),
            sealed_size=self._size,
            root=self._root,
            altered=altered,
        )

    def _what_allowed(self, row: DecisionRow, missing: list[str]) -> Iterator[TraceLink]:
        """Release, evidence, gate and promotion that the decision rested on."""
        defined = _last(self._authority["release.defined"], row.entry, release=row.release)
        if defined is None:
            missing.append(f"the definition of release {row.release[:19]} is not on record before the decision")
        else:
            yield _link(TraceStep.RELEASE, defined)
        for scope in row.inputs.get("halted") or ():
            if (kill := _last(self._kills, row.entry, scope=scope)) is not None:
                yield _link(TraceStep.HALT, kill)
        if row.inputs.get("grant") is None:
            return
        granted = _last(self._authority["grant.given"], row.entry, release=row.release)
        if granted is None:
            missing.append("the decision names a grant, but none was given to its release before it")
            return
        judged = _last(self._authority["gate.judged"], granted.index, release=row.release)
        wanted = set(granted.body["grant"].get("evidence", ()))
        for entry in self._authority["evidence.recorded"]:
            if entry.body.get("digest") in wanted:
                wanted.discard(entry.body["digest"])
                yield _link(TraceStep.EVIDENCE, entry)
        missing.extend(f"the evidence {digest[:19]} that the grant names is not on record" for digest in sorted(wanted))
        if judged is None:
            missing.append("no gate was judged for this release before the grant")
        else:
            yield _link(TraceStep.GATE, judged)
        yield _link(TraceStep.PROMOTION, granted)

    def _what_was_decided(self, row: DecisionRow, missing: list[str]) -> Iterator[TraceLink]:
        entry = self._entry(row.entry)
        if entry is None:
            missing.append(f"the decision's own entry {row.entry} is gone from the ledger")
            return
        if (entry.kind, entry.body.get("key")) != (DECISION, row.key):
            missing.append(f"the entry {row.entry} is not the decision of this case any more: another one stands there")
        yield _link(TraceStep.DECISION, entry)
        erased = erased_words(self._reading, row)
        if _payload_is_gone(entry):
            what = "the state before the effect, and what the caller told of the case"
            missing.append(f"{what}: {erased or 'erased, and by whom is not on record'}")
        elif erased:
            missing.append(f"the text of the case: {erased}")

    def _what_followed(self, row: DecisionRow) -> Iterator[TraceLink]:
        yield from self._later.get(row.key, ())
        for index, step in ((row.settled_entry, TraceStep.EFFECT), (row.observed_entry, TraceStep.OUTCOME)):
            ended = None if index is None else self._entry(index)
            if ended is not None and ended.kind not in LATER:
                yield _link(step, ended)

    def _entry(self, index: int) -> LedgerEntry | None:
        return next(self._reading.entries(index, index + 1), None)


def _answer(row: DecisionRow) -> str:
    grant = row.inputs.get("grant")
    if row.verb != Verb.APPLY:
        return f"It was not applied by itself ({row.verb}): {'; '.join(row.reasons)}."
    authority = "" if grant is None else f" under a grant that held until {grant['expires_at']}"
    return f"It was applied{authority}: {'; '.join(row.reasons)}."


def _with_parts(links: Iterable[TraceLink], row: DecisionRow) -> Iterator[TraceLink]:
    """Policy and intent are recorded inside the decision's entry; as links they stand on their own."""
    for link in links:
        if link.step is not TraceStep.DECISION:
            yield link
            continue
        policy = row.inputs.get("policy")
        if policy is not None:
            words = f"the policy at the edge {'allowed' if policy['allowed'] else 'did not allow'} it"
            reasons = "; ".join(policy.get("reasons", ()))
            yield TraceLink(TraceStep.POLICY, row.at, None, None, f"{words}{f': {reasons}' if reasons else ''}", policy)
        yield link
        if link.facts.get("epoch") is not None:
            names = ("state", "epoch", "owner", "lease_until", "undo", "action", "reserved")
            facts = {name: link.facts[name] for name in names if name in link.facts}
            words = f"the intent was durable before the effect, held by {facts['owner']} until {facts['lease_until']}"
            yield TraceLink(TraceStep.INTENT, row.at, None, None, words, facts)


def _link(step: TraceStep, entry: LedgerEntry) -> TraceLink:
    return TraceLink(
        step, entry.at, entry.index, entry.leaf.hex(), told(entry), entry.body, altered=not is_intact(entry)
    )


def _last(entries: Iterable[LedgerEntry], before: int, **said: str) -> LedgerEntry | None:
    """The last of them before an entry whose body says this."""
    found = None
    for entry in entries:
        if entry.index >= before:
            break
        if all(entry.body.get(name) == value for name, value in said.items()):
            found = entry
    return found


def _payload_is_gone(entry: LedgerEntry) -> bool:
    return entry.payload is None and b'"payload":' in entry.record


def facts_of(trace: CaseTrace, step: TraceStep) -> tuple[Mapping[str, Any], ...]:
    """What is on record about one step of a trace."""
    return tuple(link.facts for link in trace.links if link.step is step)
