"""Drift of inputs: planted changes are found and told by kind, small or unproved ones are not warned of."""

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import interlock
from interlock.engine.ledger.canonical import plain
from interlock.engine.oversight.drift.detect import detect_drift
from interlock.engine.oversight.drift.outcome import NO_VERDICT, cases_more
from interlock.terms.drift import DriftOutcome, DriftReport, FeatureDrift, FeatureKind

N = 1_600
Cases = dict[str, list[Any]]


def cases(seed: int, n: int = N) -> Cases:
    rng = np.random.default_rng(seed)
    return {
        "amount": list(rng.lognormal(4.0, 1.0, n)),
        "market": list(rng.choice(["de", "fr", "it", "es"], n, p=[0.5, 0.3, 0.15, 0.05])),
        "note": [f"refund for order {rng.integers(100)} please" for _ in range(n)],
    }


def found(report: DriftReport, name: str, kind: FeatureKind) -> FeatureDrift:
    return next(one for one in report.features if (one.feature, one.kind) == (name, kind))


def warned(report: DriftReport) -> list[tuple[str, FeatureKind]]:
    return [(one.feature, one.kind) for one in report.features if one.warns]


def test_two_samples_of_the_same_cases_show_no_drift() -> None:
    report = detect_drift(cases(1), cases(2), text=["note"])
    assert (report.outcome, warned(report), report.cases_more) == (DriftOutcome.NONE, [], 0)
    assert report.advice == ("Nothing to do; go on with random audits.", NO_VERDICT)
    assert json.loads(json.dumps(plain(report), allow_nan=False))["outcome"] == "no drift seen"


def shifted(recent: Cases) -> None:
    recent["amount"] = [1.8 * amount for amount in recent["amount"]]


def rerouted(recent: Cases) -> None:
    recent["market"] = ["pl" if i % 8 == 0 else market for i, market in enumerate(recent["market"])]


def emptied(recent: Cases) -> None:
    recent["market"] = [None if i % 12 == 0 else market for i, market in enumerate(recent["market"])]


def turned_to_words(recent: Cases) -> None:
    recent["amount"] = [f"EUR {amount:.2f}" for amount in recent["amount"]]


def a_few_of_another_topic(recent: Cases) -> None:
    recent["note"] = ["the app crashes when I sign in" if i % 8 == 0 else note for i, note in enumerate(recent["note"])]


def other_topic(recent: Cases) -> None:
    recent["note"] = ["the app crashes when I sign in" if i % 4 == 0 else note for i, note in enumerate(recent["note"])]


@pytest.mark.parametrize(
    ("change", "feature"),
    [
        (shifted, ("amount", FeatureKind.NUMERIC)),
        (rerouted, ("market", FeatureKind.CATEGORICAL)),
        (emptied, ("market", FeatureKind.MISSING)),
        (turned_to_words, ("amount", FeatureKind.MISSING)),
        (a_few_of_another_topic, ("note", FeatureKind.NEWNESS)),
        (other_topic, ("note", FeatureKind.TEXT)),
    ],
)
def test_a_planted_change_is_an_early_warning_and_names_its_feature(change: Any, feature: Any) -> None:
    recent = cases(2)
    change(recent)
    # Texts take most of the time: they are compared only where they changed.
    options: dict[str, Any] = {"text": ["note"]} if feature[0] == "note" else {"ignore": ["note"]}
    report = detect_drift(cases(1), recent, **options)
    assert report.outcome is DriftOutcome.WARNING
    assert {name for name, _ in warned(report)} == {feature[0]}
    assert feature in warned(report)
    assert report.advice[0].startswith("Raise the audit share")
    assert report.advice[-1] == NO_VERDICT


def test_categories_that_the_reference_lacks_are_counted() -> None:
    recent = cases(2)
    rerouted(recent)
    effect = found(detect_drift(cases(1), recent, ignore=["note"]), "market", FeatureKind.CATEGORICAL).effect
    assert effect.unseen_share == 200 / 1600
    assert "12.5 % in categories that the reference does not have" in effect.words


def test_embeddings_are_compared_as_given() -> None:
    rng = np.random.default_rng(3)
    old, same, other = rng.normal(size=(N, 16)), rng.normal(size=(N, 16)), rng.normal(0.4, 1.0, size=(N, 16))
    assert detect_drift({}, {}, embeddings={"case": (old, same)}).outcome is DriftOutcome.NONE
    report = detect_drift({}, {}, embeddings={"case": (old, other)})
    assert warned(report) == [("case", FeatureKind.EMBEDDING)]
    assert report.features[0].n_reference == report.features[0].n_recent == N - 500


def test_a_small_p_without_an_effect_does_not_warn() -> None:
    rng = np.random.default_rng(4)
    report = detect_drift({"x": list(rng.normal(size=40_000))}, {"x": list(rng.normal(0.06, 1.0, 40_000))})
    (one,) = report.features
    assert one.p_adjusted < 1e-6
    assert (one.warns, report.outcome) == (False, DriftOutcome.NONE)


def test_an_effect_without_a_small_p_does_not_warn_and_says_how_many_cases_are_missing() -> None:
    rng = np.random.default_rng(5)
    reference = {"x": list(rng.normal(size=5_000))}
    report = detect_drift(reference, {"x": list(rng.normal(0.3, 1.0, 20))})
    (one,) = report.features
    assert one.effect.total_variation > 0.1
    assert (one.warns, report.outcome) == (False, DriftOutcome.TOO_FEW)
    assert report.cases_more is not None
    assert f"About {report.cases_more:,} more recent cases are needed" in report.advice[0]
    more = detect_drift(reference, {"x": list(rng.normal(size=20 + report.cases_more))})
    assert (more.outcome, more.cases_more) == (DriftOutcome.NONE, 0)


def test_a_reference_that_no_number_of_recent_cases_can_mend_is_said_to_be_too_small() -> None:
    report = detect_drift(cases(1, 50), cases(2, 5_000), ignore=["note"])
    assert (report.outcome, report.cases_more) == (DriftOutcome.TOO_FEW, None)
    assert report.advice[0].startswith("50 reference cases are too few for any number of recent ones")


@given(n_reference=st.integers(1, 10**6), n_recent=st.integers(1, 10**6), level=st.floats(1e-9, 0.5, exclude_min=True))
def test_cases_asked_for_are_enough_and_not_one_too_many(n_reference: int, n_recent: int, level: float) -> None:
    more = cases_more(n_reference, n_recent, level=level)
    if more is not None:
        assert cases_more(n_reference, n_recent + more, level=level) == 0
        assert more == 0 or cases_more(n_reference, n_recent + more - 1, level=level) == 1


def test_all_looks_together_spend_no_more_than_delta() -> None:
    column = {"x": [float(i) for i in range(40)]}
    levels = [detect_drift(column, column, look=k, delta=0.1).level for k in range(1, 60)]
    assert levels[:2] == [0.05, 0.1 / 6]
    assert sum(levels) == pytest.approx(0.1 * (1 - 1 / 60))


def test_a_late_look_still_tells_a_change_of_any_kind_from_none() -> None:
    """Daily looks for a year: no permutation test could show p-values so small."""
    reference, recent, same = cases(1, 4_000), cases(2, 4_000), cases(3, 4_000)
    recent["market"] = ["pl" if i % 4 == 0 else market for i, market in enumerate(recent["market"])]
    recent["note"] = ["the app crashes when I sign in" if i % 2 == 0 else note for i, note in enumerate(recent["note"])]
    changed, quiet = (detect_drift(reference, now, text=["note"], look=365) for now in (recent, same))
    assert {name for name, _ in warned(changed)} == {"market", "note"}
    assert (quiet.outcome, quiet.cases_more) == (DriftOutcome.NONE, 0)


def test_few_texts_at_a_late_look_are_compared_without_permutations() -> None:
    old, new = [f"refund for order {i}" for i in range(200)], [f"the app crashes, version {i}" for i in range(200)]
    report = detect_drift({"note": old}, {"note": new}, text=["note"], look=365)
    assert (FeatureKind.TEXT, True) in [(one.kind, one.warns) for one in report.features]


def test_numbers_as_categories_keep_all_their_digits() -> None:
    old, new = {"queue": [2026112601] * N}, {"queue": [2026112602.0] * N}
    assert detect_drift(old, new).outcome is DriftOutcome.WARNING
    assert warned(detect_drift(old, {"queue": [2026112601.0] * N})) == []


def test_columns_that_are_not_compared_are_named_with_the_reason() -> None:
    reference: Cases = {"id": [f"k{i}" for i in range(N)], "old": [1] * N, "blank": [""] * N, **cases(1)}
    recent: Cases = {"id": [f"k{i + N}" for i in range(N)], "new": [1] * N, "blank": [None] * N, **cases(2)}
    report = detect_drift(reference, recent, ignore=["note"])
    assert [name for name, _ in report.left_out] == ["note", "old", "new", "id", "blank"]
    assert {one.feature for one in report.features} == {"market", "amount"}


@pytest.mark.parametrize(
    ("reference", "recent", "options", "said"),
    [
        ({"x": []}, {"x": [1.0]}, {}, "there are no reference cases"),
        ({"x": [1.0]}, {"x": []}, {}, "there are no recent cases"),
        ({"x": [1.0], "y": [1.0, 2.0]}, {"x": [1.0]}, {}, "unequal length"),
        ({"x": [1.0]}, {"x": [1.0]}, {"text": ["z"]}, "'z' is not a column; columns are: x"),
        ({"x": [1.0]}, {"x": [1.0]}, {"look": 0}, "look is 0"),
        ({"x": [1.0]}, {"x": [1.0]}, {"delta": float("nan")}, "delta is nan"),
        ({}, {}, {"embeddings": {"e": ([[1.0]], [[1.0, 2.0]])}}, "equal width"),
        ({}, {}, {"embeddings": {"e": ([[float("nan")]] * 2, [[1.0]] * 2)}}, "not finite"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_mend(reference: Any, recent: Any, options: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r".*") as told:
        detect_drift(reference, recent, **options)
    assert said in str(told.value)


ROOM = ("engine/oversight/drift/", "terms/drift.py", "flows/oversight/drift.py", "surfaces/cli/oversight/")
FACADE = "oversight.py"
NAMES = {"detect_drift", "DriftReport", "DriftOutcome", "false_alarms", "warnings_in_order", "NoveltyModel"}


def readers_of_drift(files: dict[str, str]) -> set[str]:
    """Files that import the comparison or its report, by module or by public name."""
    found = set()
    for name, content in files.items():
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = {getattr(node, "module", None) or "", *(alias.name for alias in node.names)}
                if modules & NAMES or any("drift" in module.split(".") for module in modules):
                    found.add(name)
    return found


def test_nothing_that_decides_reads_drift() -> None:
    """Only its own room, its command and the public name know it: no gate, grant, promotion, demotion or decision."""
    source = Path(interlock.__file__).parent
    files = {
        file.relative_to(source).as_posix(): file.read_text(encoding="utf-8")
        for file in source.rglob("*.py")
        if "packs" not in file.parts
    }
    readers = readers_of_drift(files)
    assert FACADE in readers
    assert {name for name in readers if not name.startswith(ROOM)} == {FACADE}
    breach = "from interlock.oversight import detect_drift"
    assert "flows/rollout/demote.py" in readers_of_drift({"flows/rollout/demote.py": breach})
    assert not {field for field in DriftReport.__dataclass_fields__ if "verdict" in field or "verb" in field}
