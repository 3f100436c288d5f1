"""A threshold for each segment: markets, channels, product lines that do not carry the same risk."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from interlock.engine.oversight.wording import percent
from interlock.terms.certificate import Certificate

if TYPE_CHECKING:
    import numpy.typing as npt

Part = tuple[str, Any, Any, Any]  # name, confidence, wrong, loss


def by_segment(
    confidence: "npt.ArrayLike", wrong: "npt.ArrayLike", loss: "npt.ArrayLike | None", group: "npt.ArrayLike"
) -> tuple[Part, ...]:
    """(segment, its confidences, labels and losses) by name. Raises ValueError on an unnamed or a missing segment."""
    names = [_name(index, each) for index, each in enumerate(_listed(group))]
    columns = [("confidence", _listed(confidence)), ("wrong", _listed(wrong))]
    if loss is not None:
        columns.append(("loss", _listed(loss)))
    for column, entries in columns:
        if len(entries) != len(names):
            raise ValueError(f"group has {len(names)} entries and {column} has {len(entries)}: give one of each a case")
    members: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        members.setdefault(name, []).append(index)
    return tuple(
        (
            name,
            *([entries[i] for i in members[name]] for _, entries in columns),
            *((None,) if loss is None else ()),
        )
        for name in sorted(members)
    )


def together(overall: Certificate, segments: Sequence[tuple[str, Certificate]]) -> Certificate:
    """One certificate of all segments: counts added up; its threshold is None because each segment has its own."""
    n_above = sum(each.n_above for _, each in segments)
    certified = [each for _, each in segments if each.threshold is not None]
    losses = [(each.n_above, each.mean_loss_above) for each in certified if each.mean_loss_above is not None]
    promised = (
        f"{len(certified)} of {len(segments)} segments are certified, each at its own threshold; all their promises "
        f"hold together with {percent(1.0 - overall.delta)} confidence, of which each segment spends a part."
    )
    return replace(
        overall,
        n_above=n_above,
        n_wrong_above=sum(each.n_wrong_above for _, each in segments),
        share=n_above / overall.n_labelled if overall.n_labelled else 0.0,
        bound=max((each.bound for each in certified if each.bound is not None), default=None),
        method=certified[0].method
        if len(segments) == 1 and certified
        else "one search a segment, delta in equal parts",
        assumptions=(promised, *(segments[0][1].assumptions if segments else overall.assumptions)),
        mean_loss_above=sum(n * mean for n, mean in losses) / n_above if losses else None,
        labels_missing=min((each.labels_missing for _, each in segments), default=overall.labels_missing),
        labels_for_next_step=None,
        segments=tuple(segments),
    )


def _listed(column: Any) -> list[Any]:
    return column.tolist() if hasattr(column, "tolist") else list(column)


def _name(index: int, segment: Any) -> str:
    if segment is None or segment != segment or not str(segment).strip():
        raise ValueError(f"group[{index}] is {segment!r}: name the segment of every case, or leave the case out")
    return str(segment)
