"""`interlock select`: which use case first, and how firm that order is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from interlock.engine.problem.use_case import missing_of_use_case
from interlock.engine.selection.candidates import candidate_of, cited, twice
from interlock.engine.selection.matrix import rank
from interlock.flows.portfolio.read import read_portfolio
from interlock.surfaces.cli.store_options import JsonOption, opened, show_json
from interlock.surfaces.cli.toolbox import Toolbox, toolbox
from interlock.surfaces.cli.watching import printable
from interlock.terms.errors import BadInput
from interlock.terms.selection import Candidate, Criterion, Ranking, Scored

NEEDED = ("name", "problem", *Criterion)
CANDIDATES_MAX = 200
Unscored = list[tuple[str, tuple[str, ...]]]


def select_command(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="CSV, a row a candidate, or a YAML list.")] = None,
    *,
    store: Annotated[str | None, typer.Option("--store", help="Rank the workflows of this store instead.")] = None,
    top: Annotated[int, typer.Option(min=1, max=50, help="How many are wanted; their share is shown.")] = 3,
    weights: Annotated[
        str, typer.Option(help="Such as impact=3,data=2; others keep the default, which is printed.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Rank use cases by five scores, and say how far the order hangs on the weights.

    Columns or fields: `name`, `problem` (the file of its problem statement, beside FILE), the scores `impact`,
    `complexity` (5 is the hardest; it counts the other way round), `alignment`, `data`, `resources`, each 1 to 5, and
    if you like `evidence` and `impact_evidence` and so on (in YAML `evidence: {impact: ...}`). What is an idea only,
    because its statement lacks a part, is listed and not scored. A quick win has an impact of 4 or 5 and a complexity
    of 1 or 2. With `--store` the scores are those of `interlock instrument answer selection-matrix`.

    Examples:

    - `interlock select candidates.csv`
    - `interlock select candidates.yaml --weights impact=3,data=2 --top 2 --json`
    - `interlock select --store .interlock/store.db`

    Exit status: 0 ranked; 2 the file, the store, a score or a weight cannot be used.
    """
    box = toolbox(context)
    if (file is None) is (store is None):
        raise BadInput("name a FILE of candidates or --store STORE, and not both")
    wanted = _weights(weights, box.selection_weights())
    candidates, unscored = _in_file(box, file) if file is not None else _in_store(box, store or "")
    ranking = rank(candidates, wanted, top=top)
    if as_json:
        listed = [{"name": name, "missing": parts} for name, parts in unscored]
        show_json(box, {"ranking": ranking, "not_scored": listed})
        return
    _tell(box, ranking, candidates=len(candidates) + len(unscored))
    for name, parts in unscored:
        box.out.print(Text(f"not scored: {printable(name)} lacks {', '.join(parts)}"), soft_wrap=True)


def _weights(given: str, default: Mapping[Criterion, float]) -> dict[Criterion, float]:
    wanted, named = dict(default), set[str]()
    for part in filter(None, (one.strip() for one in given.split(","))):
        name, _, number = part.partition("=")
        try:
            wanted[Criterion(name.strip())] = float(number)
        except ValueError as exc:
            raise BadInput(f"--weights {part}: write NAME=NUMBER with one of {', '.join(Criterion)}") from exc
        if name.strip() in named:
            raise BadInput(f"--weights {given}: {name.strip()} is given twice; keep one")
        named.add(name.strip())
    if not all(0 <= weight <= 1_000_000 for weight in wanted.values()) or not any(wanted.values()):
        raise BadInput(f"--weights {given}: each must be 0 to 1,000,000, and one above 0")
    return wanted


def _in_file(box: Toolbox, file: Path) -> tuple[list[Candidate], Unscored]:
    written = box.read_candidates(file) if file.suffix.lower() in {".yaml", ".yml"} else _rows(box, file)
    if len(written) > CANDIDATES_MAX:
        raise BadInput(f"{file}: over {CANDIDATES_MAX} candidates; leave out those that nobody would do")
    candidates: list[Candidate] = []
    unscored: Unscored = []
    for one in written:
        lacking = _lacking(box, file.parent / one.problem) if one.problem else ("problem",)
        if lacking:
            unscored.append((one.name, lacking))
        else:
            scores = {criterion: _score(one.scores[criterion], criterion, one.place) for criterion in Criterion}
            candidates.append(Candidate(one.name, scores, one.evidence, one.rests_on))
    named = twice([one.name for one in written])
    if named is not None:
        raise BadInput(f"{file}: the name '{named}' is there twice; give each candidate its own")
    return candidates, unscored


def _rows(box: Toolbox, file: Path) -> tuple[Scored, ...]:
    table = box.read_table()(file, rows_max=CANDIDATES_MAX + 1, seed=0, skip_broken=False, progress=lambda _a, _b: None)
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        raise BadInput(f"{file}: lacks the columns {', '.join(missing)}; it has {', '.join(table.columns)}")
    found = []
    for line, cells in zip(table.lines, table.rows, strict=True):
        row = {name: cell.strip() for name, cell in zip(table.columns, cells, strict=True)}
        if not row["name"]:
            raise BadInput(f"{file}:{line}: the name is empty; give each candidate its own")
        rests_on = {one: row[f"{one}_evidence"] for one in Criterion if row.get(f"{one}_evidence")}
        scores = {one: row[one] for one in Criterion}
        found.append(Scored(f"{file}:{line}", row["name"], row["problem"], scores, row.get("evidence", ""), rests_on))
    return tuple(found)


def _in_store(box: Toolbox, store: str) -> tuple[list[Candidate], Unscored]:
    with opened(box, store) as there, there.reading() as reading:
        standings = read_portfolio(reading, box.clock()).standings
    words = box.problem_words()
    if not standings:
        raise BadInput("the store has no workflow yet; `interlock apply -f FILE` defines one")
    found = [(one.definition.name, *candidate_of(one, words)) for one in standings]
    return [one for _, one, _ in found if one is not None], [(name, parts) for name, _, parts in found if parts]


def _lacking(box: Toolbox, file: Path) -> tuple[str, ...]:
    stated = box.read_problem(file)
    if stated.text:
        return ("fields: free text cannot be checked part by part",)
    return tuple(missing_of_use_case(stated.problem, stated.kpis, box.problem_words(), steps=stated.steps))


def _score(cell: str, criterion: Criterion, place: str) -> int:
    if cell not in {"1", "2", "3", "4", "5"}:
        raise BadInput(f"{place}: {criterion} is '{cell}'; write 1, 2, 3, 4 or 5. Nothing is scored without all five")
    return int(cell)


def _tell(box: Toolbox, ranking: Ranking, *, candidates: int) -> None:
    weights = ", ".join(f"{name} {weight:g}" for name, weight in ranking.weights.items())
    box.out.print(Text(f"{len(ranking.ranked)} of {candidates} candidates are scored. Weights: {weights}."))
    if not ranking.ranked:
        box.out.print("Nothing can be ranked yet: `interlock problem lint FILE` says what a statement lacks.")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "Use case", "Total", "First in", f"Top {ranking.top} in", "Quick win", "Evidence"):
        table.add_column(heading, overflow="fold")
    for one in ranking.ranked:
        shares, quick = (f"{one.first_share:.0%}", f"{one.top_share:.0%}"), "yes" if one.quick_win else "no"
        cells = (str(one.place), one.candidate.name, f"{one.total:.2f}", *shares, quick, cited(one.candidate))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    box.out.print(table)
    box.out.print(Text(f"First in, top in: shares of {ranking.weightings:,} evenly spaced weightings."))
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
