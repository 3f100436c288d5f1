"""`interlock select`: which use case first, and how firm that order is."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.problem.use_case import missing_of_use_case
from interlock.engine.selection.matrix import EQUAL, rank
from interlock.surfaces.cli.store_options import JsonOption, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.selection import Candidate, Criterion, Ranking

NEEDED = ("name", "problem", *Criterion)
CANDIDATES_MAX = 200


def select_command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, one candidate a row.")],
    *,
    weights: Annotated[str, typer.Option(help="Such as impact=3,data=2; what is not named has weight 1.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Rank use cases by five scores, and say how far the order hangs on the weights.

    Columns: `name`, `problem` (the file of its problem statement, beside FILE), the scores `impact`, `complexity` (5 is
    the hardest; it counts the other way round), `alignment`, `data`, `resources`, each 1 to 5, and if you like
    `evidence`. What is an idea only, because its statement lacks a part, is listed and not scored. A quick win has an
    impact of 4 or 5 and a complexity of 1 or 2.

    Examples:

    - `interlock select candidates.csv`
    - `interlock select candidates.csv --weights impact=3,data=2 --json`

    Exit status: 0 ranked; 2 the file, a score or a weight cannot be used.
    """
    box = toolbox(context)
    wanted = _weights(weights)
    candidates, ideas = _candidates(box, file)
    ranking = rank(candidates, wanted)
    if as_json:
        show_json(box, {"ranking": ranking, "ideas": [{"name": name, "missing": parts} for name, parts in ideas]})
        return
    _tell(box, ranking, candidates=len(candidates) + len(ideas))
    for name, parts in ideas:
        box.out.print(Text(f"not scored: {printable(name)} is an idea; it lacks {', '.join(parts)}"), soft_wrap=True)


def _weights(given: str) -> dict[Criterion, float]:
    wanted = dict(EQUAL)
    for part in filter(None, (one.strip() for one in given.split(","))):
        name, _, number = part.partition("=")
        try:
            wanted[Criterion(name.strip())] = float(number)
        except ValueError as exc:
            raise BadInput(f"--weights {part}: write NAME=NUMBER with one of {', '.join(Criterion)}") from exc
    if not all(0 <= weight <= 1_000_000 for weight in wanted.values()) or not any(wanted.values()):
        raise BadInput(f"--weights {given}: each must be 0 to 1,000,000, and one above 0")
    return wanted


def _candidates(box: Toolbox, file: Path) -> tuple[list[Candidate], list[tuple[str, tuple[str, ...]]]]:
    table = box.read_table()(file, rows_max=CANDIDATES_MAX + 1, seed=0, skip_broken=False, progress=lambda _a, _b: None)
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        raise BadInput(f"{file}: lacks the columns {', '.join(missing)}; it has {', '.join(table.columns)}")
    if len(table.rows) > CANDIDATES_MAX:
        raise BadInput(f"{file}: over {CANDIDATES_MAX} candidates; leave out those that nobody would do")
    candidates: list[Candidate] = []
    ideas: list[tuple[str, tuple[str, ...]]] = []
    for line, cells in zip(table.lines, table.rows, strict=True):
        row = dict(zip(table.columns, cells, strict=True))
        place, name = f"{file}:{line}", row["name"].strip()
        if not name or name in [one.name for one in candidates] + [idea for idea, _ in ideas]:
            raise BadInput(f"{place}: name '{name}' is empty or was there before; give each candidate its own")
        lacking = _lacking(box, file.parent / row["problem"].strip()) if row["problem"].strip() else ("problem",)
        if lacking:
            ideas.append((name, lacking))
        else:
            scores = {criterion: _score(row[criterion], criterion, place) for criterion in Criterion}
            candidates.append(Candidate(name, scores, row.get("evidence", "").strip()))
    return candidates, ideas


def _lacking(box: Toolbox, file: Path) -> tuple[str, ...]:
    stated = box.read_problem(file)
    if stated.text:
        return ("fields: free text cannot be checked part by part",)
    return tuple(missing_of_use_case(stated.problem, stated.kpis, box.problem_words(), steps=stated.steps))


def _score(cell: str, criterion: Criterion, place: str) -> int:
    if cell.strip() not in {"1", "2", "3", "4", "5"}:
        raise BadInput(f"{place}: {criterion} is '{cell}'; write 1, 2, 3, 4 or 5. Nothing is scored without all five")
    return int(cell)


def _tell(box: Toolbox, ranking: Ranking, *, candidates: int) -> None:
    weights = ", ".join(f"{name} {weight:g}" for name, weight in ranking.weights.items())
    box.out.print(Text(f"{len(ranking.ranked)} of {candidates} candidates are scored. Weights: {weights}."))
    if not ranking.ranked:
        box.out.print("Nothing can be ranked yet: `interlock problem lint FILE` says what a statement lacks.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "Use case", "Total", "First in", "Quick win", "Evidence"):
        table.add_column(heading, overflow="fold")
    for one in ranking.ranked:
        evidence = one.candidate.evidence or "none named"
        cells = (one.candidate.name, f"{one.total:.2f}", f"{one.first_share:.0%}", "yes" if one.quick_win else "no")
        table.add_row(*(Text(printable(cell)) for cell in (str(one.place), *cells, evidence)))
    box.out.print(table)
    box.out.print(Text(f"First in: the part of {ranking.weightings:,} evenly spaced weightings."))
    for one in ranking.ranked:
        if one.above:
            box.out.print(Text(f"{printable(one.candidate.name)} is in nothing better than {printable(one.above)}."))
    box.out.print(Text(_firm(ranking)), soft_wrap=True)


def _firm(ranking: Ranking) -> str:
    swing = ranking.swing
    if swing is None:
        return "No change of one weight puts another first."
    return (
        f"The smallest change that puts another first: {swing.criterion} from {swing.weight:g} beyond {swing.to:.3g} "
        f"(then {printable(swing.then_first)})."
    )
