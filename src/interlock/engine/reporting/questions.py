"""What the state itself asks people to decide, the most pressing first."""

import datetime as dt
from collections.abc import Iterator

from interlock.engine.timestamp import moment
from interlock.terms.council import AgendaItem, Option
from interlock.terms.portfolio import Portfolio, Standing
from interlock.terms.stage import RolloutStage

WAIVER_DAYS = 30
UNDECIDED_DAYS = 60


def questions(portfolio: Portfolio) -> tuple[AgendaItem, ...]:
    """Halts, work without a grant, waivers that end, pilots that nobody decides; in this order."""
    now = moment(portfolio.as_of)
    ranked = [(rank, item) for s in portfolio.standings for rank, item in _of(s, now)]
    return tuple(item for _, item in sorted(ranked, key=lambda each: (each[0], each[1].id)))


def _of(standing: Standing, now: dt.datetime) -> Iterator[tuple[int, AgendaItem]]:
    name, rights = standing.definition.name, standing.definition.rights
    still = [i for i in standing.incidents if i.closed_at is None]
    seen = tuple(f"entry {incident.entry}" for incident in still) or (standing.release,)
    if standing.halted:
        why = f"Open: {'; '.join(i.title for i in still)}." if still else "It was killed and nobody resumed it."
        stay = Option("stay", "Keep it halted", "people do its cases by hand")
        again = Option("resume", "Resume it", "its grant holds again as it was")
        yield 0, AgendaItem(f"{name}/halt", name, f"Does {name} stay halted?", why, (stay, again), "resume",
                            rights.resume, seen)  # fmt: skip
    if standing.live_by_drift:
        stop = Option("stop", "Stop it", "people do its cases by hand")
        judge = Option("judge", "Judge its gate", "it goes on only if the gate passes and somebody promotes it")
        yield 1, AgendaItem(f"{name}/drift", name, f"Does {name} get a grant, or stop?",
                            "Cases are handled although no grant allows it.", (stop, judge), "promote",
                            rights.promote, (standing.release,))  # fmt: skip
    for waiver in standing.waivers:
        if now <= moment(waiver.expires_at) <= now + dt.timedelta(days=WAIVER_DAYS):
            why = f"It ends on {waiver.expires_at[:10]}; it was given because: {waiver.reason}."
            end = Option("end", "Let it end", f"the check counts again in gate '{waiver.gate}'")
            anew = Option("again", "Give another one", "a named person answers for it until a new date")
            question = f"Does the waiver of '{waiver.check}' of {name} end?"
            yield 2, AgendaItem(f"{name}/waiver/{waiver.entry}", name, question, why, (end, anew), "waive",
                                rights.waive, (f"entry {waiver.entry}",))  # fmt: skip
    yield from _undecided(standing, now)


def _undecided(standing: Standing, now: dt.datetime) -> Iterator[tuple[int, AgendaItem]]:
    name, rights = standing.definition.name, standing.definition.rights
    since = standing.moves[-1].at if standing.moves else standing.defined_at
    days = (now - moment(since)).days
    if standing.stage is RolloutStage.PILOT and days > UNDECIDED_DAYS:
        seen = (f"entry {standing.moves[-1].entry}",) if standing.moves else (standing.release,)
        go_on = Option("rise", "Move it on", "only if its stage gate has passed")
        back = Option("back", "Move it back or end it", "its people and money are free for something else")
        yield 3, AgendaItem(f"{name}/pilot", name, f"Does the pilot {name} go on or end?",
                            f"It has been in pilot for {days} days.", (go_on, back), "move",
                            rights.move or rights.promote, seen)  # fmt: skip
