"""What else could find it: a small text classifier for each lack, trained on the tuning half."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from interlock.engine.oversight.estimate import rate
from interlock.terms.problem import Lack
from statements.corpus import FIELDS, Score, Statement


def rival_score(tuning: list[Statement], held_out: list[Statement]) -> Score:
    words = TfidfVectorizer(ngram_range=(1, 2)).fit([_words(one) for one in tuning])
    seen, unseen = (words.transform([_words(one) for one in half]) for half in (tuning, held_out))
    right = told = labelled = 0
    for lack in Lack:
        classifier = LogisticRegression(class_weight="balanced", C=10).fit(seen, [lack in one.lacks for one in tuning])
        found = classifier.predict(unseen)
        truth = [lack in one.lacks for one in held_out]
        right += sum(bool(a) and b for a, b in zip(found, truth, strict=True))
        told += int(found.sum())
        labelled += sum(truth)
    return Score(rate(right, told), rate(right, labelled))


def _words(one: Statement) -> str:
    fields = " ".join(f"{name}: {getattr(one.problem, name)}" for name in FIELDS)
    return one.text or f"{fields}{' kpi' if one.kpis else ''}"
