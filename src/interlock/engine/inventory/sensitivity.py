"""What kind of data goes in or comes out, by the names of fields."""

from collections.abc import Mapping
from functools import cache, lru_cache

from interlock.engine.inventory.naming import own_name, segments, words_of
from interlock.terms.inventory import InventoryPack, Operation, Sensitivity

SHOWN_MAX = 5
PARTS = 2  # of a path: `/users/{id}/roles` is about users too
SHOWS = ("answer", "body")


def sensitive_of(operation: Operation, pack: InventoryPack) -> Mapping[Sensitivity, tuple[str, ...]]:
    """Each kind that was found, with up to five reasons (`email in its answer`)."""
    found: dict[Sensitivity, list[str]] = {}
    for field in operation.fields:
        for kind in kinds_of(field.name, pack):
            found.setdefault(kind, []).append(f"{field.name} in its {field.place}")
    for kind in pack.subjects:
        for word in sorted(_subjects(operation, kind, pack)):
            found.setdefault(kind, []).append(f"'{word}' in its name")
    return {kind: tuple(reasons[:SHOWN_MAX]) for kind, reasons in sorted(found.items())}


def shown(operation: Operation, pack: InventoryPack) -> frozenset[Sensitivity]:
    """The kinds that come out, or that a question about them has to hold."""
    kinds = {kind for field in operation.fields if field.place in SHOWS for kind in kinds_of(field.name, pack)}
    if not _answers_with(operation, Sensitivity.CREDENTIALS, pack):
        kinds.discard(Sensitivity.CREDENTIALS)  # whoever logs in shows a password, and sees none
    return frozenset(kinds | {kind for kind in pack.subjects if _subjects(operation, kind, pack)})


def hands_out_credentials(operation: Operation, pack: InventoryPack) -> bool:
    """Whether its answer holds them."""
    return _answers_with(operation, Sensitivity.CREDENTIALS, pack)


def sets_credentials(operation: Operation, pack: InventoryPack) -> bool:
    """Whether its body holds them."""
    return any(
        field.place == "body" and Sensitivity.CREDENTIALS in kinds_of(field.name, pack) for field in operation.fields
    )


@lru_cache(maxsize=65_536)
def kinds_of(name: str, pack: InventoryPack) -> tuple[Sensitivity, ...]:
    """The kinds of data that a field of this name holds."""
    words = words_of(name)
    if any(_holds(words, phrase) for phrase in pack.not_sensitive):
        return ()
    end = words[-1] if words and words[-1] in pack.descriptors else None
    return tuple(
        kind
        for kind, phrases in pack.sensitive.items()
        if any(_holds(words, one) and end in (None, _phrase(one)[-1]) for one in phrases)
    )


def _subjects(operation: Operation, kind: Sensitivity, pack: InventoryPack) -> frozenset[str]:
    """Words for that kind in its name; what only belongs to a credential is none."""
    parts = segments(operation)[-(1 if kind is Sensitivity.CREDENTIALS else PARTS) :]
    return pack.subjects[kind] & {*own_name(operation), *(word for part in parts for word in part)}


def _answers_with(operation: Operation, kind: Sensitivity, pack: InventoryPack) -> bool:
    return any(field.place == "answer" and kind in kinds_of(field.name, pack) for field in operation.fields)


def _holds(words: tuple[str, ...], phrase: str) -> bool:
    wanted = _phrase(phrase)
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


@cache
def _phrase(phrase: str) -> tuple[str, ...]:
    return words_of(phrase)
