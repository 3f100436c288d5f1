"""The sample that ships in the package is what its README says: varied, whole, and neither trivial nor hopeless."""

import csv
import datetime as dt
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise

import pytest

INTENTS = frozenset(
    {
        "account_access",
        "cancel_order",
        "damaged_item",
        "invoice_copy",
        "late_delivery",
        "missing_item",
        "payment_problem",
        "product_question",
        "refund_request",
        "refund_status",
        "return_help",
        "wrong_address",
    }
)
SAMPLES = files("interlock.packs") / "samples"
JACCARD_MAX = 0.85


@cache
def messages() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader((SAMPLES / "support_messages.csv").read_text("utf-8").splitlines()))


def listed_in_readme(kind: str) -> list[str]:
    readme = (SAMPLES / "README.md").read_text("utf-8")
    block = re.search(rf"^```text {kind}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert block is not None
    return block.group(1).split()


def tokens(message: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", message.lower()))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def test_every_row_is_whole_and_in_its_columns() -> None:
    assert {tuple(row) for row in messages()} == {
        ("message_id", "received_at", "customer", "channel", "message", "intent")
    }
    assert [row for row in messages() if not all(isinstance(cell, str) and cell.strip() for cell in row.values())] == []
    assert [row["message_id"] for row in messages()] == [f"M{i:04d}" for i in range(1, len(messages()) + 1)]
    assert [row for row in messages() if not re.fullmatch(r"C\d{4}", row["customer"])] == []
    assert {row["channel"] for row in messages()} == {"email", "chat", "phone note"}


def test_there_are_twelve_intents_with_enough_messages_each() -> None:
    counts = Counter(row["intent"] for row in messages())

    assert set(counts) == INTENTS
    assert len(messages()) >= 720
    assert {intent: n for intent, n in counts.items() if n < 55} == {}


def test_times_carry_a_zone_rise_and_stay_in_their_four_months() -> None:
    times = [dt.datetime.fromisoformat(row["received_at"]) for row in messages()]

    assert {time.utcoffset() for time in times} == {dt.timedelta(0), dt.timedelta(hours=1)}
    assert [(a, b) for a, b in pairwise(times) if a >= b] == []
    assert (times[0].date(), times[-1].date()) == (dt.date(2026, 1, 2), dt.date(2026, 4, 30))


def test_some_customers_write_more_than_once_and_most_do_not() -> None:
    per_customer = Counter(row["customer"] for row in messages())
    more_than_once = sum(n > 1 for n in per_customer.values())

    assert len(per_customer) >= 500
    assert 0.1 <= more_than_once / len(per_customer) <= 0.4


def test_messages_are_of_many_lengths() -> None:
    lengths = [len(row["message"].split()) for row in messages()]

    assert (min(lengths), max(lengths)) == (3, 60)


def test_no_message_is_another_one_with_other_digits_or_capitals() -> None:
    plain = Counter(" ".join(re.sub(r"\d", "", row["message"].lower()).split()) for row in messages())

    assert [text for text, n in plain.items() if n > 1] == []


@pytest.mark.parametrize("intent", sorted(INTENTS))
def test_no_two_messages_of_an_intent_are_near_copies(intent: str) -> None:
    own = [(row["message_id"], tokens(row["message"])) for row in messages() if row["intent"] == intent]

    assert [(a[0], b[0]) for a, b in combinations(own, 2) if jaccard(a[1], b[1]) > JACCARD_MAX] == []


def test_hard_and_misfiled_messages_are_listed_in_the_readme_and_in_no_column() -> None:
    hard, misfiled = listed_in_readme("hard"), listed_in_readme("mis-filed")
    ids = {row["message_id"] for row in messages()}
    readme = (SAMPLES / "README.md").read_text("utf-8")

    assert set(hard) | set(misfiled) <= ids
    assert len(set(hard)) == len(hard) >= 0.15 * len(ids)
    assert len(set(misfiled)) == len(misfiled)
    assert 0.01 <= len(misfiled) / len(ids) <= 0.015
    assert f"**{len(hard) / len(ids):.1%} of the messages are hard" in readme
    assert f"**{len(misfiled) / len(ids):.1%} of the messages are mis-filed** ({len(misfiled)})" in readme


def test_word_counts_neither_solve_nor_fail_it() -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    linear = pytest.importorskip("sklearn.linear_model")
    selection = pytest.importorskip("sklearn.model_selection")
    pipeline = pytest.importorskip("sklearn.pipeline")
    learner = pipeline.make_pipeline(
        text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), linear.LogisticRegression(C=10, max_iter=2000)
    )
    folds = selection.StratifiedKFold(5, shuffle=True, random_state=0)

    accuracy = selection.cross_val_score(
        learner, [row["message"] for row in messages()], [row["intent"] for row in messages()], cv=folds
    ).mean()

    assert 0.80 <= accuracy <= 0.92
