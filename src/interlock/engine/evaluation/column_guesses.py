"""Guesses which column serves which role, each with its reason."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from interlock.engine.evaluation import column_hints as hints
from interlock.engine.evaluation.column_hints import names_a_key, weight
from interlock.engine.evaluation.column_leaks import one_to_one, share_given_away
from interlock.engine.evaluation.column_profile import Profile, is_number

LABEL_VALUES_MAX = 2_000
INPUTS_MAX = 40
SLICES_MAX = 4
SLICE_VALUES_MAX = 20
PLAINLY = 8.0

Cells = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Guess:
    """Columns for a role and the reason in words."""

    columns: tuple[str, ...]
    why: str


def holds_times(profile: Profile) -> bool:
    """Bare numbers are times only where the name says so."""
    return profile.is_time and (not profile.epoch_like or weight(profile.name, hints.TIME) > 0)


def reads_as_text(profile: Profile) -> bool:
    """Whether people wrote words here: several words and mostly different; less is asked where the name says so."""
    if profile.constant or max(profile.number_share, profile.time_share, profile.json_share) >= 0.5:
        return False
    if _text_weight(profile) > 0:
        return profile.words_mean >= 1.5 and profile.distinct >= 0.1 * profile.filled
    return profile.words_mean >= 3 and profile.distinct >= 0.5 * profile.filled


def label_candidates(profiles: Sequence[Profile]) -> list[Profile]:
    """Columns that could be a decision by their content: few different values, no times, no free text."""
    return [profile for profile in profiles if _could_be_label(profile)]


def guess_label(profiles: Sequence[Profile]) -> Guess | None:
    """The column that most looks like people's decision; None where none does or two do alike."""
    candidates = [profile for profile in label_candidates(profiles) if not _names_a_prediction(profile.name)]
    ranked = sorted(candidates, key=_label_weight, reverse=True)
    if ranked and _label_weight(ranked[0]) > 0:
        if len(ranked) > 1 and _label_weight(ranked[0]) - _label_weight(ranked[1]) < 0.01:
            return None
        return Guess((ranked[0].name,), f"{_distinct(ranked[0])}; name suggests a decision")
    plain = [profile for profile in candidates if profile.distinct <= 50]
    if len(plain) == 1 and any(reads_as_text(profile) for profile in profiles):
        return Guess((plain[0].name,), f"{_distinct(plain[0])}; the only column beside the text with few values")
    return None


def guess_time(profiles: Sequence[Profile]) -> Guess | None:
    """When the case came in: the earliest kind of time by its name that tells cases apart."""
    times = [p for p in profiles if holds_times(p) and p.distinct >= min(10, p.filled / 4)]
    if not times:
        return None
    best = max(times, key=lambda p: (weight(p.name, hints.TIME), -p.place))
    words = "name and contents are times" if weight(best.name, hints.TIME) else "contents are times"
    return Guess((best.name,), f"{words}, {best.distinct:,} distinct")


def guess_prediction(profiles: Sequence[Profile], labels: Sequence[str], cells: Cells) -> Guess | None:
    """A recorded answer of a model: the name says so and at least 80 % of its values are labels."""
    known = {label.strip() for label in labels}
    named = [p for p in profiles if weight(p.name, hints.PREDICTION) > 0 and p.filled >= 0.5 * p.rows > 0]
    inside = [(_share_known(cells(p.name), known), p) for p in named]
    fitting = [(weight(p.name, hints.PREDICTION), share, p) for share, p in inside if share >= 0.8]
    if not fitting:
        return None
    _, share, best = max(fitting, key=lambda item: (item[0], item[1], -item[2].place))
    return Guess((best.name,), f"name suggests a model's answer; {share:.0%} of its values are labels")


def guess_confidence(profiles: Sequence[Profile], cells: Cells, *, beside_prediction: bool = False) -> Guess | None:
    """Numbers from 0 to 1 in every row, by a name that says confidence.

    One or two values may be anything; beside a prediction a column plainly named so is taken all the same.
    """
    named = [
        p
        for p in profiles
        if p.is_number and weight(p.name, hints.CONFIDENCE) > (PLAINLY if beside_prediction and p.distinct <= 2 else 0)
        if p.distinct > 2 or beside_prediction
    ]
    whole = [p for p in named if all(is_number(c.strip()) and 0 <= float(c) <= 1 for c in cells(p.name))]
    if not whole:
        return None
    best = max(whole, key=lambda p: (weight(p.name, hints.CONFIDENCE), -p.place))
    return Guess((best.name,), "name suggests a confidence; every value is from 0 to 1")


def guess_group(profiles: Sequence[Profile], labels: Sequence[str], cells: Cells) -> Guess | None:
    """What several rows share (customer, conversation, case), so that one of them does not teach another's answer."""
    kinds = len({label.strip() for label in labels})
    fitting = [p for p in profiles if _could_be_group(p) and p.distinct > kinds]
    fitting = [p for p in fitting if not one_to_one(cells(p.name), labels)]
    if not fitting:
        return None
    best = max(fitting, key=lambda p: (weight(p.name, hints.GROUP), p.distinct))
    return Guess((best.name,), f"{best.distinct:,} distinct values in {best.filled:,} rows: rows belong together")


def guess_text(profiles: Sequence[Profile]) -> Guess | None:
    """The free text that people read: the best by name and length, with headlines and judged outputs beside it."""
    free = [profile for profile in profiles if reads_as_text(profile)]
    if not free:
        return None
    best = max(free, key=lambda p: (_text_score(p), p.chars_mean))
    beside = [p for p in free if _goes_with_text(p)]
    if best in beside:
        plain = [p for p in free if p not in beside and not weight(p.name, hints.AFTERWARDS)]
        beside += [max(plain, key=_text_score)] if plain else []
    chosen = [p for p in free if p is best or p in beside]
    why = f"free text, {best.words_mean:.0f} words a row in '{best.name}'"
    if best.filled < 0.95 * best.rows:
        why += f", filled in {best.filled:,} of {best.rows:,} rows"
    unused = [p.name for p in free if p not in chosen]
    why += f"; other free text, not used: {_names(unused)}" if unused else ""
    return Guess(tuple(p.name for p in chosen), why)


def guess_inputs(profiles: Sequence[Profile], labels: Sequence[str], cells: Cells) -> Guess | None:
    """Without free text: every column that varies and was known before people decided, as far as names tell."""
    chosen: list[str] = []
    left_out: list[str] = []
    for profile in profiles:
        reason = _unfit_input(profile, labels, cells)
        if reason:
            left_out.append(f"{profile.name} ({reason})")
        elif len(chosen) == INPUTS_MAX:
            left_out.append(f"{profile.name} (more than {INPUTS_MAX} columns)")
        else:
            chosen.append(profile.name)
    if not chosen:
        return None
    columns = "the one column that varies" if len(chosen) == 1 else f"the {len(chosen)} columns that vary"
    why = f"no free text: {columns}"
    why += f"; left out: {_names(left_out)}" if left_out else ""
    telling = [(share_given_away(cells(name), labels), name) for name in chosen]
    warned = [f"'{name}' alone gives the label in {share:.0%} of rows" for share, name in telling if share is not None]
    if warned:
        why += f"; {', '.join(warned[:3])}: if that is only known after the decision, leave it out with --text"
    return Guess(tuple(chosen), why)


def guess_slices(profiles: Sequence[Profile], labels: Sequence[str], cells: Cells) -> Guess | None:
    """Up to four columns of 2 to 20 values, to show where a candidate is weaker."""
    fitting = sorted(filter(_could_be_slice, profiles), key=lambda p: (-weight(p.name, hints.SLICE), p.place))
    telling_apart = (p for p in fitting if not _gives_away(cells(p.name), labels))
    best = list(itertools.islice(telling_apart, SLICES_MAX))
    if not best:
        return None
    return Guess(tuple(p.name for p in sorted(best, key=lambda p: p.place)), "2 to 20 distinct values each")


def _could_be_label(profile: Profile) -> bool:
    most = max(2.0, min(LABEL_VALUES_MAX, profile.filled / 3))
    if not 2 <= profile.distinct <= most or profile.filled < 0.2 * profile.rows:
        return False
    if holds_times(profile) or profile.counts_up or profile.json_share >= 0.5:
        return False
    if profile.is_number and (profile.fraction_share > 0 or profile.distinct > 50) and not _label_weight(profile):
        return False
    return profile.fraction_share == 0 and (profile.words_mean <= 12 or profile.distinct <= 20)


def _label_weight(profile: Profile) -> float:
    found = weight(profile.name, hints.LABEL)
    if names_a_key(profile.name) and profile.name.lower() not in hints.LABEL:
        return max(found - 2, 0.0)
    return found


def _names_a_prediction(name: str) -> bool:
    return weight(name, hints.PREDICTION) > 0


def _could_be_group(profile: Profile) -> bool:
    if not weight(profile.name, hints.GROUP) or holds_times(profile) or profile.fraction_share > 0:
        return False
    if profile.words_mean > 4 or profile.filled < 0.5 * profile.rows:
        return False
    return min(20, profile.rows / 4) <= profile.distinct < profile.filled


def _text_weight(profile: Profile) -> float:
    return max(weight(profile.name, names) for names in (hints.TEXT, hints.HEADLINE, hints.JUDGED))


def _text_score(profile: Profile) -> float:
    afterwards = 8.0 if weight(profile.name, hints.AFTERWARDS) else 0.0
    return _text_weight(profile) + min(profile.words_mean, 50.0) / 10 - afterwards


def _goes_with_text(profile: Profile) -> bool:
    return weight(profile.name, hints.HEADLINE) >= 2 or weight(profile.name, hints.JUDGED) > 0


def _unfit_input(profile: Profile, labels: Sequence[str], cells: Cells) -> str:
    """Why a column must not be read in place of text; "" where it may."""
    if profile.constant:
        return "one value"
    if holds_times(profile) or (profile.time_share >= 0.95 and not profile.epoch_like):
        return "a time"
    if profile.counts_up or (profile.unique and (not profile.is_number or names_a_key(profile.name))):
        return "its own for each row"
    if names_a_key(profile.name) and profile.distinct > 0.2 * profile.filled:
        return "a key"
    if weight(profile.name, hints.AFTERWARDS):
        return "likely known only after the decision"
    if one_to_one(cells(profile.name), labels):
        return "stands for the label one to one"
    if _names_a_prediction(profile.name) and _share_known(cells(profile.name), {x.strip() for x in labels}) >= 0.8:
        return "a model's answer"
    return ""


def _could_be_slice(profile: Profile) -> bool:
    if not 2 <= profile.distinct <= min(SLICE_VALUES_MAX, profile.rows / 3) or profile.fraction_share > 0:
        return False
    if weight(profile.name, hints.AFTERWARDS) or profile.filled < 0.5 * profile.rows:
        return False
    return not holds_times(profile) and profile.json_share < 0.5


def _gives_away(values: Sequence[str], labels: Sequence[str]) -> bool:
    return one_to_one(values, labels) or share_given_away(values, labels) is not None


def _share_known(values: Sequence[str], known: set[str]) -> float:
    filled = [value.strip() for value in values if value.strip()]
    return sum(value in known for value in filled) / len(filled) if filled else 0.0


def _distinct(profile: Profile) -> str:
    return f"{profile.distinct:,} distinct values in {profile.rows:,} rows"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
