"""What people found when they evaluated a vendor: the score of each area, the answers to questions, the history."""

from collections.abc import Iterator, Sequence

from interlock.engine.instruments.evaluated import Evaluated
from interlock.engine.instruments.scales import range_of
from interlock.engine.instruments.scoring import ItemScore, Scored
from interlock.engine.reporting.figures import NOBODY, counted, figure
from interlock.engine.reporting.unknowns import told
from interlock.terms.briefing import Cell, Figure, Grid, Passage
from interlock.terms.instrument import Scale
from interlock.terms.portfolio import Standing
from interlock.terms.story import Tone

LOW = 2  # a score that is not at least partial
OPINION = "opinion: cites no evidence"


def evaluation(name: str, found: Sequence[Evaluated], users: Sequence[Standing], owner: str | None) -> Passage:
    """The section of one vendor. `users` are the workflows that depend on it, `owner` is who is to find out."""
    part = f"{name}: evaluation"
    if not found:
        title = f"Nobody has evaluated {name}"
        said = f"`interlock instrument answer vendor-evaluation --subject '{name}'` fills this table"
        return Passage(title, grids=(Grid("Vendor evaluation", ("Area", "Score"), (), said),),
                       tone=Tone.INCONCLUSIVE, part=part)  # fmt: skip
    grids = tuple(grid for one in found for grid in _grids(one, owner))
    changed = _changed_since(found, users)
    titles = [_title(one) for one in found]
    title = f"{name}: {'; '.join(titles)}"
    again = f"; to be looked at again, {counted(len(changed), 'workflow', 'workflows')} changed since"
    title += again if changed else ""
    lines = tuple(_lines(found, changed))
    sound = not changed and all(_is_sound(one) for one in found)
    return Passage(title, lines, grids=grids, tone=Tone.PASSED if sound else Tone.INCONCLUSIVE, part=part)


def _title(one: Evaluated) -> str:
    scored = one.now
    if one.instrument.scale is Scale.TEXT:
        answered = sum(item.given is not None for item in scored.items)
        return f"{answered} of {counted(len(scored.items), 'question', 'questions')} answered"
    low = [item.title for item in scored.items if item.given is not None and item.high <= LOW]
    return f"{_total(scored)} of {scored.best}" + (f", low in {', '.join(low)}" if low else "")


def _total(scored: Scored) -> str:
    return f"{scored.low}" if scored.low == scored.high else f"{scored.low} to {scored.high}"


def _is_sound(one: Evaluated) -> bool:
    scored = one.now
    low = any(item.high <= LOW for item in scored.items) and one.instrument.scale is not Scale.TEXT
    return not (low or scored.unanswered or (scored.unbacked and one.instrument.scale is not Scale.TEXT))


def _changed_since(found: Sequence[Evaluated], users: Sequence[Standing]) -> list[Standing]:
    """Workflows whose release was defined after the vendor was looked at."""
    looked_at = max(one.now.at for one in found)
    return [each for each in users if each.defined_at > looked_at]


def _lines(found: Sequence[Evaluated], changed: Sequence[Standing]) -> Iterator[str]:
    functions = ", ".join(found[0].instrument.reviewed_by)
    again = found[0].instrument.revisit
    if functions:
        yield f"Looked at together by {functions}; to be answered again {again or 'when its scope changes'}."
    for each in changed:
        yield f"{each.definition.name} changed on {each.defined_at[:10]}, after this was answered."


def _grids(one: Evaluated, owner: str | None) -> Iterator[Grid]:
    if one.instrument.scale is Scale.TEXT:
        rows = tuple(_answer(one, item, owner) for item in one.now.items)
        yield Grid(one.instrument.title, ("Question", "Answer", "What shows it", "By", "On"), rows)
        return
    rows = tuple(_area(one, item, owner) for item in one.now.items)
    header = ("Area", "Score", "What was found", "What shows it", "By", "On")
    yield Grid(f"{one.instrument.title}: {_total(one.now)} of {one.now.best}", header, rows)
    if len(one.history) > 1:
        yield _history(one)


def _area(one: Evaluated, item: ItemScore, owner: str | None) -> tuple[Cell, ...]:
    low, high = range_of(one.instrument.scale)
    if item.given is None:
        return item.title, told(f"score of {item.title}", None, owner), "", "", "", ""
    given = item.given
    seen = given.answer.evidence or (f"entry {given.entry}",)
    tone = Tone.FAILED if item.high <= LOW else Tone.NEUTRAL
    score = Figure(item.title, f"{given.answer.value} of {high}", float(given.answer.value or low), f"of {high}",
                   evidence=seen, tone=tone)  # fmt: skip
    return item.title, score, given.answer.words, _shown_by(item), given.by, given.at[:10]


def _answer(one: Evaluated, item: ItemScore, owner: str | None) -> tuple[Cell, ...]:
    asked = next(each.question for each in one.instrument.items if each.id == item.item)
    if item.given is None:
        return asked, told(f"answer to '{item.title}'", None, owner), "", "", ""
    return asked, item.given.answer.words, _shown_by(item), item.given.by, item.given.at[:10]


def _shown_by(item: ItemScore) -> Cell:
    """What an answer cites, or that it cites nothing."""
    evidence = item.given.answer.evidence if item.given else ()
    if not evidence:
        return OPINION
    if not item.backed:
        return "evidence that shows nothing any more, or a model's alone"
    return figure(f"evidence of {item.title}", len(evidence), evidence=evidence)


def _history(one: Evaluated) -> Grid:
    """What it came to after each sheet."""
    rows = tuple(
        (
            sheet.at[:10],
            sheet.by or NOBODY,
            Figure(f"total on {sheet.at[:10]}", f"{_total(then)} of {then.best}", float(then.low), "points",
                   evidence=(f"entry {sheet.entry}",)),
            f"{sum(item.given is not None for item in then.items)} of {len(then.items)}",
        )
        for sheet, then in zip(one.sheets, one.history, strict=True)
    )  # fmt: skip
    return Grid("How it was scored over time", ("On", "By", "Total", "Areas answered"), rows)
