"""The words in names such as `createAccountHolder`, `delete-role` and `GET /files/{file_id}/content`."""

import re
from functools import cache

from interlock.terms.inventory import READING, Function, InventoryPack, Operation

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("s", ""))
_KEPT = ("ss", "us", "is")
_SHORT = {"ids": "id"}
METHODS_THAT_ARE_VERBS = ("get", "delete")
PLAIN_CHANGES = (Function.CREATE, Function.CHANGE, Function.DELETE)


@cache
def plain(word: str) -> str:
    """`retrieves` as `retrieve`, `keys` as `key`."""
    if len(word) > 3 and not word.endswith(_KEPT):
        for ending, instead in _ENDINGS:
            if word.endswith(ending):
                return word[: -len(ending)] + instead
    return _SHORT.get(word, word)


@cache
def words_of(text: str) -> tuple[str, ...]:
    """Its words in small letters and plain form, whatever joins them."""
    return tuple(plain(one.lower()) for one in _WORD.findall(text))


def segments(operation: Operation) -> list[tuple[str, ...]]:
    """The words of each part of a path that is no parameter; of a tool, its name."""
    path = operation.path.partition("?")[0]
    return [words_of(part) for part in path.split("/") if part and not part.startswith(("{", ":"))]


def own_name(operation: Operation) -> tuple[str, ...]:
    """The words of its operationId or name; none where that only repeats method and path."""
    found = words_of(operation.called)
    if not operation.method or not found or found[0] != operation.method.lower():
        return found
    path = [word for part in operation.path.split("/") for word in words_of(part.strip("{}"))]
    if list(found[1:]) == path:
        return ()
    return found if found[0] in METHODS_THAT_ARE_VERBS else found[1:]


def leading(operation: Operation, pack: InventoryPack) -> list[tuple[str, str]]:
    """Words that may say what is done, the likeliest first, each with where it stands."""
    name, said = own_name(operation), words_of(operation.words or operation.description[:80])
    every = frozenset().union(*pack.verbs.values())
    if operation.method:  # the second word is for names such as `beta_cancelResponse`
        found = [(word, "name") for word in name[:2]]
    else:
        found = [(word, "name") for word in (*_trailing(name, pack), *name[:1])]
    found += [(word, "words") for word in said[:1]]
    parts = segments(operation)
    if operation.method and parts:
        found += [(word, "path") for word in parts[-1][:1]]
    return [(word, place) for word, place in found if word in every]


def _trailing(name: tuple[str, ...], pack: InventoryPack) -> tuple[str, ...]:
    """The verb at its end, unless what leads it says more: `mark_all_read` reads nothing."""
    if not name:  # of signs, or in letters of another script
        return ()
    changes = any(name[0] in pack.verbs[one] for one in PLAIN_CHANGES)
    if not pack.trailing.intersection(name[-1:]) or (changes and any(name[-1] in pack.verbs[one] for one in READING)):
        return ()
    return name[-1:]
