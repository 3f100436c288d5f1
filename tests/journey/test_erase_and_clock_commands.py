"""`interlock erase` and `interlock clock`, as people use them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from commandline import DEFINITION, Here, Run
from governed import CARLA, House
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.timestamp import stamp
from interlock.flows.ledger.content import keep_text

ANA = ("--as", "Ana Ruiz", "--reason", "she asked for it")
DAY = dt.timedelta(days=1)


class LongAgo(Here):
    """A house whose cases were decided twenty days ago."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now -= 20 * DAY


@pytest.fixture
def old(run: Run, tmp_path: Path) -> Iterator[House]:
    (tmp_path / "triage.yaml").write_text(
        DEFINITION.replace("audit_share: 1.0", "audit_share: 0.000001") + "retention_days: 14\nundo_days: 7\n"
    )
    house = LongAgo(tmp_path / ".interlock")
    house.live(read_definition(tmp_path / "triage.yaml"))
    for key in ("hers", "his"):
        apply(house, key)
    yield house
    house.opened.close()


def apply(house: House, key: str) -> None:
    with house.store.transaction() as tx:
        content = keep_text(tx, key, f"the text of {key}", at=stamp(house.clock()))
    house.act(replace(house.proposal(key=key), payload_digest=content))


def test_one_case_is_erased_and_everybody_is_told(run: Run, old: House) -> None:
    planned = run("erase", "--key", "hers", *ANA, "--dry-run")
    assert (planned.status, planned.out) == (0, "would be erased: what was kept of 1 case (2 entries, 1 text)\n")
    done = run("erase", "--key", "hers", *ANA)
    assert (done.status, done.out) == (0, "erased: what was kept of 1 case (2 entries, 1 text)\n")

    verified = run("ledger", "verify")
    assert "The erasable content of 2 entries is not here; its digest is recorded." in verified.out
    assert (verified.status, run("replay", "triage").status) == (0, 0)
    assert "the content of 1 of them was erased since; their records are whole" in run("replay", "triage").out
    trace = run("trace", "triage", "hers")
    assert trace.status == 1
    assert "erased on" in trace.out
    assert "by Ana Ruiz (she asked for it)" in trace.out
    again = run("erase", "--key", "hers", *ANA)
    assert (again.status, again.said) == (
        2,
        "interlock: nothing is kept of case 'hers': it was erased before, or there never was any",
    )


def test_what_is_due_goes_by_the_definition(run: Run, old: House) -> None:
    old.now += 19 * DAY
    old.define(read_definition(Path("triage.yaml")), by=CARLA)
    apply(old, "young")
    old.act(old.proposal(key="asked", label="fraud"))

    found = run("erase", "--due", *ANA, "--json").json
    assert (found["cases"], found["payloads"], found["texts"], found["n_kept"]) == (2, 4, 2, 0)
    older = run("erase", "--workflow", "triage", "--older-than", "0", *ANA)
    assert older.out.splitlines()[0] == "erased: what was kept of 0 cases (0 entries, 0 texts)"
    assert "kept: young: it was applied and can be undone until" in older.out
    assert older.status == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say what to erase: --key KEY, or --workflow W --older-than DAYS, or --due [--workflow W]"),
        (("--key", "k", "--due"), "say what to erase"),
        (("--older-than", "3"), "say what to erase"),
        (("--workflow", "triag", "--due"), "there is no workflow 'triag' (did you mean 'triage'?)"),
        (("--key", "none"), "nothing is kept of case 'none': no such case was decided"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(run: Run, old: House, arguments: tuple[str, ...], words: str) -> None:
    ended = run("erase", *arguments, *ANA)
    assert ended.status == 2
    assert words in ended.said


def test_the_clock_beside_the_ledger(run: Run, old: House) -> None:
    fine = run("clock")
    assert (fine.status, fine.out.split()[0], "ahead" in fine.out) == (0, "clock", False)
    old.now += 60 * DAY
    apply(old, "ahead")

    behind = run("clock", "--json")
    assert behind.status == 1
    assert behind.json["ahead_s"] == pytest.approx(40 * 24 * 3600, abs=600)
    assert "caution: the clock here is 39 days, 23:5" in behind.said
    assert "`interlock clock --accept` says so on record" in behind.said
    assert "--as and --reason belong to --accept" in run("clock", "--as", "Ben Okafor").said
    refused = run("clock", "--accept", *ANA)
    assert (refused.status, "Ana Ruiz has no right to resume triage" in refused.said) == (4, True)

    accepted = run("clock", "--accept", "--as", "Ben Okafor", "--reason", "the host was set a month ahead")
    assert accepted.status == 0
    assert "the ledger was 3,45" in accepted.out
    assert (run("clock").status, run("clock").err) == (0, "")
    assert run("ledger", "verify").status == 0
