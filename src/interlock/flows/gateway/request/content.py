"""What is looked for in the texts of a request, and what stands in their place when they leave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from interlock.engine.gateway.detectors.glance import is_clear
from interlock.engine.gateway.detectors.injection import injection
from interlock.engine.gateway.detectors.secrets import secrets_in
from interlock.engine.gateway.redaction.escapes import unescaped
from interlock.engine.gateway.redaction.folding import folded
from interlock.engine.gateway.redaction.redacting import Redaction, RequestRedaction, compiled
from interlock.engine.gateway.wire.heard import heard
from interlock.engine.gateway.wire.parsed import Parsed
from interlock.terms.gateway.content import Entity, PersonalKind
from interlock.terms.gateway.refusal import Refusal, RefusalKind
from interlock.terms.gateway.traffic import OnFinding, TrafficPlan

KEPT_MAX = 64  # values of persons are in them: no more than conversations that go on
# No pattern of a value goes over it, so that none begins in one text and ends in the next. ASCII, because one character
# that is not makes the folding of all texts five times as slow.
BETWEEN = "\n\x1e\n"
ANSWERED = "ask your operator what this workflow's traffic may hold"


@dataclass(frozen=True, slots=True)
class Looked:
    """`texts` are those that leave (None: as they came), `redaction` knows what was taken out of them.

    `redacted` counts that by kind. `found` are what detectors saw, for the record; `injection_permille` and `secrets`
    the same as facts for policy.
    """

    texts: tuple[str, ...] | None = None
    redaction: RequestRedaction | None = None
    redacted: Mapping[str, int] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    injection_permille: int = 0
    secrets: int = 0


def look(
    parsed: Parsed, plan: TrafficPlan, entities: tuple[Entity, ...] = (), *, tenant: str | None = None
) -> Looked | Refusal:
    """Look through a request of a tenant. A refusal never says what was found, only of which kind it is.

    What nobody can look into (pictures, sound, sealed reasoning, tokens instead of text) does not pass where something
    is to be taken out. Raises BadInput for entities that cannot be looked for.
    """
    sealed = sorted((*parsed.unreadable, *parsed.media))
    if sealed and (plan.redact or entities):
        words = f"{', '.join(sealed)} cannot be looked into, and personal data must not leave: send text, or {ANSWERED}"
        return Refusal(RefusalKind.CONTENT, "unreadable content", words)
    whole = folded(_read(parsed.texts))
    clear = is_clear(whole.data, frozenset(plan.redact))
    secrets = Counter[str]() if clear else Counter(one.kind for one in secrets_in(whole.data))
    told = BETWEEN.join(heard(parsed))
    # What was told stands in the texts as it is, but for JSON in a string: only there its escapes are read.
    score = injection(told, rules=not clear or "\\" in told)
    found = (*(f"secret:{kind}" for kind in sorted(secrets)), *(("injection",) if score.alarm else ()))
    refusal = _refusal(plan, found, secrets=bool(secrets), alarm=score.alarm)
    if refusal is not None:
        return refusal
    if clear and not entities:
        return Looked(found=found, injection_permille=score.permille)
    redaction = redaction_of(plan, entities, secrets=bool(secrets), tenant=tenant)
    n_secrets = sum(secrets.values())
    # One look at all texts together: mostly there is nothing, and then none of them is looked at by itself.
    if redaction is None or not redaction.spans(whole, literals=True):
        return Looked(found=found, injection_permille=score.permille, secrets=n_secrets)
    request = redaction.begin()
    texts = tuple(map(request.redact, parsed.texts))
    changed = texts if texts != parsed.texts else None
    return Looked(changed, request, dict(request.counts), found, score.permille, n_secrets)


def _read(texts: Sequence[str]) -> str:
    """All texts as they are read, each by itself: what is found in one of them is found in all of them together."""
    whole = BETWEEN.join(texts)
    return whole if "\\" not in whole else BETWEEN.join(unescaped(text).text for text in texts)


def redaction_of(
    plan: TrafficPlan, entities: tuple[Entity, ...] = (), *, secrets: bool = True, tenant: str | None = None
) -> Redaction | None:
    """What is taken out of this plan's requests, None for nothing. `secrets`: whether there are any to take out."""
    also = {PersonalKind.SECRET.value} if secrets and plan.on_secret is OnFinding.REDACT else set[str]()
    kinds = frozenset(plan.redact) | also
    if entities:
        return _with_values(kinds, entities, tenant)
    return _of_kinds(kinds) if kinds else None


@cache  # there are few sets of kinds, and no tenant's values may push them out
def _of_kinds(kinds: frozenset[str]) -> Redaction:
    return compiled(kinds)


@lru_cache(maxsize=KEPT_MAX)
def _with_values(kinds: frozenset[str], entities: tuple[Entity, ...], tenant: str | None) -> Redaction:
    del tenant  # part of the key: how fast it goes must not tell one tenant that another one knows the same values
    return compiled(kinds, entities)


def _refusal(plan: TrafficPlan, found: tuple[str, ...], *, secrets: bool, alarm: bool) -> Refusal | None:
    if secrets and plan.on_secret is OnFinding.REFUSE:
        kinds = ", ".join(one.partition(":")[2] for one in found if one.startswith("secret:"))
        words = f"the request holds a secret ({kinds}): take it out, and change it where it was in use"
        return Refusal(RefusalKind.CONTENT, "secret", words)
    if alarm and plan.on_injection is OnFinding.REFUSE:
        words = f"the request reads like an attack on the model's instructions; if it is none, {ANSWERED}"
        return Refusal(RefusalKind.CONTENT, "injection", words)
    return None
