"""What the first page of the gateway shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from interlock.engine.gateway.limits.words import amounted, set_in, whose
from interlock.engine.gateway.rule_words import rule_words
from interlock.flows.gateway.evidence.seen import TrafficOverview
from interlock.ports.gateway.traffic import SumBy, TrafficSum
from interlock.surfaces.web.cells import Cell, Link, Measure, Picture, Words
from interlock.surfaces.web.charts import interval_bar
from interlock.surfaces.web.gateway.asked import BY, DAYS, period
from interlock.surfaces.web.tables import Column, Table
from interlock.terms import words
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.traffic import Per, Unit

MICRO = 1_000_000
NO_NAME = "(none)"
HEADINGS = {SumBy.WORKFLOW: "Workflow", SumBy.CLIENT: "Client", SumBy.MODEL: "Model that answered", SumBy.DAY: "Day"}
P50, P95 = 0.50, 0.95
EMPTY = (
    "Nothing passed the gateway in this time. Say where models are with `interlock gateway apply -f gateway.yaml`, "
    "make a key under Settings, and give an application the gateway's address instead of the model's."
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the overview, with its denominator behind it; `href` leads to what it counts."""

    name: str
    main: str
    behind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to the same page asked otherwise; `chosen`: it is how it is asked now."""

    words: str
    href: str
    chosen: bool


def choices(by: SumBy, days: int) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """For how long, and by what."""

    def href(by: SumBy, days: int) -> str:
        return f"/gateway?{urlencode({'by': by.value, 'days': days})}"

    spans = tuple(Choice(period(one).removeprefix("in the "), href(by, one), one == days) for one in DAYS)
    return spans, tuple(Choice(f"by {one.value}", href(one, days), one is by) for one in BY)


def usd(micro_usd: int) -> str:
    """Micro-dollars as money."""
    return words.money(micro_usd / MICRO)


def title(total: TrafficSum, days: int) -> str:
    """The conclusion: how much passed, how much did not, and for how much money."""
    if not total.requests:
        return f"Nothing passed the gateway {period(days)}"
    amiss = f"{words.count(total.refused) if total.refused else 'none'} {_was(total.refused)} refused"
    doubt = f", the end of {words.count(total.in_doubt)} is not known" if total.in_doubt else ""
    asked = words.plural(total.requests, "request")
    return f"{asked} {period(days)} for {usd(total.cost_micro_usd)}: {amiss}{doubt}"


def _was(number: int) -> str:
    return "were" if number > 1 else "was"


def figures(found: TrafficOverview) -> tuple[Figure, ...]:
    """Each with its denominator."""
    total = found.total
    of = f"of {words.count(total.requests)}"
    listed = f"/gateway/requests?{urlencode({'since': found.since})}"
    amiss = f"/gateway/requests?{urlencode({'since': found.since, 'amiss': '1'})}"
    counted = f"of the newest {words.count(len(found.latencies_ms))}"
    tokens = total.input_tokens + total.output_tokens
    return (
        Figure("Requests", words.count(total.requests), f"since {words.moment(found.since)}, 00:00 UTC", listed),
        Figure("Spent", usd(total.cost_micro_usd), words.plural(tokens, "token")),
        Figure("Refused", words.count(total.refused), of, amiss),
        Figure("Failed", words.count(total.failed), of, amiss),
        Figure("In doubt", words.count(total.in_doubt), of, amiss),
        Figure("From the cache", words.count(total.cached), of),
        Figure("Latency, median", _latency(found, P50), counted),
        Figure("Latency, 95 of 100", _latency(found, P95), counted),
    )


def _latency(found: TrafficOverview, share: float) -> str:
    value = found.latency_ms(share)
    return words.NOT_MEASURED if value is None else words.milliseconds(value)


def sums_table(by: SumBy, days: int) -> Table[TrafficSum]:
    """Sums by one thing over some days."""
    return Table(
        "/gateway",
        f"Requests by {by}",
        (
            Column("name", HEADINGS[by], _name, lambda one: _named(one, by)),
            Column("requests", "Requests", lambda one: one.requests, numeric=True),
            Column("refused", "Refused", lambda one: one.refused, _share(lambda one: one.refused), numeric=True),
            Column("failed", "Failed", lambda one: one.failed, _share(lambda one: one.failed), numeric=True),
            Column("in_doubt", "In doubt", lambda one: one.in_doubt, numeric=True),
            Column("cached", "Cached", lambda one: one.cached, numeric=True),
            Column("input_tokens", "Tokens in", lambda one: one.input_tokens, numeric=True),
            Column("output_tokens", "Tokens out", lambda one: one.output_tokens, numeric=True),
            Column(
                "cost_micro_usd", "Spent", lambda one: one.cost_micro_usd,
                lambda one: Words(usd(one.cost_micro_usd)), numeric=True,
            ),
            Column("latency_mean_ms", "Latency, mean", _mean_ms, _mean, numeric=True),
        ),
        EMPTY,
        fixed={"by": by.value, "days": str(days)},
    )  # fmt: skip


def _name(one: TrafficSum) -> str:
    return one.by[0] or NO_NAME


def _named(one: TrafficSum, by: SumBy) -> Link | Words:
    name = one.by[0]
    if not name:
        return Words(NO_NAME, "no model answered" if by is SumBy.MODEL else "")
    if by is SumBy.DAY:
        return Words(words.moment(name))
    if by is SumBy.MODEL:
        return Words(name)
    href = f"/gateway/requests?{urlencode({by.value: name})}"
    return Link(name, href)


def _share(count: Callable[[TrafficSum], int]) -> Callable[[TrafficSum], Measure]:
    """A count with its share of the requests behind it."""

    def shown(one: TrafficSum) -> Measure:
        n = count(one)
        return Measure(words.count(n), words.percent(n / one.requests) if n else "")

    return shown


def _mean_ms(one: TrafficSum) -> float | None:
    return round(one.latency_ms / one.answered, 1) if one.answered else None


def _mean(one: TrafficSum) -> Words:
    value = _mean_ms(one)
    return Words(words.NOT_MEASURED if value is None else words.milliseconds(value))


def limit_rows(uses: Sequence[LimitUse]) -> list[list[Cell]]:
    """Limits that are in force or were used, the nearest to their end first."""
    ordered = sorted(uses, key=lambda one: -(one.used / one.most if one.most else 0.0))
    return [[_whose(one), _used(one), Words(_WINDOWS[one.per], _until(one))] for one in ordered]


_WINDOWS = {Per.MINUTE: "this minute", Per.DAY: "this day (UTC)", Per.MONTH: "this month (UTC)"}


def rule_rows(found: TrafficOverview) -> list[list[Cell]]:
    """What refused, in words and as it is on record, and how many of those looked at."""
    of = f"of {words.count(found.looked_amiss)}"
    return [
        [Link(words.capital(rule_words(rule)), _refused_href(rule, found.since), rule), Measure(words.count(n), of)]
        for rule, n in found.rules
    ]


def _refused_href(rule: str, since: str) -> str:
    return f"/gateway/requests?{urlencode({'rule': rule, 'since': since})}"


def _amount(unit: Unit, amount: int) -> str:
    return usd(amount) if unit is Unit.MICRO_USD else amounted(unit, amount)


def _until(one: LimitUse) -> str:
    return f"until {words.moment(one.window_ends)}"


def _whose(one: LimitUse) -> Words:
    model = f", for the model {one.model}" if one.model else ""
    return Words(words.capital(whose(one.of, one.name, one.where)), f"{set_in(one.where)}{model}")


def _used(one: LimitUse) -> Picture | Words:
    said = _amount(one.unit, one.used)
    if one.most is None:
        return Words(said, "no such limit is in force any more")
    most = _amount(one.unit, one.most)
    if not one.most:
        return Words(f"{said} of {most}")
    drawn = interval_bar(0.0, float(one.used), None, top=float(max(one.most, one.used)), limit=float(one.most))
    return Picture(drawn, said, under=f"{words.percent(one.used / one.most)} of {most}")
