"""The compliance crosswalk: frameworks line by line, with the live control behind each. It never says "compliant"."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from interlock.engine.compliance.controls import look_at_all, owner_of
from interlock.engine.compliance.lines import judge_lines
from interlock.engine.reporting.dates_of_law import dates
from interlock.engine.reporting.figures import figure
from interlock.terms.briefing import Briefing, Cell, Figure, Grid, Passage, Unknown
from interlock.terms.compliance import ControlFound, Framework, InForce, LineFound
from interlock.terms.portfolio import Portfolio
from interlock.terms.story import Tone

MEND_FIRST_MAX = 8
TONES: Mapping[InForce, Tone] = {
    InForce.IN_FORCE: Tone.PASSED,
    InForce.PARTLY: Tone.INCONCLUSIVE,
    InForce.NOT_IN_FORCE: Tone.FAILED,
    InForce.NOT_COVERED: Tone.NEUTRAL,
    InForce.NOTHING_TO_LOOK_AT: Tone.NEUTRAL,
}
CAUTION = (
    "A control in force says what the product does and has on record. It does not say that a line is met, and what is "
    "left to people is named beside it."
)


def compliance_crosswalk(portfolio: Portfolio, frameworks: Sequence[Framework]) -> Briefing:
    """What stands behind each line of some frameworks, as of the portfolio's moment."""
    found = look_at_all([name for one in frameworks for line in one.lines for name in line.controls], portfolio)
    judged = {one.id: judge_lines(one, found) for one in frameworks}
    lines = [line for each in judged.values() for line in each]
    hanging = Counter(name for line in lines for name in line.line.controls)
    subject = portfolio.organisation.name if portfolio.organisation else "all workflows"
    return Briefing(
        kind="compliance crosswalk",
        title=f"{len(lines)} lines: {_counts(lines)}. This is no finding of compliance",
        subject=f"{subject}: {', '.join(f'{one.title} {one.version}' for one in frameworks)}",
        as_of=portfolio.as_of,
        summary=(
            CAUTION,
            *(f"{one.title} {one.version}, {len(one.lines)} lines: {_counts(judged[one.id])}." for one in frameworks),
        ),
        passages=(
            _mend_first(found, hanging),
            *(passage for one in frameworks for passage in _framework(one, judged[one.id])),
            _controls(found, hanging),
        ),
        unknown=tuple(_unknown(portfolio, frameworks, judged, found)),
        authored_sample=portfolio.authored_sample,
        landscape=True,
    )


SAID: Mapping[InForce, str] = {
    InForce.IN_FORCE: "in force behind {}",
    InForce.PARTLY: "partly in force behind {}",
    InForce.NOT_IN_FORCE: "not in force behind {}",
    InForce.NOTHING_TO_LOOK_AT: "with nothing to look at yet behind {}",
    InForce.NOT_COVERED: "none behind {}, which the product does not cover",
}


def _counts(lines: Sequence[LineFound]) -> str:
    counted = Counter(line.state for line in lines)
    said = "; ".join(words.format(counted[state]) for state, words in SAID.items() if counted[state])
    return f"controls are {said}"


def _mend_first(found: Mapping[str, ControlFound], hanging: Mapping[str, int]) -> Passage:
    open_ones = [one for one in found.values() if one.state in (InForce.NOT_IN_FORCE, InForce.PARTLY)]
    first = sorted(open_ones, key=lambda one: (-hanging[one.control] * (1 - one.held / one.of), one.control))
    first = first[:MEND_FIRST_MAX]
    rows = tuple((one.title, _count(one), f"{hanging[one.control]}", _lacking(one)) for one in first)
    title = (
        f"Mend first: '{first[0].title}' is {first[0].state}"
        if first
        else "No control that was looked at lacks anything"
    )
    header = ("Control", "In force in", "Lines that rest on it", "Where it is not, why, and who is asked")
    grid = Grid("Controls that are not in force everywhere, first those that most rests on", header, rows, "none")
    tone = Tone.INCONCLUSIVE if first else Tone.PASSED
    return Passage(title, (CAUTION,), grids=(grid,), tone=tone, part="Mend first")


def _framework(framework: Framework, lines: Sequence[LineFound]) -> Iterator[Passage]:
    named = f"{framework.title} {framework.version}"
    concerns = ("Concerns",) if any(line.line.concerns for line in lines) else ()
    header = ("Line", "Asks for, in our words", *concerns, "Live controls behind it", "State", "Left to people")
    caption = f"{named}: each line, with one evidence a control; all of it is in the table of controls"
    rows = tuple(_row(line, with_concerns=bool(concerns)) for line in lines)
    told = (framework.caution, f"Source: {framework.source}; as known on {framework.known_as_on}.")
    yield Passage(
        f"{named}, {len(lines)} lines: {_counts(lines)}",
        told,
        grids=(Grid(caption, header, rows),),
        tone=Tone.NEUTRAL,
        part=framework.title,
    )
    if framework.timelines:
        yield dates(framework)


def _row(line: LineFound, *, with_concerns: bool) -> tuple[Cell, ...]:
    behind = "; ".join(f"{one.title} ({one.held} of {one.of})" for one in line.controls) or "none"
    concerns = (line.line.concerns,) if with_concerns else ()
    return (
        line.line.id,
        line.line.asks,
        *concerns,
        behind,
        _state(line),
        line.line.left or "as far as the controls go",
    )


def _state(line: LineFound) -> Cell:
    if line.state in (InForce.NOT_COVERED, InForce.NOTHING_TO_LOOK_AT):
        return str(line.state)
    whole = sum(1 for one in line.controls if one.state is InForce.IN_FORCE)
    shown = f"{line.state}: {whole} of {len(line.controls)}"
    evidence = tuple(dict.fromkeys(one.evidence[0] for one in line.controls if one.evidence))
    return Figure(line.line.id, shown, float(whole), "controls", evidence=evidence, tone=TONES[line.state])


def _count(one: ControlFound) -> Cell:
    if one.state is InForce.NOTHING_TO_LOOK_AT:
        return str(one.state)
    unit = "workflows" if one.of != 1 or any(each.workflow for each in one.lacking) else ""
    made = figure(one.title, float(one.held), unit, evidence=one.evidence, tone=TONES[one.state])
    return Figure(made.label, f"{one.held} of {one.of}", made.value, unit, evidence=made.evidence, tone=made.tone)


def _lacking(one: ControlFound) -> str:
    alike: dict[tuple[str, str], list[str]] = {}
    for lack in one.lacking:
        alike.setdefault((lack.says, lack.owner), []).append(lack.workflow)
    each = (f"{says} ({owner}){_where(names)}" for (says, owner), names in alike.items())
    return "; ".join(each) or "nowhere"


def _where(workflows: Sequence[str]) -> str:
    names = ", ".join(name for name in workflows if name)
    return f": {names}" if names else ""


def _controls(found: Mapping[str, ControlFound], hanging: Mapping[str, int]) -> Passage:
    rows = tuple(
        (one.title, str(one.state), _count(one), f"{hanging[one.control]}", _lacking(one)) for one in found.values()
    )
    whole = sum(1 for one in found.values() if one.state is InForce.IN_FORCE)
    header = ("Control", "State", "In force in", "Lines that rest on it", "Where it is not, why, and who is asked")
    grid = Grid("Every control that was looked at", header, rows)
    title = f"{whole} of {len(found)} controls are in force wherever they concern somebody"
    return Passage(title, grids=(grid,), part="Controls")


def _unknown(
    portfolio: Portfolio,
    frameworks: Sequence[Framework],
    judged: Mapping[str, Sequence[LineFound]],
    found: Mapping[str, ControlFound],
) -> Iterator[Unknown]:
    for one in frameworks:
        for question in one.open_questions:
            yield Unknown(f"{one.title}: {question.what}", owner_of(question.responsibility, portfolio))
        owner = owner_of("technology-risk", portfolio)
        for line in judged[one.id]:
            if line.state is InForce.NOT_COVERED:
                yield Unknown(f"{one.title} {line.line.id}: {line.line.left}", owner)
    for control in found.values():
        if control.state is InForce.NOTHING_TO_LOOK_AT:
            yield Unknown(f"{control.title}: no workflow that it concerns", owner_of("technology-risk", portfolio))
