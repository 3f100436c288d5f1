"""The candidates of a bake-off: the built-in ones, and models behind addresses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from interlock.ports.candidates import Candidate
from interlock.surfaces.cli.toolbox import BuildCandidates
from interlock.terms.errors import BadInput

KEY_NAMES = ("INTERLOCK_CANDIDATE_API_KEY", "OPENAI_API_KEY")


def candidate_builder(environment: Mapping[str, str]) -> BuildCandidates:
    """Built-in candidates, simplest first, then one for each outside address."""

    def build(*, seed: int, outside: Sequence[str]) -> Sequence[Candidate]:
        from interlock.adapters.candidates.centroid import NearestCentroid
        from interlock.adapters.candidates.minilm import MiniLM
        from interlock.adapters.candidates.tfidf import SmallModel

        own: list[Candidate] = [NearestCentroid(), SmallModel(seed=seed), MiniLM(seed=seed)]
        return [*own, *_outside(outside, environment)]

    return build


def _outside(outside: Sequence[str], environment: Mapping[str, str]) -> list[Candidate]:
    if not outside:
        return []
    from interlock.adapters.candidates.address import parse_address
    from interlock.adapters.candidates.openai_compatible import OpenAICompatible

    key = _key(environment)
    addresses = [parse_address(text) for text in outside]
    models = Counter(address.model for address in addresses)
    candidates: list[Candidate] = []
    for address in addresses:
        name = address.model if models[address.model] == 1 else f"{address.model} at {urlsplit(address.base).netloc}"
        if any(candidate.name == name for candidate in candidates):
            raise BadInput(f"--candidate: {name} is named twice")
        candidates.append(OpenAICompatible(address, key=key, name=name))
    return candidates


def _key(environment: Mapping[str, str]) -> str | None:
    for name in KEY_NAMES:
        key = environment.get(name, "").strip()
        if key and not (key.isascii() and key.isprintable()):
            raise BadInput(f"{name} holds characters that no key has; set it again")
        if key:
            return key
    return None
