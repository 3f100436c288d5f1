"""Which column is what: names that were given are checked, the others are guessed with a reason."""

import difflib
from collections.abc import Sequence
from dataclasses import replace

from interlock.engine.evaluation import column_guesses as guesses
from interlock.engine.evaluation.column_guesses import Guess
from interlock.engine.evaluation.column_profile import Profile, profile_columns
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Role
from interlock.terms.table import RawTable

NONE = "-"
_GIVEN = "given"


def choose_columns(
    table: RawTable,
    *,
    text: Sequence[str] = (),
    label: str | None = None,
    prediction: str | None = None,
    confidence: str | None = None,
    group: str | None = None,
    time: str | None = None,
) -> tuple[ColumnChoice, ...]:
    """One choice a role that is served, in the order of `Role`.

    `label`, `text` and the others are column names; None asks for a guess. "-" for prediction, confidence, group or
    time says that no column serves it. Prediction and confidence come together or not at all. Without free text, TEXT
    is every column that may be read in its place; with recorded predictions there may be none.
    Raises BadInput for a name that is no column, a column given twice, and where label, text, or the other one of
    prediction and confidence cannot be guessed.
    """
    given = {Role.LABEL: label, Role.PREDICTION: prediction, Role.CONFIDENCE: confidence, Role.GROUP: group}
    chooser = _Chooser(table, text=text, given={**given, Role.TIME: time})
    chooser.label()
    chooser.time()
    chooser.recorded_answers()
    chooser.group()
    chooser.text()
    chooser.slices()
    return tuple(chooser.chosen[role] for role in Role if role in chooser.chosen)


class _Chooser:
    """Takes one role after the other; a column that serves one is not guessed for another."""

    def __init__(self, table: RawTable, *, text: Sequence[str], given: dict[Role, str | None]) -> None:
        self.chosen: dict[Role, ColumnChoice] = {}
        self._table = table
        self._profiles = {profile.name: profile for profile in profile_columns(table)}
        self._named = dict(given)
        self._off = {role for role, name in given.items() if name == NONE and NONE not in self._profiles}
        taken: dict[str, Role] = {}
        for role, name in (*((Role.TEXT, name) for name in text), *given.items()):
            if name is None or role in self._off:
                continue
            self._check(role, name)
            if name in taken:
                twice = f"both as {_flag(taken[name])} and as {_flag(role)}"
                if taken[name] is role:
                    twice = f"twice as {_flag(role)}"
                raise BadInput(f"{table.source.name}: column '{name}' was given {twice}.")
            taken[name] = role
            earlier = self.chosen[role].columns if role in self.chosen else ()
            self.chosen[role] = ColumnChoice(role, (*earlier, name), guessed=False, why=_GIVEN)

    def label(self) -> None:
        """Given or guessed; there is no answer without one."""
        if Role.LABEL in self._off:
            raise BadInput(f"{self._table.source.name}: --label must name the column with what people decided.")
        if Role.LABEL not in self.chosen and not self._take(Role.LABEL, guesses.guess_label(self._free())):
            raise BadInput(self._no_label_message())

    def time(self) -> None:
        """Given, guessed or none."""
        if self._open(Role.TIME):
            self._take(Role.TIME, guesses.guess_time(self._free()))

    def recorded_answers(self) -> None:
        """Prediction and confidence: both or neither."""
        both = (Role.PREDICTION, Role.CONFIDENCE)
        asked = [role for role in both if role in self.chosen]
        if any(role in self._off for role in both):
            if asked:
                raise BadInput(f"{self._table.source.name}: --prediction and --confidence go together; give both.")
            return
        free = self._free()
        predicted = guesses.guess_prediction(free, self._labels(), self._cells)
        confident = guesses.guess_confidence(free, self._cells, beside_prediction=predicted is not None or bool(asked))
        if not asked and not (predicted and confident):
            self._tell_unused(predicted)
            return
        for role, guess in zip(both, (predicted, confident), strict=True):
            if role not in self.chosen and not self._take(role, guess):
                raise BadInput(self._other_half_message(role))
        self._check_prediction()

    def _tell_unused(self, predicted: Guess | None) -> None:
        """Say beside the label that recorded answers are left alone, or nobody would know why."""
        if predicted is None:
            return
        label = self.chosen[Role.LABEL]
        why = f"{label.why}; '{predicted.columns[0]}' looks like a model's answer, but no column is its confidence"
        self.chosen[Role.LABEL] = replace(label, why=why)

    def group(self) -> None:
        """Given, guessed or none."""
        if self._open(Role.GROUP):
            self._take(Role.GROUP, guesses.guess_group(self._free(), self._labels(), self._cells))

    def text(self) -> None:
        """Given or guessed; free text first, then whatever else may be read. Recorded answers can do without."""
        if Role.TEXT in self.chosen:
            return
        free = self._free()
        guess = guesses.guess_text(free) or guesses.guess_inputs(free, self._labels(), self._cells)
        if not self._take(Role.TEXT, guess) and Role.PREDICTION not in self.chosen:
            raise BadInput(
                f"{self._table.source.name}: no column to decide from besides '{self._one(Role.LABEL)}': none holds "
                f"free text or values that repeat. Say --text NAME. {self._all_columns()}"
            )

    def slices(self) -> None:
        """Guessed or none; in a table without free text the columns read may also be slices."""
        free = self._free(but=Role.TEXT)
        self._take(Role.SLICE, guesses.guess_slices(free, self._labels(), self._cells))

    def _open(self, role: Role) -> bool:
        return role not in self.chosen and role not in self._off

    def _take(self, role: Role, guess: Guess | None) -> bool:
        if guess is not None:
            self.chosen[role] = ColumnChoice(role, guess.columns, guessed=True, why=guess.why)
        return guess is not None

    def _free(self, *, but: Role | None = None) -> list[Profile]:
        used = {name for role, choice in self.chosen.items() if role != but for name in choice.columns}
        return [profile for name, profile in self._profiles.items() if name not in used]

    def _cells(self, name: str) -> Sequence[str]:
        place = self._profiles[name].place
        return [row[place] for row in self._table.rows]

    def _labels(self) -> Sequence[str]:
        return self._cells(self._one(Role.LABEL))

    def _one(self, role: Role) -> str:
        return self.chosen[role].columns[0]

    def _check(self, role: Role, name: str) -> None:
        if name in self._profiles:
            return
        lower = {known.lower(): known for known in self._table.columns}
        near = [lower[found] for found in difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=0.6)]
        hint = f" Did you mean {_quoted(near)}?" if near else ""
        raise BadInput(
            f"{self._table.source.name}: {_flag(role)} '{name}' is not a column.{hint} {self._all_columns()}"
        )

    def _check_prediction(self) -> None:
        names = f"'{self._one(Role.PREDICTION)}' and '{self._one(Role.LABEL)}'"
        predicted = {cell.strip() for cell in self._cells(self._one(Role.PREDICTION))} - {""}
        labels = {cell.strip() for cell in self._labels()} - {""}
        if predicted and labels and not predicted & labels:
            raise BadInput(
                f"{self._table.source.name}: {names} have no value in common "
                f"({_quoted(sorted(predicted)[:3])} against {_quoted(sorted(labels)[:3])}). "
                "Predictions must be written as the labels are."
            )

    def _no_label_message(self) -> str:
        free = self._free()
        candidates = [f"'{p.name}' ({p.distinct:,} values)" for p in guesses.label_candidates(free)][:12]
        listed = f"Candidates: {', '.join(candidates)}. " if candidates else "No column has a few values that repeat. "
        return (
            f"{self._table.source.name}: no column is plainly what people decided. Say --label NAME. "
            f"{listed}{self._all_columns()}"
        )

    def _other_half_message(self, missing: Role) -> str:
        has = Role.CONFIDENCE if missing is Role.PREDICTION else Role.PREDICTION
        if missing is Role.CONFIDENCE:
            named = [p.name for p in self._free() if p.is_number and p.unit_share >= 0.99 and p.distinct > 2]
        else:
            named = [p.name for p in guesses.label_candidates(self._free())]
        listed = f" Columns that could be: {_quoted(named[:8])}." if named else ""
        return (
            f"{self._table.source.name}: {_flag(has)} was given without {_flag(missing)}, which cannot be guessed. "
            f"Say {_flag(missing)} NAME.{listed} {self._all_columns()}"
        )

    def _all_columns(self) -> str:
        names = self._table.columns
        more = f" and {len(names) - 40} more" if len(names) > 40 else ""
        return f"All columns: {_quoted(names[:40])}{more}."


def _flag(role: Role) -> str:
    return f"--{role.value}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
