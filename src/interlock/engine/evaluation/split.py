"""Who trains, who calibrates, who evaluates."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from interlock.terms.evaluation import Split

TRAINING_CASES_MAX = 20_000
TRAIN_SHARE = 0.5
CALIBRATION_SHARE = 0.3
RECORDED_CALIBRATION_SHARE = 0.7
LARGEST_COMPONENT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Keys:
    """What the split goes by, one entry a case. `group` is "" for a case without; `at` is None for all or for none."""

    texts: Sequence[str]
    groups: Sequence[str]
    at: Sequence[dt.datetime | None]
    has_groups: bool
    has_times: bool


@dataclass(frozen=True, slots=True)
class Division:
    """Indices of the cases of each side, and the split in words. `notes` say what a reader must know of it."""

    train: tuple[int, ...]
    calibration: tuple[int, ...]
    evaluation: tuple[int, ...]
    split: Split
    notes: tuple[str, ...]


def calibration_share(*, fits: bool, has_times: bool) -> float:
    """The share of all cases that calibrates: .3 where candidates are fitted; recorded predictions: .7 or all."""
    if fits:
        return CALIBRATION_SHARE
    return RECORDED_CALIBRATION_SHARE if has_times else 1.0


def divide(keys: Keys, *, fits: bool, seed: int) -> Division:
    """Divide the cases; a group is never on two sides, and time, where known, runs from training to evaluation.

    `fits` is False for recorded predictions: nothing trains; without times all cases calibrate, and there is no
    separate evaluation set. Same keys and seed, same division.
    """
    rng = np.random.default_rng(seed)
    notes: list[str] = []
    components = _components(keys, by_text=fits, notes=notes)
    order = _order(components, keys, rng)
    blocks = [members for component in order for members in (components[component],)]
    train, calibration, evaluation = _fill(blocks, len(keys.texts), fits=fits, has_times=keys.has_times)
    if keys.has_groups:
        before = len(calibration) + len(evaluation)
        calibration = _one_per_group(calibration, keys.groups, rng)
        evaluation = _one_per_group(evaluation, keys.groups, rng)
        left_out = before - len(calibration) - len(evaluation)
        notes.append(
            "Calibration and evaluation use one case of each group, drawn by the seed, because the promise counts "
            f"customers or threads, not messages: {left_out:,} further cases of the same groups were left out there."
        )
    if (fits or keys.has_times) and not evaluation:
        notes.append("No case was left to evaluate on; all figures are on the calibration cases.")
    split = Split(
        by="time" if keys.has_times else "group" if keys.has_groups else "random",
        seed=seed,
        n_train=len(train),
        n_calibration=len(calibration),
        n_evaluation=len(evaluation),
        n_groups=len({group for group in keys.groups if group}),
        description=_describe(keys, fits=fits),
    )
    return Division(tuple(train), tuple(calibration), tuple(evaluation), split, tuple(notes))


def _components(keys: Keys, *, by_text: bool, notes: list[str]) -> list[list[int]]:
    """Cases that must stay together: of one group, or, where something trains on texts, of identical text."""
    components = _united(keys, by_group=keys.has_groups, by_text=by_text)
    largest = max((len(members) for members in components), default=0)
    if keys.has_groups and by_text and largest > LARGEST_COMPONENT_SHARE * len(keys.texts):
        notes.append(
            f"Identical texts tie {largest:,} cases of different groups together; they were not kept on one side, or "
            "there would be nothing left to divide. Memorised texts may make the trained candidates look better."
        )
        return _united(keys, by_group=True, by_text=False)
    return components


def _united(keys: Keys, *, by_group: bool, by_text: bool) -> list[list[int]]:
    parent = list(range(len(keys.texts)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    first: dict[tuple[str, str], int] = {}
    for index, (text, group) in enumerate(zip(keys.texts, keys.groups, strict=True)):
        marks = []
        if by_group and group:
            marks.append(("group", group))
        if by_text:
            marks.append(("text", " ".join(text.casefold().split())))
        for mark in marks:
            other = root(first.setdefault(mark, index))
            mine = root(index)
            parent[max(mine, other)] = min(mine, other)
    members: dict[int, list[int]] = {}
    for index in range(len(parent)):
        members.setdefault(root(index), []).append(index)
    return list(members.values())


def _order(components: list[list[int]], keys: Keys, rng: np.random.Generator) -> list[int]:
    if not keys.has_times:
        return [int(position) for position in rng.permutation(len(components))]
    starts = [min((at, i) for i in members if (at := keys.at[i]) is not None) for members in components]
    return sorted(range(len(components)), key=starts.__getitem__)


def _fill(
    blocks: list[list[int]], n_cases: int, *, fits: bool, has_times: bool
) -> tuple[list[int], list[int], list[int]]:
    if fits:
        train_until = min(TRAIN_SHARE * n_cases, TRAINING_CASES_MAX)
        calibration_until = (TRAIN_SHARE + CALIBRATION_SHARE) * n_cases
    else:
        train_until = 0.0
        calibration_until = RECORDED_CALIBRATION_SHARE * n_cases if has_times else float(n_cases)
    sides: tuple[list[int], list[int], list[int]] = ([], [], [])
    placed = 0
    for members in blocks:
        # A block goes to the side that its middle falls on, so that a large one does not empty the next side.
        middle = placed + len(members) / 2
        side = 0 if middle <= train_until else 1 if middle <= calibration_until else 2
        sides[side].extend(members)
        placed += len(members)
    return sides


def _one_per_group(indices: list[int], groups: Sequence[str], rng: np.random.Generator) -> list[int]:
    by_group: dict[str, list[int]] = {}
    alone: list[int] = []
    for index in indices:
        if groups[index]:
            by_group.setdefault(groups[index], []).append(index)
        else:
            alone.append(index)
    drawn = [members[int(rng.integers(len(members)))] for members in by_group.values()]
    return sorted((*alone, *drawn))


def _describe(keys: Keys, *, fits: bool) -> str:
    return " ".join(_sentences(keys, fits=fits))


def _sentences(keys: Keys, *, fits: bool) -> Iterator[str]:
    if not fits and not keys.has_times:
        yield "Nothing is trained, so all cases calibrate; the certificate accounts for choosing the threshold on them."
        return
    sides = "50 % train, 30 % calibrate, 20 % evaluate" if fits else "70 % calibrate, 30 % evaluate"
    if keys.has_times:
        yield f"By time: oldest to newest, {sides}."
        yield "Evaluation cases are newer than calibration cases, so the check on them also shows drift."
    else:
        yield f"At random by the seed: {sides}."
    if keys.has_groups:
        yield "A group is never on two sides."
    if fits:
        yield "Identical texts are never on two sides." if not keys.has_groups else "Nor are identical texts."
        if len(keys.texts) * TRAIN_SHARE > TRAINING_CASES_MAX:
            yield f"Training uses at most {TRAINING_CASES_MAX:,} cases; the others calibrate."
