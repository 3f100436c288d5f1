"""Score an instrument from what is on record, today or as of an earlier date."""

import datetime as dt
from collections.abc import Iterator, Mapping

from interlock.engine.instruments.probes import Facts, Probed
from interlock.engine.instruments.probing import probe
from interlock.engine.instruments.scoring import Given, Scored, score
from interlock.engine.instruments.theatre import probe_portfolio
from interlock.engine.rollout.people import same_person
from interlock.engine.timestamp import stamp
from interlock.flows.portfolio import recorded
from interlock.flows.portfolio.read import read_portfolio
from interlock.flows.rollout.known import known_row
from interlock.ports.store import Reading
from interlock.terms.evidence import Evidence
from interlock.terms.instrument import Instrument, Sheet
from interlock.terms.portfolio import Standing


def sheets(reading: Reading, instrument: Instrument, subject: str, *, until: str) -> Iterator[Sheet]:
    """Every sheet on record up to a time, oldest first."""
    workflow = subject if instrument.about == "workflow" else None
    for entry in reading.entries_of("instrument.answered", workflow):
        body = entry.body
        if body["instrument"] == instrument.id and body["subject"] == subject and entry.at <= until:
            yield recorded.sheet(entry)


def given(answered: Iterator[Sheet]) -> Mapping[str, Given]:
    """The newest answer to each item, with whose it is and from when."""
    return {
        one.item: Given(one, sheet.by, sheet.at, sheet.entry)
        for sheet in answered
        for one in sheet.answers
    }  # fmt: skip


def scored(
    reading: Reading, instrument: Instrument, subject: str, *, now: dt.datetime, until: dt.datetime | None = None
) -> Scored:
    """The score now, with what records say beside the answers; as of an earlier time `until`, the answers alone.

    A person is scored by their own answers; `by_person` has those of peers. What could be measured at an earlier time
    is not reconstructed. Raises BadInput for an unknown workflow.
    """
    at = stamp(now if until is None else min(until, now))
    answered = sheets(reading, instrument, subject, until=at)
    if instrument.about == "person":
        answered = (sheet for sheet in answered if same_person(sheet.by, subject))
    answers = given(answered)
    if instrument.about != "workflow":
        return _elsewhere(reading, instrument, subject, answers, at=at, now=None if until else now)
    known_row(reading, subject)
    on_file = reading.evidence(subject)
    standing = next(one for one in read_portfolio(reading, now).standings if one.definition.name == subject)
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


def by_person(
    reading: Reading, instrument: Instrument, subject: str, *, until: str
) -> Mapping[str, Mapping[str, Given]]:
    """Each person's newest answers about one subject, by their name."""
    people: dict[str, list[Sheet]] = {}
    for sheet in sheets(reading, instrument, subject, until=until):
        people.setdefault(next((who for who in people if same_person(who, sheet.by)), sheet.by), []).append(sheet)
    return {who: given(iter(theirs)) for who, theirs in people.items()}


def _elsewhere(
    reading: Reading,
    instrument: Instrument,
    subject: str,
    answers: Mapping[str, Given],
    *,
    at: str,
    now: dt.datetime | None,
) -> Scored:
    """Evidence of any workflow may stand behind answers about an organisation, a person or a vendor."""
    cited = {digest for one in answers.values() for digest in one.answer.evidence}
    found = {digest: reading.evidence_by_digest(digest) for digest in cited}
    of_organisation = now is not None and instrument.about == "organisation"
    probed = probe_portfolio(instrument, read_portfolio(reading, now)) if of_organisation and now else {}
    on_file = {digest: one for digest, one in found.items() if one is not None}
    return score(instrument, subject, answers, at=at, probed=probed, evidence=on_file)


def _facts(standing: Standing, evidence: tuple[Evidence, ...], since: str, now: dt.datetime) -> Facts:
    every = standing.definition.rollout.drill_every_days
    drill_since = None if every is None else stamp(now - dt.timedelta(days=every))
    return Facts(standing, evidence, since, drill_since)
