"""What a sheet of answers adds up to, and what stands against it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from interlock.engine.instruments.probes import Probed
from interlock.engine.instruments.scales import range_of
from interlock.terms.evidence import Evidence, EvidenceClass
from interlock.terms.instrument import Answer, Band, HardRule, Instrument, Item, Scale

NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Given:
    """The newest answer to one item, by whom and from when."""

    answer: Answer
    by: str
    at: str
    entry: int


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item: what a person said, what was measured, and the range that counts.

    `contradicted`: the answer lies outside what was measured; both count, as the ends of a range. `opinion`: it cites
    no evidence. `stale` and `other_release` are digests that it cites and that no longer hold. `backed`: records or
    evidence that holds, and that is not a model's alone, stand behind it.
    """

    item: str
    title: str
    given: Given | None
    measured: Probed | None
    low: int
    high: int
    contradicted: bool = False
    opinion: bool = False
    stale: tuple[str, ...] = ()
    other_release: tuple[str, ...] = ()
    backed: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """A whole instrument for one subject.

    The total is a range while something is missing or contradicted; `band` is "not decided" unless all of it lies in
    one. `rules_held` hold for certain; `rules_open` may hold, and forbid as well until the missing answers are there.
    """

    instrument: str
    version: str
    subject: str
    at: str
    low: int
    high: int
    best: int
    band: str
    best_band: bool
    rules_held: tuple[str, ...]
    rules_open: tuple[str, ...]
    unanswered: tuple[str, ...]
    contradicted: tuple[str, ...]
    unbacked: tuple[str, ...]
    items: tuple[ItemScore, ...]

    @property
    def may_scale(self) -> bool:
        """Whether the best band is decided, every answer is backed, and no rule or record stands against it."""
        against = (self.rules_held, self.rules_open, self.contradicted, self.unbacked)
        return self.best_band and not any(against)


def score(
    instrument: Instrument,
    subject: str,
    given: Mapping[str, Given],
    *,
    at: str,
    probed: Mapping[str, Probed],
    evidence: Mapping[str, Evidence],
    release: str | None = None,
    evidence_since: str = "",
) -> Scored:
    """Add up the answers. Evidence of another release, or from before `evidence_since`, no longer backs an answer."""
    items = tuple(
        _item(instrument.scale, item, given.get(item.id), probed.get(item.id), evidence, release, evidence_since)
        for item in instrument.items
    )
    low, high = sum(one.low for one in items), sum(one.high for one in items)
    return Scored(
        instrument=instrument.id,
        version=instrument.version,
        subject=subject,
        at=at,
        low=low,
        high=high,
        best=len(items) * range_of(instrument.scale)[1],
        band=band_of(instrument.bands, low, high),
        best_band=bool(instrument.bands) and low >= max(band.low for band in instrument.bands),
        rules_held=tuple(words for rule in instrument.hard_rules for words in _broken(rule, items, certain=True)),
        rules_open=tuple(words for rule in instrument.hard_rules for words in _broken(rule, items, certain=False)),
        unanswered=tuple(
            one.item for one in items if one.given is None and (one.measured is None or one.low < one.high)
        ),
        contradicted=tuple(one.item for one in items if one.contradicted),
        unbacked=tuple(one.item for one in items if one.given is not None and not one.backed),
        items=items,
    )


def band_of(bands: Iterable[Band], low: int, high: int) -> str:
    """What the band means that holds all of the range; "not decided" where none does, "" where there are no bands."""
    bands = tuple(bands)
    if not bands:
        return ""
    return next((band.means for band in bands if band.low <= low and high <= band.high), NOT_DECIDED)


def _item(
    scale: Scale,
    item: Item,
    given: Given | None,
    measured: Probed | None,
    evidence: Mapping[str, Evidence],
    release: str | None,
    since: str,
) -> ItemScore:
    low, high = range_of(scale)
    if measured is not None:
        low, high = measured.range_on(scale)
    if given is None:
        return ItemScore(item.id, item.title, None, measured, low, high)
    value = given.answer.value
    cited = [evidence[one] for one in given.answer.evidence if one in evidence]
    holds = [one for one in cited if one.at >= since and release in (None, one.release)]
    contradicted = measured is not None and value is not None and not low <= value <= high
    if value is not None:
        # Nearest to the answer of what was measured: whoever reads the total sees how far the two are apart.
        nearest = min(max(value, low), high)
        low, high = min(value, nearest), max(value, nearest)
    return ItemScore(
        item.id,
        item.title,
        given,
        measured,
        low,
        high,
        contradicted,
        opinion=not given.answer.evidence,
        stale=tuple(one.digest for one in cited if one.at < since),
        other_release=tuple(one.digest for one in cited if release is not None and one.release != release),
        backed=measured is not None or any(one.evidence_class is not EvidenceClass.MODEL for one in holds),
    )


def _broken(rule: HardRule, items: Iterable[ItemScore], *, certain: bool) -> Iterable[str]:
    named = [one for one in items if not rule.items or one.item in rule.items]
    surely = [one for one in named if one.high < rule.below]
    perhaps = [one for one in named if one.low < rule.below <= one.high]
    hit = surely if certain else perhaps
    if hit:
        yield f"{rule.then}: {', '.join(one.title for one in hit)} {'is' if certain else 'may be'} below {rule.below}"
