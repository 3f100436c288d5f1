"""What an operation does most: the first rule that speaks."""

from interlock.engine.inventory.naming import leading, own_name, segments, words_of
from interlock.engine.inventory.sensitivity import hands_out_credentials
from interlock.terms.inventory import READING, Because, Function, InventoryPack, Operation

SAFE = ("GET", "HEAD", "OPTIONS")  # RFC 9110, 9.2.1
OBJECTS_FROM = 2  # the last parts of a path: what comes before them says only whose it is
BY_METHOD = {
    "PUT": Function.CHANGE,
    "PATCH": Function.CHANGE,
    "DELETE": Function.DELETE,
    "POST": Function.CREATE,
}
# A verb that is more than a change says more than what it acts on.
STRONGER = (Function.PAY, Function.ADMINISTER, Function.SEND, Function.EXECUTE)
Judged = tuple[Function, Because]


def function_of(operation: Operation, pack: InventoryPack) -> Judged:
    """The function, with the rule that gave it and the word that it went by."""
    verbs = [(_means(word, pack), word, place) for word, place in leading(operation, pack)]
    if operation.method in SAFE:
        return _of_safe(operation, verbs)
    first = next(iter(verbs), None)
    if first is not None and first[0] in READING:
        return first[0], Because("function-verb", f"'{first[1]}' in its {first[2]}")
    objects = objects_of(operation)
    return (
        _of_deletion(operation, first, objects, pack)
        or _of_money(first, objects, words_of(operation.words), pack)
        or _of_credentials(operation, pack)
        or _of_objects(first, objects, pack)
        or _of_verb(first)
        or _of_method(operation)
    )


def objects_of(operation: Operation) -> tuple[str, ...]:
    """What is acted on: the words of a tool's name, or the last parts of a path."""
    if not operation.method:
        return words_of(operation.called)
    return tuple(word for part in segments(operation)[-OBJECTS_FROM:] for word in part)


Verb = tuple[Function, str, str]


def _means(word: str, pack: InventoryPack) -> Function:
    return next(function for function, words in pack.verbs.items() if word in words)


def _of_safe(operation: Operation, verbs: list[Verb]) -> Judged:
    """A GET reads, unless its own name says that it does not."""
    for function, word, place in verbs:
        if place == "name" and function not in READING and word == own_name(operation)[0]:
            return function, Because("function-verb", f"'{word}' in its name, though its method is {operation.method}")
    if any(function is Function.SEARCH for function, _, _ in verbs):
        return Function.SEARCH, Because("function-verb", "it says that it searches")
    return Function.READ, Because("function-method", f"its method is {operation.method}")


def _of_deletion(
    operation: Operation, first: Verb | None, objects: tuple[str, ...], pack: InventoryPack
) -> Judged | None:
    deletes = first is not None and first[0] is Function.DELETE
    if not deletes and operation.method != "DELETE":
        return None
    word = "DELETE" if first is None else first[1]
    administers = pack.objects[Function.ADMINISTER].intersection(objects)
    if administers and (word in pack.links or word == "remove"):
        return Function.ADMINISTER, Because("function-link", f"'{word}' ends who may do what ({_one(administers)})")
    return Function.DELETE, Because("function-delete", f"'{word}'")


def _of_money(
    first: Verb | None, objects: tuple[str, ...], said: tuple[str, ...], pack: InventoryPack
) -> Judged | None:
    if first is not None and first[0] is Function.PAY and not pack.lasting.intersection(objects[-1:]):
        return Function.PAY, Because("function-verb", f"'{first[1]}' in its {first[2]}")
    own = () if first is None else (first[1],)  # `grant access` is about no grant
    money = pack.objects[Function.PAY].intersection(objects + said) - {*own}
    if money and pack.settings.intersection(objects):
        return Function.ADMINISTER, Because(
            "function-money-setting", f"it decides how '{_one(money)}' goes from now on"
        )
    if money and not pack.lasting.intersection(objects + said):
        return Function.PAY, Because("function-money", f"it acts on '{_one(money)}'")
    return None


def _of_credentials(operation: Operation, pack: InventoryPack) -> Judged | None:
    if not hands_out_credentials(operation, pack):
        return None
    return Function.ADMINISTER, Because("function-credentials", "its answer holds credentials")


def _of_objects(first: Verb | None, objects: tuple[str, ...], pack: InventoryPack) -> Judged | None:
    if first is not None and first[0] in STRONGER and first[0] is not Function.PAY:
        return first[0], Because("function-verb", f"'{first[1]}' in its {first[2]}")
    for function in (Function.ADMINISTER, Function.SEND, Function.EXECUTE):
        found = pack.objects[function].intersection(objects)
        if found and (function is Function.ADMINISTER or _makes(first)):
            return function, Because("function-object", f"it acts on '{_one(found)}'")
    return None


def _makes(first: Verb | None) -> bool:
    return first is None or first[0] is Function.CREATE


def _of_verb(first: Verb | None) -> Judged | None:
    return None if first is None else (first[0], Because("function-verb", f"'{first[1]}' in its {first[2]}"))


def _of_method(operation: Operation) -> Judged:
    function = BY_METHOD.get(operation.method)
    if function is None:
        return Function.UNKNOWN, Because("function-unknown", "no word that leads its name is known")
    return function, Because("function-method", f"its method is {operation.method}")


def _one(found: frozenset[str]) -> str:
    return min(found)
