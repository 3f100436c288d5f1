"""The words that the inventory goes by, from the pack."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from interlock.adapters.packs.own_pack import own_packs
from interlock.terms.inventory import Exposure, Function, InventoryPack, Level, Said, Sensitivity, ServiceClass

Key = TypeVar("Key")


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")
    words: str
    next_step: str


class _Level(BaseModel):
    model_config = ConfigDict(extra="forbid")
    availability_min_share: float
    latency_p95_ms: float


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: int
    verbs: dict[Function, list[str]]
    trailing: list[str]
    objects: dict[Function, list[str]]
    computing: list[str]
    lasting: list[str]
    links: list[str]
    settings: list[str]
    commitments: list[str]
    committing: list[str]
    mixed: list[str]
    bulk: list[str]
    whole: list[str]
    running_anything: list[str]
    undone_words: list[str]
    sensitive: dict[Sensitivity, list[str]]
    not_sensitive: list[str]
    descriptors: list[str]
    subjects: dict[Sensitivity, list[str]]
    audiences: dict[Exposure, list[str]]
    internal_hosts: list[str]
    partner_hosts: list[str]
    findings: dict[str, _Said]
    levels: dict[ServiceClass, _Level]


def inventory_pack() -> InventoryPack:
    """The shipped words. Raises ValueError where a verb stands under two functions: it would say nothing."""
    read = _Rules.model_validate(own_packs("inventory")["rules"])
    verbs = [verb for one in read.verbs.values() for verb in one]
    twice = sorted({verb for verb in verbs if verbs.count(verb) > 1})
    if twice:
        raise ValueError(f"packs/inventory/rules.yaml says twice what {', '.join(twice)} does")
    return InventoryPack(
        version=read.version,
        verbs=_sets(read.verbs),
        trailing=frozenset(read.trailing),
        objects=_sets(read.objects),
        computing=frozenset(read.computing),
        lasting=frozenset(read.lasting),
        links=frozenset(read.links),
        settings=frozenset(read.settings),
        commitments=frozenset(read.commitments),
        committing=frozenset(read.committing),
        mixed=frozenset(read.mixed),
        bulk=frozenset(read.bulk),
        whole=frozenset(read.whole),
        running_anything=frozenset(read.running_anything),
        undone_words=tuple(read.undone_words),
        sensitive={kind: tuple(one) for kind, one in read.sensitive.items()},
        not_sensitive=tuple(read.not_sensitive),
        descriptors=frozenset(read.descriptors),
        subjects=_sets(read.subjects),
        audiences=_sets(read.audiences),
        internal_hosts=tuple(read.internal_hosts),
        partner_hosts=tuple(read.partner_hosts),
        findings={rule: Said(one.words, one.next_step) for rule, one in read.findings.items()},
        levels={name: Level(one.availability_min_share, one.latency_p95_ms) for name, one in read.levels.items()},
    )


def _sets(lists: Mapping[Key, Iterable[str]]) -> dict[Key, frozenset[str]]:
    return {key: frozenset(one) for key, one in lists.items()}
