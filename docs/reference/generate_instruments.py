"""Write instruments.md from the packs: python docs/reference/generate_instruments.py."""

from pathlib import Path

from interlock.adapters.packs.instruments import read_instruments
from interlock.engine.instruments.scales import range_of
from interlock.terms.instrument import Instrument

PAGE = Path(__file__).with_name("instruments.md")
HEAD = """\
# Instruments

Every scorecard, checklist and diagnostic with its items. This page is made from their packs.
[Score readiness](../how-to/score-readiness.md) says how to answer and read them.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(part for one in read_instruments() for part in _section(one))])


def _section(one: Instrument) -> list[str]:
    lines = [f"## {one.title}", "", one.purpose, ""]
    lines += [f"`{one.id}`, {len(one.items)} items, answered `{one.scale.value}`, about a {one.about}."]
    if one.reviewed_by:
        lines += [f"Answered together by {', '.join(one.reviewed_by)}."]
    if one.revisit:
        lines += [f"Answered anew {one.revisit}."]
    lines += [f"- {value}: {words}" for value, words in enumerate(one.levels, start=range_of(one.scale)[0])]
    lines += [f"- {band.low} to {band.high}: {band.means}" for band in one.bands]
    lines += [f"- {', '.join(rule.items) or 'any item'} below {rule.below}: {rule.then}" for rule in one.hard_rules]
    lines += ["", "| item | checks | asks | worrying | on record |", "| --- | --- | --- | --- | --- |"]
    for item in one.items:
        flags, probe = "; ".join(item.red_flags), f"`{item.measured_by}`" if item.measured_by else ""
        lines += [f"| `{item.id}` | {item.check} | {item.question} | {flags} | {probe} |"]
    return [*lines, ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
