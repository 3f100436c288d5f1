"""What became of operations from one version of a description to the next."""

from collections.abc import Iterator, Sequence

from interlock.terms.initiative import Risk
from interlock.terms.inventory import Audited, Auth, Changed, Differences

ORDER = tuple(Risk)
STRENGTH = (Auth.NONE, Auth.UNSAID, Auth.OPTIONAL, Auth.REQUIRED)
NAMED_MAX = 5


def compare(old: Sequence[Audited], new: Sequence[Audited]) -> Differences:
    """By service, method and path, or tool; where each side is one service, whatever it calls itself."""
    alone = all(len({one.operation.service for one in side}) == 1 for side in (old, new))
    before, after = ({_key(one, alone=alone): one for one in side} for side in (old, new))
    both = [(before[key], after[key]) for key in before if key in after]
    changed = [changed_between(*pair) for pair in both if _differ(*pair)]
    return Differences(
        added=tuple(one for key, one in after.items() if key not in before),
        removed=tuple(one for key, one in before.items() if key not in after),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def rises(differences: Differences) -> bool:
    """Whether anything may do more harm than before: a tier that rose, protection that fell, a new high operation."""
    new = any(one.tier is Risk.HIGH for one in differences.added)
    return new or any(one.rises for one in differences.changed)


def changed_between(old: Audited, new: Audited) -> Changed:
    """What is another, in words."""
    rose = ORDER.index(new.tier) > ORDER.index(old.tier)
    return Changed(old, new, tuple(_what(old, new)) or ("its description or schema",), rose or _weaker(old, new))


def _key(one: Audited, *, alone: bool) -> str:
    return one.operation.name if alone else one.operation.key


def _differ(old: Audited, new: Audited) -> bool:
    return old.operation.digest != new.operation.digest or any(_what(old, new))


def _weaker(old: Audited, new: Audited) -> bool:
    known = [one.operation.auth for one in (old, new)]
    return all(one in STRENGTH for one in known) and STRENGTH.index(known[1]) < STRENGTH.index(known[0])


def _what(old: Audited, new: Audited) -> Iterator[str]:
    for name in ("tier", "function", "exposure", "authority"):
        was, is_ = getattr(old, name), getattr(new, name)
        if was != is_:
            yield f"{name} {was} to {is_}"
    if old.operation.auth != new.operation.auth:
        yield f"credentials {old.operation.auth} to {new.operation.auth}"
    if old.operation.hints != new.operation.hints:
        yield "its author's hints"
    yield from _members("data", set(old.sensitive), set(new.sensitive))
    yield from _members("input", _inputs(old), _inputs(new))
    yield from _members("finding", {one.rule for one in old.findings}, {one.rule for one in new.findings})


def _inputs(one: Audited) -> set[str]:
    return {field.name for field in one.operation.fields if field.place != "answer"}


def _members(what: str, old: set[str], new: set[str]) -> Iterator[str]:
    for words, names in (("new", new - old), ("gone", old - new)):
        if names:
            shown = ", ".join(sorted(names)[:NAMED_MAX])
            more = f" and {len(names) - NAMED_MAX} more" if len(names) > NAMED_MAX else ""
            yield f"{words} {what}: {shown}{more}"
