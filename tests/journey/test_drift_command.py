"""`interlock oversight drift` as a person uses it."""

import csv
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from commandline import Run

DRIFT = ("oversight", "drift")
HEADER = ("amount", "market", "note")


def write(path: Path, rows: Iterable[Iterable[Any]], header: Iterable[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def cases(seed: int, n: int = 2_000, market: str = "de") -> list[tuple[float, str, str]]:
    rng = random.Random(seed)
    notes = ("where is my parcel", "please refund the invoice", "the card was lost")
    return [
        (round(rng.gauss(100, 20), 2), rng.choice(("de", "fr", market)), f"{rng.choice(notes)} {rng.randrange(99)}")
        for _ in range(n)
    ]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write(tmp_path / "reference.csv", cases(1))


@pytest.mark.usefixtures("reference")
def test_a_change_is_an_early_warning_with_its_column_and_what_to_do_and_no_failure(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "recent.csv", cases(2, market="pl"))
    done = run(*DRIFT, "reference.csv", "recent.csv", "--text", "note")
    assert done.status == 0
    assert done.out.startswith("Early warning: 1 of 3 columns differ, 2,000 reference and 2,000 recent cases\n")
    assert "- Recent cases with a value that the reference does not have: 'market' " in done.out
    assert all(len(line.rstrip()) <= 80 for line in done.out.splitlines()[1:6])
    assert "- Raise the audit share, or send more cases to people" in done.out
    assert "- This is no verdict on the workflow's errors" in done.out
    assert [line.split()[:3] for line in done.out.splitlines() if line.startswith("market")] == [
        ["market", "category", "yes"]
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recent.csv", "reference.csv", "triage.yaml"]


@pytest.mark.usefixtures("reference")
def test_no_change_is_no_warning_and_the_reference_is_replayed_against_itself(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "recent.csv", cases(2))
    done = run(
        *DRIFT, "reference.csv", "recent.csv", "--ignore", "note", "--look", "3", "--false-alarms", "5", "--json"
    )
    figures = done.json
    assert (done.status, done.err, figures["kind"]) == (0, "", "drift")
    assert figures["report"]["outcome"] == "no drift seen"
    assert (figures["report"]["look"], figures["report"]["level"]) == (3, pytest.approx(0.05 / 12))
    assert figures["report"]["left_out"] == [["note", "you left it out"]]
    assert {one["feature"]: one["warns"] for one in figures["report"]["features"]} == {"amount": False, "market": False}
    assert (figures["false_alarms"]["share"]["n"], figures["false_alarms"]["n_recent"]) == (5, 1_000)
    told = run(*DRIFT, "reference.csv", "recent.csv", "--ignore", "note", "--in-order", "--quiet").out
    ordered = run(*DRIFT, "reference.csv", "recent.csv", "--ignore", "note", "--in-order").out
    assert (
        "(500 and 500 cases): 0 % of 2 pairs of neighbouring stretches warned (95 % interval 0 % to 84.19 %" in ordered
    )
    assert "; in 2 that is too few cases to tell." in ordered
    assert told == "No drift seen: 2 columns, 2,000 reference and 2,000 recent cases\n"


@pytest.mark.usefixtures("reference")
def test_too_few_cases_say_how_many_more(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "recent.csv", cases(2, n=30))
    done = run(*DRIFT, "reference.csv", "recent.csv", "--ignore", "note")
    assert (done.status, done.out.split(":")[0]) == (0, "Too few cases to tell")
    assert "more recent cases are needed beside the 30 (approximate)." in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("reference.csv", "none.csv"), "none.csv"),
        (("reference.csv", "other.csv"), "have no column in common: amount, market, note against x, y"),
        (("reference.csv", "header.csv"), "header.csv"),
        (("reference.csv", "reference.csv", "--text", "nte"), "--text 'nte' is not a column. All columns: amount"),
        (("reference.csv", "reference.csv", "--ignore", "nte"), "--ignore 'nte' is not a column"),
        (("reference.csv", "reference.csv", "--look", "0"), "--look"),
        (("reference.csv", "reference.csv", "--delta", "2"), "--delta"),
        (("reference.csv",), "RECENT_FILE"),
    ],
)
@pytest.mark.usefixtures("reference")
def test_wrong_input_ends_with_2_and_says_what_to_do(
    arguments: tuple[str, ...], said: str, run: Run, tmp_path: Path
) -> None:
    write(tmp_path / "other.csv", [(1, 2), (2, 1)], header=("x", "y"))
    write(tmp_path / "header.csv", [])
    done = run(*DRIFT, *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.said


def test_years_of_bank_calls_warn_and_halves_of_one_time_do_not(run: Run, tmp_path: Path, data_dir: Path) -> None:
    """Row order is time: the financial crisis is between the blocks."""
    import gzip

    folder = data_dir / "drift_bank_marketing"
    text = gzip.decompress((folder / "bank-additional-full.csv.gz").read_bytes()).decode()
    header, *rows = csv.reader(text.splitlines())
    write(tmp_path / "before.csv", rows[:10_000], header)
    write(tmp_path / "after.csv", rows[27_690:36_224], header)
    shuffled = random.Random(0).sample(rows[:10_000], 10_000)
    write(tmp_path / "a.csv", shuffled[:5_000], header)
    write(tmp_path / "b.csv", shuffled[5_000:], header)
    # What is known only after the call is no input.
    inputs = ("--ignore", "row", "--ignore", "duration", "--ignore", "y", "--json")
    apart = json.loads(run(*DRIFT, "before.csv", "after.csv", *inputs).out)["report"]
    alike = json.loads(run(*DRIFT, "a.csv", "b.csv", *inputs).out)["report"]
    assert (apart["outcome"], alike["outcome"]) == ("early warning", "no drift seen")
    assert {"euribor3m", "emp.var.rate", "poutcome"} <= {one["feature"] for one in apart["features"] if one["warns"]}
