"""What a reader must know of the past decisions before trusting figures made from them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol

from interlock.engine.evaluation.case_faults import counted, listed
from interlock.engine.evaluation.column_profile import PLACEHOLDERS


class Decided(Protocol):
    """A case, as far as these notes look at it."""

    @property
    def line(self) -> int:
        """Where it begins in the file."""
        ...

    @property
    def text(self) -> str:
        """What was decided on."""
        ...

    @property
    def label(self) -> str:
        """What people decided."""
        ...


def decision_notes(cases: Sequence[Decided]) -> tuple[str, ...]:
    """Texts decided in two ways, labels written in two ways, placeholders and labels with a single case."""
    counts = Counter(case.label for case in cases)
    notes = (_two_ways(cases), _spellings(counts), *_placeholders(counts), _singles(counts))
    return tuple(note for note in notes if note)


def _two_ways(cases: Sequence[Decided]) -> str:
    first: dict[str, Decided] = {}
    again: dict[str, Decided] = {}
    for case in filter(lambda case: case.text, cases):  # recorded predictions may come without any text
        earlier = first.setdefault(case.text, case)
        if earlier.label != case.label:
            again.setdefault(case.text, case)
    if not again:
        return ""
    examples = ", ".join(f"{first[text].line} and {case.line}" for text, case in list(again.items())[:3])
    many = counted(len(again), "text was", "texts were")
    return f"{many} decided in more than one way, so nobody can be right on all of them; lines {examples}"


def _spellings(counts: Counter[str]) -> str:
    alike: dict[str, list[str]] = defaultdict(list)
    for label in sorted(counts):
        alike["".join(label.casefold().split())].append(label)
    twice = [labels for labels in alike.values() if len(labels) > 1]
    if not twice:
        return ""
    examples = "; ".join(" and ".join(f"'{label}' ({counts[label]:,})" for label in labels) for labels in twice[:3])
    return f"labels that differ only by case or white space count as different decisions: {examples}"


def _placeholders(counts: Counter[str]) -> list[str]:
    return [
        f"{counted(count, 'case was', 'cases were')} decided '{label}', which looks like a missing value; "
        "remove those rows if nobody decided them"
        for label, count in counts.items()
        if label.lower() in PLACEHOLDERS
    ]


def _singles(counts: Counter[str]) -> str:
    single = sorted(label for label, count in counts.items() if count == 1)
    if not single:
        return ""
    many = counted(len(single), "label has", "labels have")
    return f"{many} a single case, from which nothing can be learned and checked at once: {listed(single, 5)}"
