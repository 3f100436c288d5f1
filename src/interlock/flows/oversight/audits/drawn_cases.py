"""One decided case against the salt that should have drawn it and the grant that was in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from interlock.engine.oversight.audits.sampling import audit_draw
from interlock.engine.oversight.wording import percent
from interlock.terms.decision import Verb

SHARES = ("audit_share", "traffic_share")


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """What the ledger says of a decision, and beside it the release and the grant that were then in force.

    `recorded_grant` is what the decision says that it was made under, `grant` what the ledger's grants add up to.
    """

    entry: int
    key: str
    proposed_key: object
    release: object
    release_in_force: str | None
    verb: object
    audited: object
    draws: Mapping[str, object]
    recorded_grant: Mapping[str, Any] | None
    grant: Mapping[str, Any] | None


def drawn_case(
    entry: int, body: Mapping[str, Any], *, release: str | None, grant: Mapping[str, Any] | None
) -> DrawnCase:
    """From the body of a `decision.made` entry. Raises KeyError or TypeError where a part is missing or of no use."""
    inputs = body["inputs"]
    if not isinstance(body["key"], str) or not isinstance(inputs["grant"], Mapping | None):
        raise TypeError("its key is no text, or its grant is none")
    body["key"].encode()  # a ValueError where it is no key that could have been drawn
    return DrawnCase(
        entry=entry,
        key=body["key"],
        proposed_key=inputs["proposal"]["key"],
        release=body["release"],
        release_in_force=release,
        verb=body["verb"],
        audited=body["audited"],
        draws={kind: inputs[f"{kind}_draw"] for kind in ("traffic", "audit")},
        recorded_grant=inputs["grant"],
        grant=grant,
    )


def reasons_against(case: DrawnCase, salt: bytes | None) -> Iterator[str]:
    """Everything about the draw of a case that is not as it must be; nothing where it is right.

    Without `salt` (the period is open, or its salt is not known) only what the record itself contradicts is found.
    """
    if case.proposed_key != case.key:
        yield f"its proposal has another key ('{case.proposed_key}'), which would draw another audit"
    if case.release != case.release_in_force:
        yield "it was recorded under a release that was not in force"
    yield from _against_grant(case)
    if case.grant is not None and not _drawn(case):
        yield "it was recorded without a draw although audited authority was in force"
    elif salt is not None:
        yield from _against_salt(case, salt)
    yield from _against_flag(case, salt)


def _drawn(case: DrawnCase) -> bool:
    return case.recorded_grant is not None and all(is_draw(draw) for draw in case.draws.values())


def is_draw(value: object) -> bool:
    """Whether it is a number in [0, 1): where there is no salt, 1 is recorded."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1


def _against_grant(case: DrawnCase) -> Iterator[str]:
    if case.grant is None:
        if case.recorded_grant is not None:
            yield "it names a grant, but none was in force"
        if case.verb == Verb.APPLY:
            yield "it was applied although no grant was in force"
        return
    for name in SHARES:
        words, granted = name.replace("_", " "), case.grant.get(name)
        if _share(case, name) is None:
            yield f"the grant that was in force has no {words}"
        elif case.recorded_grant is not None and case.recorded_grant.get(name) != granted:
            yield f"its {words} is recorded as {case.recorded_grant.get(name)}, the grant says {granted}"


def _against_salt(case: DrawnCase, salt: bytes) -> Iterator[str]:
    for kind, recorded in case.draws.items():
        drawn = _draw(case, kind, salt)
        if isinstance(recorded, bool) or recorded != drawn:
            yield f"its {kind} draw is recorded as {recorded}, the salt gives {drawn}"
    share = _share(case, "traffic_share")
    if case.verb == Verb.APPLY and share is not None and not _draw(case, "traffic", salt) < share:
        yield f"it was applied although it is outside the {percent(share)} of traffic that the grant covers"


def _against_flag(case: DrawnCase, salt: bytes | None) -> Iterator[str]:
    """The flag that the salt gives; where that is not known, the one that the recorded draw gives."""
    share = _share(case, "audit_share")
    if case.audited not in (0, 1):
        yield f"whether it is audited is recorded as {case.audited!r}, which is neither 0 nor 1"
        return
    if case.verb != Verb.APPLY:
        if case.audited:
            yield f"it is marked as audited although it was not applied ({case.verb})"
        return
    draw = case.draws["audit"] if salt is None else _draw(case, "audit", salt)
    if share is None or not isinstance(draw, int | float):
        return  # named above: no grant, or no draw
    must = not draw >= share
    if bool(case.audited) != must:
        recorded, due = ("audited", "not audited") if case.audited else ("not audited", "audited")
        how = "the recorded draw" if salt is None else "the salt"
        yield f"it is recorded as {recorded}; by {how} and the grant's audit share of {percent(share)} it is {due}"


def _draw(case: DrawnCase, kind: str, salt: bytes) -> float:
    return audit_draw(f"{kind}:{case.key}", salt=salt)


def _share(case: DrawnCase, name: str) -> float | None:
    share = None if case.grant is None else case.grant.get(name)
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
        return None
    return float(share)
