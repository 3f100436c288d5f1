"""When traffic is unlike itself: rules that say how often they are wrong.

Spend, failures and refusals of a client are counted by day, and a count only rises. Today is told once its score is
above that of each of the n days before. A day's score is its count over what days of its weekday have on average, plus
a tenth of what all days have (or a weekday on which nothing ever is would be told for a trifle); today counts among
both, as each other day does. n + 1 is a number of whole weeks.

Where days are exchangeable (alike, whatever their distribution), so are their scores, and today's is above all others
with a probability of at most 1 / (n + 1), less where days tie. Where only days of the same weekday are alike, each
weekday has its own rate, and the average over the days of a week is at most that: whichever day of the n + 1 is the
highest, it is today for one of the n + 1 places where a window can begin. So 1 / (n + 1) is the rate of false alarms a
day, for one client and one rule. A client whose traffic grows is told more often. (The scores are those of full
conformal prediction, Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005, chapter 2.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interlock.terms.gateway.unusual import Unusual, UnusualRule
from interlock.terms.words import money, plural

WEEK = 7
PAST_MIN = 3 * WEEK - 1  # with fewer days a new highest one says too little: more than one in 21 would be one by chance
PAST_MAX = 13 * WEEK - 1
OF_ALL_DAYS = 0.1
TOLD_FROM = 5  # fewer failures or refusals a day concern nobody, whatever the days before were
FEW_MICRO_USD = 1_000_000
MICRO_USD = 1_000_000


@dataclass(frozen=True, slots=True)
class ClientDay:
    """What a client did on a day (UTC)."""

    day: str
    cost_micro_usd: int
    failed: int
    refused: int


@dataclass(frozen=True, slots=True)
class Past:
    """A client's days without a gap, from its first one on, today last."""

    client: str
    workflow: str
    tenant: str | None
    days: tuple[ClientDay, ...]


def above_all_before(past: Past) -> Iterator[Unusual]:
    """What of today is above each of the days before, for its weekday. Nothing with fewer than `PAST_MIN` of these."""
    weeks = min(len(past.days), PAST_MAX + 1) // WEEK
    days = past.days[len(past.days) - weeks * WEEK :]
    if len(days) <= PAST_MIN:
        return
    measures = (
        (UnusualRule.SPEND, "cost_micro_usd", FEW_MICRO_USD),
        (UnusualRule.FAILURES, "failed", TOLD_FROM),
        (UnusualRule.REFUSALS, "refused", TOLD_FROM),
    )
    for rule, name, least in measures:
        counts: list[int] = [getattr(day, name) for day in days]
        if counts[-1] >= least and _is_highest(counts):
            yield _above(past, rule, counts)


def _is_highest(counts: Sequence[int]) -> bool:
    """Whether the last one has the highest score of whole weeks; no two are."""
    weeks, of_all = len(counts) // WEEK, OF_ALL_DAYS * sum(counts) / len(counts)
    levels = [sum(counts[day::WEEK]) / weeks + of_all for day in range(WEEK)]
    scores = [count / levels[number % WEEK] if count else 0.0 for number, count in enumerate(counts)]
    return scores[-1] > max(scores[:-1])


def first_models(past: Past, models: Mapping[str, Iterable[str]], *, told_after: int = 1) -> Iterator[Unusual]:
    """Models that a client used today for the first time; `models` are those of each day.

    Not on its first `told_after` days: then every model is a first one.
    """
    if len(past.days) <= told_after:
        return
    day = past.days[-1].day
    before = {model for other, used in models.items() if other != day for model in used}
    for model in sorted(set(models.get(day, ())) - before - {""}):
        words = f"{past.client} used the model {model} for the first time"
        facts: dict[str, int | float | str] = {"model": model, "days_before": len(past.days) - 1}
        yield Unusual(UnusualRule.FIRST_MODEL, f"{past.client}: {model}", day, words, facts, past.workflow, past.tenant)


def risen(
    rule: UnusualRule, count: int, *, day: str, of: str = "", workflow: str | None = None, tenant: str | None = None
) -> Unusual | None:
    """A count of what should not be there at all: told at the first one, and again at each tenfold; None for none.

    So a flood is a few notices. Who was told of a level is not told again: its subject is the same.
    """
    if count < 1:
        return None
    level = 10 ** (len(str(count)) - 1)
    what = {
        UnusualRule.INJECTION: f"a prompt injection was found in {plural(count, 'request')} of {of} today",
        UnusualRule.STRANGERS: f"{plural(count, 'request')} today came from callers whom nobody knows",
    }[rule]
    subject = f"{of}: {level}" if of else str(level)
    return Unusual(rule, subject, day, what, {"requests": count}, workflow, tenant)


def of_segment(
    name: str, day: str, *, in_doubt: int, reserved_micro_usd: int, flaws: int, lost: int
) -> Iterator[Unusual]:
    """What a person ought to hear of a segment: requests whose end nobody will know, lines that are not as written."""
    if in_doubt:
        them, they = ("it", "it") if in_doubt == 1 else ("them", "they")
        words = (
            f"a worker of the gateway ended before {plural(in_doubt, 'request')} did: nobody knows what became of "
            f"{them}, and the {money(reserved_micro_usd / MICRO_USD)} that {they} reserved stay charged"
        )
        facts: dict[str, int | float | str] = {"requests": in_doubt, "reserved_micro_usd": reserved_micro_usd}
        yield Unusual(UnusualRule.IN_DOUBT, name, day, words, facts)
    if flaws or lost:
        words = (
            f"the trace of traffic {name} is not as it was written: {plural(flaws, 'line')} altered or missing, "
            f"{plural(lost, 'request')} without a beginning; interlock gateway verify says which"
        )
        yield Unusual(UnusualRule.TRACE, name, day, words, {"lines": flaws, "requests": lost})


def _above(past: Past, rule: UnusualRule, counts: Sequence[int]) -> Unusual:
    now, highest, same, n = counts[-1], max(counts[:-1]), max(counts[-1 - WEEK :: -WEEK]), len(counts) - 1

    def said(value: int) -> str:
        if rule is UnusualRule.SPEND:
            return money(value / MICRO_USD)
        return plural(value, "refusal" if rule is UnusualRule.REFUSALS else "failure")

    did = f"spent {said(now)}" if rule is UnusualRule.SPEND else f"had {said(now)}"
    before = f"at most {said(highest)}" if highest else "none at all"
    weekday = "" if same == highest else f"at most {said(same)} on it before, and "
    words = (
        f"{past.client} {did} today, more than this day of the week explains: {weekday}{before} on any of the {n} days "
        f"before; by chance that is so on one day in {n + 1} at most"
    )
    unit = "micro_usd" if rule is UnusualRule.SPEND else "requests"
    facts = {
        f"today_{unit}": now,
        f"highest_before_{unit}": highest,
        f"highest_same_weekday_{unit}": same,
        "days_before": n,
    }
    return Unusual(rule, past.client, past.days[-1].day, words, facts, past.workflow, past.tenant)


def without_gaps(days: Sequence[ClientDay], all_days: Sequence[str]) -> tuple[ClientDay, ...]:
    """A client's days from its first one on, with zeros where it did nothing; the last of `all_days` is today."""
    known = {one.day: one for one in days}
    begun = min(known, default=all_days[-1])
    return tuple(known.get(day, ClientDay(day, 0, 0, 0)) for day in all_days if day >= begun)
