"""What is wrong with an operation, as far as its description shows."""

from collections.abc import Iterator

from interlock.engine.inventory.exposure import open_on_the_way
from interlock.engine.inventory.function import SAFE
from interlock.engine.inventory.sensitivity import kinds_of
from interlock.engine.inventory.tier import takes_only_a_link
from interlock.terms.inventory import READING, Auth, Finding, Function, InventoryPack, Operation

IN_ADDRESS = ("query", "path")
NAMED_MAX = 3
WITHOUT = {Auth.NONE: "`security` is empty", Auth.UNSAID: "there is no `security`, here or for the whole document"}


def findings_of(operation: Operation, function: Function, pack: InventoryPack) -> tuple[Finding, ...]:
    """All of them, in the order of the pack's rules. Raises KeyError for a rule that the pack does not word."""
    found = dict([*_of_protection(operation, pack), *_of_hints(operation, function, pack), *_of_shape(operation)])
    if function not in READING and operation.method in SAFE:
        found["read-that-changes"] = f"'{operation.called}'"
    if function is Function.UNKNOWN:
        found["function-unknown"] = ""
    said = pack.findings
    unworded = set(found) - set(said)
    if unworded:
        raise KeyError(f"packs/inventory words no {', '.join(sorted(unworded))}")
    return tuple(
        Finding(rule, one.words.replace("{what}", found[rule]), one.next_step)
        for rule, one in said.items()
        if rule in found
    )


Found = tuple[str, str]


def _of_protection(operation: Operation, pack: InventoryPack) -> Iterator[Found]:
    if operation.auth in WITHOUT:
        yield "missing-auth", WITHOUT[operation.auth]
    if operation.auth is Auth.OPTIONAL:
        yield "optional-auth", ""
    plain = [server.url for server in operation.servers if open_on_the_way(server)]
    if plain:
        yield "plain-http", _some(plain)
    if operation.query_keys:
        yield "key-in-query", _some(operation.query_keys)
    open_ = [one.name for one in operation.fields if one.place in IN_ADDRESS and kinds_of(one.name, pack)]
    open_ = [name for name in open_ if name not in operation.query_keys]
    if open_:
        yield "sensitive-in-address", _some(open_)


def _of_hints(operation: Operation, function: Function, pack: InventoryPack) -> Iterator[Found]:
    hints = operation.hints
    if hints is None:
        return
    if not hints.read_only and hints.destructive is None:  # which the protocol reads as destructive
        yield "hint-missing", ""
    deletes = function is Function.DELETE and not takes_only_a_link(operation, pack)
    if hints.read_only and function not in READING and function is not Function.UNKNOWN:
        yield "hint-contradicted", "that it only reads"
    elif hints.read_only is False and function in READING:
        yield "hint-contradicted", "that it changes something"
    elif deletes and hints.destructive is False:
        yield "hint-contradicted", "that it destroys nothing"
    if deletes and not hints.destructive:
        yield "destructive-unhinted", ""


def _of_shape(operation: Operation) -> Iterator[Found]:
    if operation.deprecated:
        yield "deprecated", ""
    endless = [one.name for one in operation.fields if not one.bounded and one.place != "answer"]
    if endless:
        yield "unbounded-input", _some(endless)
    if operation.unread:
        yield "unread-reference", _some(operation.unread)


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
    return f"{', '.join(names[:NAMED_MAX])}{more}"
