"""Write compliance-crosswalk.md from the packs and the controls: python docs/reference/generate_compliance.py."""

from collections.abc import Iterator
from pathlib import Path

from interlock.adapters.packs.frameworks import read_frameworks
from interlock.engine.compliance.controls import WORKFLOW_CONTROLS
from interlock.engine.compliance.organisation import ORGANISATION
from interlock.terms.compliance import Framework

PAGE = Path(__file__).with_name("compliance-crosswalk.md")
HEAD = """\
# Compliance crosswalk

What `interlock report crosswalk` looks at: frameworks and laws line by line, with the live controls behind each line.
This page is made from their packs. [Report to leaders](../how-to/report-to-leaders.md) says how to write the document.

It never says that a law or a standard is met. Each line has one of five states:

| state | means |
| --- | --- |
| in force | every control behind the line is in force, in every workflow that it concerns |
| partly in force | some of them are, or in some workflows |
| not in force | none of them is |
| nothing to look at yet | the controls concern no workflow that is on record |
| not covered by the product | no control looks at this line; people have to see to it |

"In force" speaks of the controls. What they do not look at stands beside them as left to people. What is missing is
not in force: a gate that was never judged, evidence of another release, a drill that is too old, an exception in
place of a passed check, a ledger that nobody verified.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_controls(), *(line for one in read_frameworks() for line in _framework(one))])


def _controls() -> Iterator[str]:
    yield from ("## Controls", "", "| control | in force where | who is asked |", "| --- | --- | --- |")
    for name, (title, role, _) in WORKFLOW_CONTROLS.items():
        yield f"| `{name}` | {title} | {role} owner |"
    for name, (title, responsibility, _) in ORGANISATION.items():
        yield f"| `{name}` | {title} | owner of `{responsibility}` |"
    yield ""


def _framework(one: Framework) -> Iterator[str]:
    yield from (f"## {one.title} {one.version}", "", one.caution, "")
    yield from (f"`{one.id}`, {len(one.lines)} lines. Source: {one.source}; as known on {one.known_as_on}.", "")
    if one.timelines:
        yield "| what | applies from | version | source | as known on | binding | note |"
        yield "| --- | --- | --- | --- | --- | --- | --- |"
    for timeline in one.timelines:
        for fact in timeline.facts:
            binding = "yes" if fact.binding else "not confirmed"
            cells = (fact.applies_from or "no date", fact.version, fact.source, fact.known_as_on, binding, fact.note)
            yield f"| {timeline.title} | {' | '.join(cells)} |"
    if one.timelines:
        yield ""
    yield from ("| line | asks for, in our words | controls | left to people |", "| --- | --- | --- | --- |")
    for line in one.lines:
        concerns = f" ({line.concerns})" if line.concerns else ""
        controls = ", ".join(f"`{name}`" for name in line.controls) or "not covered"
        yield f"| {line.id} | {line.asks}{concerns} | {controls} | {line.left} |"
    yield from ("", *(f"- Not known from records: {question.what}." for question in one.open_questions), "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
