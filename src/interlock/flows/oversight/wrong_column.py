"""A column that says right or wrong, read as proposals and decisions, so that one reader serves every file."""

from dataclasses import replace

from interlock.flows.evaluation.request import ColumnsAsked
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Role
from interlock.terms.table import RawTable

WRONG = frozenset({"1", "1.0", "true", "yes", "y", "wrong", "error"})
RIGHT = frozenset({"0", "0.0", "false", "no", "n", "right", "ok", "correct"})
_PROPOSED, _DECIDED = "(proposed)", "(decided)"
_PROPOSALS = ("as proposed (even row)", "as proposed (odd row)")
_OTHERWISE = "otherwise"
_LINES_NAMED = 5


def as_decisions(table: RawTable, asked: ColumnsAsked, wrong: str) -> tuple[RawTable, tuple[ColumnChoice, ...]]:
    """The table with a proposal and a decision a row that differ where `wrong` says so, and its columns.

    A blank cell becomes a blank decision, which the reader leaves out and counts: unknown is never right. Proposals
    alternate, or a file without a mistake would look like one in which everything was decided alike. Raises BadInput
    naming the column and the first lines that are neither right nor wrong.
    """
    if asked.prediction or asked.label:
        raise BadInput("--wrong already says what was right: leave --prediction and --label out")
    confidence = asked.confidence or "confidence"
    named = {"--wrong": wrong, "--confidence": confidence, "--group": asked.group, "--time": asked.time}
    for option, column in (*named.items(), *(("--text", text) for text in asked.text)):
        if column not in {None, "-"} and column not in table.columns:
            raise BadInput(
                f"{table.source.name}: {option} '{column}' is not a column. All columns: {', '.join(table.columns)}"
            )
    place = table.columns.index(wrong)
    _check(table, wrong, [row[place] for row in table.rows])
    rows = tuple((*row, _PROPOSALS[i % 2], _decided(row[place], _PROPOSALS[i % 2])) for i, row in enumerate(table.rows))
    roles: list[tuple[Role, tuple[str, ...], str]] = [
        (Role.TEXT, asked.text, "given"),
        (Role.LABEL, (_DECIDED,), f"from '{wrong}'"),
        (Role.PREDICTION, (_PROPOSED,), f"from '{wrong}'"),
        (Role.CONFIDENCE, (confidence,), "given" if asked.confidence else "by its name"),
    ]
    for role, column in ((Role.GROUP, asked.group), (Role.TIME, asked.time)):
        if column is not None and column != "-":
            roles.append((role, (column,), "given"))
    choices = tuple(ColumnChoice(role, names, guessed=False, why=why) for role, names, why in roles if names)
    return replace(table, columns=(*table.columns, _PROPOSED, _DECIDED), rows=rows), choices


def _decided(cell: str, proposal: str) -> str:
    said = cell.strip().lower()
    if not said:
        return ""
    return _OTHERWISE if said in WRONG else proposal


def _check(table: RawTable, column: str, cells: list[str]) -> None:
    odd = [
        (line, cell.strip())
        for line, cell in zip(table.lines, cells, strict=True)
        if cell.strip() and cell.strip().lower() not in WRONG | RIGHT
    ]
    if odd:
        lines = "".join(f"\n  line {line}: '{cell[:40]}'" for line, cell in odd[:_LINES_NAMED])
        raise BadInput(
            f"{table.source.name}: '{column}' must be 1 (wrong) or 0 (right) in every row, or blank where nobody "
            f"knows; not so in {len(odd):,} of {len(cells):,} rows:{lines}"
        )
