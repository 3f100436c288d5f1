"""The guesses on public files of past decisions, from file to cases. (The adapter is used here as wiring would.)"""

from pathlib import Path

import pytest

from interlock.adapters.tables import read_table
from interlock.engine.evaluation.cases import to_cases
from interlock.engine.evaluation.columns import choose_columns
from interlock.ports.progress import silent
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Role

ROWS_MAX = 4_000
PAYMENTS = "approvals_bpi2020_request_for_payment/request_for_payment.csv.gz"
CREDIT = "collections_uci_credit_default/UCI_Credit_Card.csv.gz"
BANK = "drift_bank_marketing/bank-additional-full.csv.gz"
INCIDENTS = "triage_uci_incident_log/incident_event_log.csv.gz"
COMPLAINTS = "triage_cfpb_complaints_sample/complaints_sample.csv.gz"

Guesses = dict[str, tuple[str, ...]]
GUESSES: list[tuple[str, Guesses]] = [
    ("triage_banking77/train.csv.gz", {"text": ("text",), "label": ("category",)}),
    (COMPLAINTS, {
        "text": ("Consumer complaint narrative",), "label": ("Product",), "time": ("Date received",),
        "slice": ("Consumer consent provided?", "Submitted via"),
    }),
    ("guardrail_prompts/prompts.jsonl.gz", {"text": ("text",), "label": ("label",)}),
    ("judge_llmbar/instances.jsonl.gz",
     {"text": ("input", "output_1", "output_2"), "label": ("label",), "slice": ("subset",)}),
    ("judge_xstest/xstest_prompts.csv", {"text": ("prompt",), "label": ("label",)}),
    ("judge_xstest/completions_labels.csv.gz", {
        "text": ("prompt", "completion"), "label": ("final_label",), "group": ("id",),
        "slice": ("model", "type", "agreement", "gpt4_label"),
    }),
    ("drift_llm_versions/prime_full_eval.csv.gz",
     {"text": ("query",), "label": ("ref_answer",), "group": ("id",), "slice": ("model",)}),
    (PAYMENTS, {
        "text": ("role", "resource", "requested_amount", "organizational_entity", "project"), "label": ("activity",),
        "group": ("case_id",), "time": ("timestamp",), "slice": ("role", "resource"),
    }),
]  # fmt: skip


def guesses(path: Path) -> tuple[Guesses, int]:
    table = read_table(path, rows_max=ROWS_MAX, seed=1, skip_broken=False, progress=silent)
    columns = choose_columns(table)
    cases, left_out, _ = to_cases(table, columns, skip_broken=False)
    assert len(cases) + sum(one.rows for one in left_out) == len(table.rows)
    return {choice.role.value: choice.columns for choice in columns}, len(cases)


@pytest.mark.parametrize(("name", "wanted"), GUESSES, ids=[name.split("/")[0] for name, _ in GUESSES])
def test_guesses_on_real_files(data_dir: Path, name: str, wanted: Guesses) -> None:
    found, n_cases = guesses(data_dir / name)
    assert found == wanted
    assert n_cases >= 200


def test_credit_records_are_read_without_their_number(data_dir: Path) -> None:
    found, n_cases = guesses(data_dir / CREDIT)
    assert found["label"] == ("default.payment.next.month",)
    assert (len(found["text"]), "ID" in found["text"], n_cases > 3_900) == (23, False, True)


def test_bank_calls_are_read_without_their_row_number(data_dir: Path) -> None:
    found, _ = guesses(data_dir / BANK)
    assert (found["label"], len(found["text"]), "row" in found["text"]) == (("y",), 20, False)


def test_incidents_are_grouped_dated_and_read_without_what_came_later(data_dir: Path) -> None:
    found, _ = guesses(data_dir / INCIDENTS)
    assert (found["label"], found["group"], found["time"]) == (("assignment_group",), ("number",), ("opened_at",))
    later = {"closed_code", "closed_at", "resolved_by", "resolved_at", "sys_updated_at", "number", "assignment_group"}
    assert later & set(found["text"]) == set()
    assert {"category", "subcategory", "u_symptom", "location"} <= set(found["text"])


def test_a_file_without_one_plain_decision_asks_for_the_label(data_dir: Path) -> None:
    with pytest.raises(BadInput, match=r"no column is plainly what people decided\. Say --label NAME\. Candidates: "):
        guesses(data_dir / "judge_mtrag_human_eval/ratings.csv.gz")


def test_a_named_judge_is_a_recorded_prediction(data_dir: Path) -> None:
    table = read_table(
        data_dir / "judge_xstest/completions_labels.csv.gz",
        rows_max=ROWS_MAX, seed=1, skip_broken=False, progress=silent,
    )  # fmt: skip
    with pytest.raises(BadInput) as caught:
        choose_columns(table, prediction="gpt4_label")
    assert str(caught.value).startswith(
        "completions_labels.csv.gz: --prediction was given without --confidence, which cannot be guessed."
    )
    without = choose_columns(table, prediction="-", confidence="-")
    assert {Role.PREDICTION, Role.CONFIDENCE} & {choice.role for choice in without} == set()
