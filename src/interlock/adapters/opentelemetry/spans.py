"""A case as spans of the OpenTelemetry SDK: the case itself, and one child for each link of its trace."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from interlock.terms.gateway import conventions as names
from interlock.terms.trace import CaseTrace, TraceLink, TraceStep

RESOURCE = Resource({"service.name": "interlock"})
SCOPE = InstrumentationScope("interlock.trace")
# What of a link's facts is short, not personal, and asked for in a search.
FACTS = ("verb", "release", "receipt", "kind", "label", "wrong", "reviewer", "by", "epoch", "owner", "reason")
BEFORE = frozenset({TraceStep.RELEASE, TraceStep.EVIDENCE, TraceStep.GATE, TraceStep.PROMOTION, TraceStep.HALT})
NO_PART = BEFORE | {TraceStep.SHOWN}  # nor is who looked at it later a part of what happened
OUTCOME = "interlock.outcome"  # what is evaluated: whether a decision turned out right
Attributes = dict[str, str | bool | int | float]


def spans_of(trace: CaseTrace) -> list[ReadableSpan]:
    """The spans of a case, the case first. The same case always has the same ids: exporting it again doubles nothing.

    What gave authority long before is an event of the case's span, or one case would seem to last for weeks.
    """
    during = [link for link in trace.links if link.step not in NO_PART]
    times = [nanoseconds(link.at) for link in during]
    begun, ended = min(times, default=0), max(times, default=0)
    root = _context(trace, "case")
    case = ReadableSpan(
        name=f"case {trace.workflow}",
        context=root,
        resource=RESOURCE,
        instrumentation_scope=SCOPE,
        kind=SpanKind.INTERNAL,
        attributes=_of_case(trace),
        status=Status(StatusCode.OK) if not trace.missing else Status(StatusCode.ERROR, "; ".join(trace.missing)),
        start_time=begun,
        end_time=ended,
    )
    return [case, *(_child(trace, link, root, number, begun) for number, link in enumerate(during))]


def _child(trace: CaseTrace, link: TraceLink, root: SpanContext, number: int, begun: int) -> ReadableSpan:
    at = nanoseconds(link.at)
    return ReadableSpan(
        name=str(link.step),
        context=_context(trace, f"{number}:{link.step}:{link.digest}"),
        parent=root,
        resource=RESOURCE,
        instrumentation_scope=SCOPE,
        kind=SpanKind.CLIENT if link.step is TraceStep.EFFECT else SpanKind.INTERNAL,
        attributes=_of_link(link),
        events=tuple(_evaluated(link, at)),
        status=Status(StatusCode.OK),
        # An effect lasts from the decision to its receipt; the others are moments.
        start_time=begun if link.step is TraceStep.EFFECT else at,
        end_time=at,
    )


def _evaluated(link: TraceLink, at: int) -> Iterator[Event]:
    """What the case turned out to be, as the GenAI conventions tell an evaluation. Who said so is of the span."""
    wrong = link.facts.get("wrong") if link.step is TraceStep.OUTCOME else None
    if isinstance(wrong, int):  # 0 or 1, as it is recorded
        said: Attributes = {
            names.EVALUATION_NAME: OUTCOME,
            names.EVALUATION_LABEL: "wrong" if wrong else "right",
            names.EVALUATION_VALUE: float(not wrong),
        }
        yield Event(names.EVALUATION, said, timestamp=at)


def _of_case(trace: CaseTrace) -> Attributes:
    return {
        "interlock.workflow": trace.workflow,
        "interlock.case.key": trace.key,
        "interlock.answer": trace.answer,
        "interlock.ledger.size": trace.sealed_size,
        "interlock.ledger.root": trace.root,
        **{
            f"interlock.{link.step}.{name}": value
            for link in trace.links
            if link.step in BEFORE
            for name, value in (("entry", link.entry), ("digest", link.digest))
            if value is not None
        },
    }


def _of_link(link: TraceLink) -> Attributes:
    found: Attributes = {f"interlock.{name}": link.facts[name] for name in FACTS if _is_plain(link.facts.get(name))}
    if link.entry is not None:
        found["interlock.ledger.entry"] = link.entry
    if link.digest is not None:
        found["interlock.ledger.digest"] = link.digest
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str | bool | int | float)


def _context(trace: CaseTrace, part: str) -> SpanContext:
    case = hashlib.sha256(f"{trace.workflow}\n{trace.key}".encode()).digest()
    span = hashlib.sha256(case + part.encode()).digest()
    return SpanContext(
        trace_id=int.from_bytes(case[:16], "big"),
        span_id=int.from_bytes(span[:8], "big"),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def nanoseconds(at: str) -> int:
    """Since 1970, of a recorded time."""
    since = dt.datetime.fromisoformat(at) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return (since // dt.timedelta(microseconds=1)) * 1_000
