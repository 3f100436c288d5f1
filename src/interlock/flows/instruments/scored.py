"""Score an instrument from what is on record, today or as of an earlier date."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interlock.engine.instruments.probes import Facts, Probed
from interlock.engine.instruments.probing import probe
from interlock.engine.instruments.scoring import Given, Scored, score
from interlock.engine.instruments.theatre import probe_portfolio
from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.portfolio import recorded
from interlock.flows.portfolio.read import read_portfolio, read_standings
from interlock.flows.rollout.known import known_row
from interlock.ports.store import Reading
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Answer, Instrument, Sheet
from interlock.terms.portfolio import Portfolio, Standing


@dataclass(frozen=True, slots=True)
class InMemory:
    """What somebody who asks often keeps in memory: every sheet of the subject, oldest first, and the portfolio."""

    sheets: Sequence[Sheet]
    portfolio: Portfolio


def sheets(reading: Reading, instrument: Instrument, subject: str, *, since: int = 0) -> Iterator[Sheet]:
    """Every sheet on record from an entry on, oldest first."""
    workflow = subject if instrument.about == "workflow" else None
    for entry in reading.entries_of("instrument.answered", workflow, since=since):
        if entry.body["instrument"] == instrument.id and entry.body["subject"] == subject:
            yield recorded.sheet(entry)


def given(answered: Iterable[Sheet]) -> Mapping[str, Given]:
    """The newest answer to each item, with whose it is and from when."""
    return {
        one.item: Given(one, sheet.by, sheet.at, sheet.entry)
        for sheet in answered
        for one in sheet.answers
    }  # fmt: skip


def scored(
    reading: Reading,
    instrument: Instrument,
    subject: str,
    *,
    now: dt.datetime,
    until: dt.datetime | None = None,
    kept: InMemory | None = None,
) -> Scored:
    """The score now, with what records say beside the answers; as of an earlier time `until`, the answers alone.

    A person is scored by their own answers; `by_person` has those of peers. What could be measured at an earlier time
    is not reconstructed. Raises BadInput for an unknown workflow.
    """
    at = stamp(now if until is None else min(until, now))
    every = sheets(reading, instrument, subject) if kept is None else kept.sheets
    answers = given(own_sheets(instrument, subject, (one for one in every if one.at <= at)))

    def portfolio() -> Portfolio:
        return read_portfolio(reading, now) if kept is None else kept.portfolio

    if instrument.about != "workflow":
        return _elsewhere(reading, instrument, subject, answers, at=at, portfolio=None if until else portfolio)
    known_row(reading, subject)
    on_file = reading.evidence(subject)
    if kept is None:
        (standing,) = read_standings(reading, [subject], now, reading.queue_lengths(stamp(now), subject))
    else:
        standing = next(one for one in kept.portfolio.standings if one.definition.name == subject)
    since = stamp(now - dt.timedelta(days=standing.definition.rollout.evidence_days))
    probed: Mapping[str, Probed] = {}
    if until is None:
        probed = probe(instrument, _facts(standing, on_file, since, now))
    return score(
        instrument,
        subject,
        answers,
        at=at,
        probed=probed,
        evidence={one.digest: one for one in on_file},
        release=standing.release,
        evidence_since=since,
    )


def own_sheets(instrument: Instrument, subject: str, every: Iterable[Sheet]) -> Iterator[Sheet]:
    """Those that count for the score: of a person's, what they answered themselves."""
    return (one for one in every if instrument.about != "person" or same_person(one.by, subject))


def by_person(every: Iterable[Sheet]) -> Mapping[str, Mapping[str, Given]]:
    """Each person's newest answers about one subject, by their name."""
    people: dict[str, list[Sheet]] = {}
    for sheet in every:
        people.setdefault(next((who for who in people if same_person(who, sheet.by)), sheet.by), []).append(sheet)
    return {who: given(theirs) for who, theirs in people.items()}


def _elsewhere(
    reading: Reading,
    instrument: Instrument,
    subject: str,
    answers: Mapping[str, Given],
    *,
    at: str,
    portfolio: Callable[[], Portfolio] | None,
) -> Scored:
    """Evidence of any workflow may stand behind answers about an organisation, a person or a vendor."""
    on_file = _evidence(reading, (one.answer for one in answers.values()))
    probed: Mapping[str, Probed] = {}
    if portfolio is not None and instrument.about == "organisation":
        probed = probe_portfolio(instrument, portfolio())
    return score(instrument, subject, answers, at=at, probed=probed, evidence=on_file)


def cited_evidence(reading: Reading, every: Iterable[Sheet]) -> Mapping[str, Evidence]:
    """What these sheets cite and the store holds, by digest."""
    return _evidence(reading, (one for sheet in every for one in sheet.answers))


def _evidence(reading: Reading, answers: Iterable[Answer]) -> Mapping[str, Evidence]:
    cited = {digest for one in answers for digest in one.evidence}
    found = {digest: reading.evidence_by_digest(digest) for digest in cited}
    return {digest: one for digest, one in found.items() if one is not None}


def _facts(standing: Standing, evidence: tuple[Evidence, ...], since: str, now: dt.datetime) -> Facts:
    every = standing.definition.rollout.drill_every_days
    drill_since = None if every is None else stamp(now - dt.timedelta(days=every))
    return Facts(standing, evidence, since, drill_since)
