"""How much harm a wrong call does, and what an agent may therefore be allowed to begin with."""

from collections.abc import Collection

from interlock.engine.inventory.function import objects_of
from interlock.engine.inventory.naming import leading, segments, words_of
from interlock.engine.inventory.sensitivity import sets_credentials, shown
from interlock.terms.gateway.tools import ToolAuthority
from interlock.terms.initiative import Risk
from interlock.terms.inventory import (
    READING,
    Because,
    Exposure,
    Finding,
    Function,
    InventoryPack,
    Operation,
    Sensitivity,
    ServiceClass,
)

ALWAYS_HIGH = {
    Function.PAY: Because("tier-money", "money moves, or is committed"),
    Function.ADMINISTER: Because("tier-access", "it decides who may do what, or how far"),
    Function.SEND: Because("tier-message", "people see it at once, and it cannot be unseen"),
    Function.UNKNOWN: Because("tier-unknown", "nobody can tell what it does"),
}
DISTRUSTED = frozenset({"missing-auth", "optional-auth", "plain-http"})
CLAIMED = frozenset({"hint-missing", "hint-contradicted", "destructive-unhinted", "unread-reference"})


def tier_of(operation: Operation, function: Function, pack: InventoryPack) -> tuple[Risk, Because]:
    """The first rule that speaks, the harshest first."""
    sensitive = shown(operation, pack)
    because = _high_read(sensitive) if function in READING else _high(operation, function, pack)
    if because is not None:
        return Risk.HIGH, because
    if function not in READING:
        if function is Function.EXECUTE and _computes(operation, pack):
            return Risk.LOW, Because("tier-computes", "it computes something, and nothing stays changed")
        return Risk.MEDIUM, Because("tier-change", f"its function is {function}")
    if sensitive:
        return Risk.MEDIUM, Because("tier-sensitive", f"it shows {', '.join(sorted(sensitive))} data")
    if _ends_with(operation, pack.whole):
        return Risk.MEDIUM, Because("tier-whole", "what it shows comes out as a whole, whatever is in it")
    return Risk.LOW, Because("tier-read", "it changes nothing and shows nothing sensitive")


def _high_read(sensitive: Collection[Sensitivity]) -> Because | None:
    if Sensitivity.CREDENTIALS not in sensitive:
        return None
    return Because("tier-credentials", "it shows credentials")


def _high(operation: Operation, function: Function, pack: InventoryPack) -> Because | None:
    if function in ALWAYS_HIGH:
        return ALWAYS_HIGH[function]
    if function is Function.DELETE and not takes_only_a_link(operation, pack):
        return Because("tier-gone", "what it takes away is gone")
    if operation.hints is not None and operation.hints.destructive:
        return Because("tier-hint", "its author says that it destroys")
    return (
        _commits(operation, pack)
        or _sets(operation, function, pack)
        or _in_bulk(operation, pack)
        or _mixed(operation, pack)
        or _runs(operation, function, pack)
    )


def _commits(operation: Operation, pack: InventoryPack) -> Because | None:
    verbs = {word for word, _ in leading(operation, pack)}
    found = (pack.committing & verbs) | pack.commitments.intersection(objects_of(operation))
    return Because("tier-commits", f"'{min(found)}' binds somebody") if found else None


def _sets(operation: Operation, function: Function, pack: InventoryPack) -> Because | None:
    if function not in (Function.CREATE, Function.CHANGE) or not sets_credentials(operation, pack):
        return None
    return Because("tier-credentials", "it sets credentials")


def _in_bulk(operation: Operation, pack: InventoryPack) -> Because | None:
    return Because("tier-bulk", "it changes many things at once") if _ends_with(operation, pack.bulk) else None


def _ends_with(operation: Operation, words: frozenset[str]) -> bool:
    return not words.isdisjoint((segments(operation) or [()])[-1])


def _mixed(operation: Operation, pack: InventoryPack) -> Because | None:
    if operation.method or not any(word in pack.mixed for word, _ in leading(operation, pack)):
        return None
    if not pack.verbs[Function.DELETE].intersection(words_of(operation.description)):
        return None
    return Because("tier-mixed", "it does several things, and taking away is one of them")


def _runs(operation: Operation, function: Function, pack: InventoryPack) -> Because | None:
    if function is not Function.EXECUTE or not pack.running_anything.intersection(objects_of(operation)):
        return None
    return Because("tier-runs", "what it runs is what the caller says")


def takes_only_a_link(operation: Operation, pack: InventoryPack) -> bool:
    """Whether a deletion leaves the thing itself, by its verb or its description."""
    said = f"{operation.words} {operation.description}".lower()
    verbs = {word for word, _ in leading(operation, pack)}
    return bool(pack.links & verbs) or any(phrase in said for phrase in pack.undone_words)


def _computes(operation: Operation, pack: InventoryPack) -> bool:
    return any(word in pack.computing for word, _ in leading(operation, pack))


def authority_of(
    function: Function, tier: tuple[Risk, Because], findings: Collection[Finding]
) -> tuple[ToolAuthority, Because]:
    """What to begin with; nothing that is only claimed opens anything."""
    rules = {one.rule for one in findings}
    if function is Function.ADMINISTER:
        return ToolAuthority.DENY, Because("authority-access", "an agent does not change who may do what")
    if tier[1].rule == "tier-credentials" and function in READING:
        return ToolAuthority.DENY, Because("authority-credentials", "an agent does not see credentials")
    if rules & DISTRUSTED and tier[0] is Risk.HIGH:
        return ToolAuthority.DENY, Because("authority-unprotected", "much harm, and the way there is not protected")
    if tier[0] is Risk.HIGH or rules & CLAIMED:
        return ToolAuthority.REVIEW, Because("authority-review", "a person looks at each call")
    if function in READING:
        return ToolAuthority.READ, Because("authority-read", "it reads")
    return ToolAuthority.ACT, Because("authority-act", "the workflow's grant and limits decide")


def class_of(function: Function, tier: Risk, exposure: Exposure) -> ServiceClass:
    """Money, access and what the public changes is critical; other changes are business; the rest supports."""
    if function in (Function.PAY, Function.ADMINISTER) or (tier is Risk.HIGH and exposure is Exposure.PUBLIC):
        return ServiceClass.CRITICAL
    return ServiceClass.SUPPORTING if tier is Risk.LOW else ServiceClass.BUSINESS
