"""Labels drawn from the sure cases only: what `interlock oversight certify` advises, and takes."""

import csv
from pathlib import Path

import pytest

from commandline import Run
from interlock.oversight import certify

COLUMNS = ("--confidence", "sure", "--wrong", "bad")


def write(path: Path, cases: list[tuple[float, int]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sure", "bad", "n"), *((c, w, i) for i, (c, w) in enumerate(cases))])
    return path


@pytest.fixture
def week(tmp_path: Path) -> Path:
    """2,000 cases that nobody judged, confidences spread evenly."""
    return write(tmp_path / "week.csv", [(i / 2000, 0) for i in range(2000)])


@pytest.fixture
def sure(tmp_path: Path) -> Path:
    """600 judged cases of the upper half, two of them wrong."""
    return write(tmp_path / "sure.csv", [(0.5 + i / 1200, int(i in (10, 50))) for i in range(600)])


@pytest.mark.usefixtures("week", "sure")
def test_the_share_is_measured_on_the_unlabelled(run: Run) -> None:
    options = (*COLUMNS, "--budget", "1%", "--labelled-from", "0.5", "--unlabelled", "week.csv")
    ended = run("oversight", "certify", "sure.csv", *options, "--json")
    got = ended.json["certificate"]
    wanted = certify(
        [0.5 + i / 1200 for i in range(600)],
        [i in (10, 50) for i in range(600)],
        budget=0.01,
        unlabelled=[i / 2000 for i in range(2000)],
        labelled_from=0.5,
    )
    assert ended.status == 0
    assert (got["threshold"], got["share"], got["n_share"]) == (wanted.threshold, wanted.share, 2000)
    assert "Labels are a random sample of the cases with a confidence of 0.5 or more." in got["assumptions"]
    assert ended.json["other"] is None  # the joint promise needs a sample of all cases
    told = run("oversight", "certify", "sure.csv", *options).out
    assert "The share was measured on 2,000 unlabelled cases." in told


def test_it_says_from_which_cases_further_labels_would_prove_more(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "past.csv", [(i / 400, int(i in (100, 200))) for i in range(400)])
    ended = run("oversight", "certify", "past.csv", *COLUMNS, "--budget", "1%", "--json")
    design = ended.json["design"]
    assert 0 < design["share"] < 0.6
    page = (tmp_path / "interlock-oversight" / "certify.html").read_text(encoding="utf-8")
    assert "--labelled-from" in page


@pytest.mark.usefixtures("week", "sure")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((*COLUMNS, "--labelled-from", "0.5"), "labelled_from needs unlabelled"),
        ((*COLUMNS, "--labelled-from", "0.6", "--unlabelled", "week.csv"), "a labelled case has confidence 0.5"),
        ((*COLUMNS, "--promise", "joint", "--labelled-from", "0.5", "--unlabelled", "week.csv"), "selective promise"),
        (("--wrong", "bad", "--unlabelled", "week.csv"), "--unlabelled needs --confidence"),
        ((*COLUMNS, "--unlabelled", "none.csv"), "none.csv"),
    ],
)
def test_what_cannot_be_combined_is_refused(run: Run, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    ended = run("oversight", "certify", "sure.csv", *options)
    assert ended.status == 2
    assert said in ended.said
    assert not (tmp_path / "interlock-oversight").exists()


@pytest.mark.usefixtures("sure")
def test_a_confidence_that_is_none_is_named_by_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn.csv").write_text("sure,n\n0.5,1\nhigh,2\n", encoding="utf-8")
    ended = run("oversight", "certify", "sure.csv", *COLUMNS, "--unlabelled", "torn.csv")
    assert ended.status == 2
    assert "torn.csv, line 3: the confidence is 'high'; give a number from 0 to 1" in ended.said
