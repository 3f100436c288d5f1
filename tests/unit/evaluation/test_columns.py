"""Which column is what: given names are checked, the rest is guessed with a reason."""

from collections.abc import Sequence

import pytest

from interlock.engine.evaluation.column_hints import GROUP, LABEL, TEXT, name_parts, names_a_key, weight
from interlock.engine.evaluation.column_leaks import one_to_one, share_given_away
from interlock.engine.evaluation.columns import choose_columns
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Role, SourceFile
from interlock.terms.table import RawTable

QUEUES = ("card", "transfer", "refund")


def made(**columns: Sequence[object]) -> RawTable:
    """A table of the given columns; names with two underscores stand for a space."""
    rows = tuple(tuple(map(str, row)) for row in zip(*columns.values(), strict=True))
    source = SourceFile("cases.csv", "", 0, "CSV", len(rows), len(rows), 0, (), ())
    names = tuple(name.replace("__", " ") for name in columns)
    return RawTable(source, names, rows, tuple(range(2, len(rows) + 2)))


def messages(n: int) -> list[str]:
    return [f"I have a question about payment number {i} please" for i in range(n)]


def queues(n: int) -> list[str]:
    return [QUEUES[i % 3] for i in range(n)]


def guessed(table: RawTable, **given: str) -> dict[str, tuple[str, ...]]:
    return {choice.role.value: choice.columns for choice in choose_columns(table, **given)}


def complaint(table: RawTable, **given: object) -> str:
    with pytest.raises(BadInput) as caught:
        choose_columns(table, **given)  # type: ignore[arg-type]
    return str(caught.value)


def test_text_and_label_are_guessed_with_reasons() -> None:
    assert choose_columns(made(text=messages(60), category=queues(60))) == (
        ColumnChoice(Role.TEXT, ("text",), guessed=True, why="free text, 9 words a row in 'text'"),
        ColumnChoice(
            Role.LABEL, ("category",), guessed=True, why="3 distinct values in 60 rows; name suggests a decision"
        ),
    )


def test_given_names_are_taken_in_the_order_of_the_roles() -> None:
    table = made(a=messages(60), b=queues(60), c=messages(60), d=[f"2024-01-{i % 28 + 1:02}" for i in range(60)])
    assert choose_columns(table, label="b", text=("c", "a"), time="d", group="-") == (
        ColumnChoice(Role.TEXT, ("c", "a"), guessed=False, why="given"),
        ColumnChoice(Role.LABEL, ("b",), guessed=False, why="given"),
        ColumnChoice(Role.TIME, ("d",), guessed=False, why="given"),
    )


def test_a_misspelt_name_gets_the_nearest_and_all_names() -> None:
    table = made(Text=messages(9), category=queues(9), subcategory=queues(9))
    assert complaint(table, label="Categroy") == (
        "cases.csv: --label 'Categroy' is not a column. Did you mean 'category', 'subcategory'? "
        "All columns: 'Text', 'category', 'subcategory'."
    )
    assert complaint(table, text=("text",)) == (
        "cases.csv: --text 'text' is not a column. Did you mean 'Text'? All columns: 'Text', 'category', 'subcategory'."
    )
    assert complaint(table, group="zzz") == (
        "cases.csv: --group 'zzz' is not a column. All columns: 'Text', 'category', 'subcategory'."
    )


def test_one_column_cannot_serve_two_roles() -> None:
    table = made(text=messages(9), category=queues(9))
    assert complaint(table, text=("text", "category"), label="category") == (
        "cases.csv: column 'category' was given both as --text and as --label."
    )


def test_no_plausible_label_asks_for_one_with_candidates() -> None:
    table = made(text=messages(60), one=queues(60), two=[i // 30 for i in range(60)])
    assert complaint(table) == (
        "cases.csv: no column is plainly what people decided. Say --label NAME. "
        "Candidates: 'one' (3 values), 'two' (2 values). All columns: 'text', 'one', 'two'."
    )
    assert complaint(made(text=messages(60), more=messages(60))) == (
        "cases.csv: no column is plainly what people decided. Say --label NAME. "
        "No column has a few values that repeat. All columns: 'text', 'more'."
    )
    assert complaint(table, label="-") == ("cases.csv: --label must name the column with what people decided.")


def test_two_labels_of_equal_standing_are_not_guessed_between() -> None:
    table = made(text=messages(60), queue_a=queues(60), queue_b=queues(60))
    assert complaint(table).startswith("cases.csv: no column is plainly what people decided.")


def test_the_only_column_of_few_values_beside_free_text_is_the_label() -> None:
    assert guessed(made(words=messages(60), bucket=queues(60))) == {"text": ("words",), "label": ("bucket",)}


@pytest.mark.parametrize(
    ("columns", "label"),
    [
        (("category", "assignment_group"), "assignment_group"),
        (("type", "status", "Product"), "Product"),
        (("final_label", "label", "gpt4_label"), "final_label"),
        (("label_id", "label"), "label"),
        (("priority", "assigned to"), "assigned to"),
    ],
)
def test_the_stronger_name_wins(columns: tuple[str, ...], label: str) -> None:
    table = made(text=messages(60), **{name.replace(" ", "__"): queues(60) for name in columns})
    assert guessed(table)["label"] == (label,)


def test_times_are_never_labels_and_the_earliest_kind_is_chosen() -> None:
    days = [f"{i % 28 + 1}/{i % 12 + 1}/2016 10:00" for i in range(60)]
    table = made(text=messages(60), target=[days[0]] * 30 + [days[1]] * 30, closed_at=days, opened_at=days)
    assert complaint(table).startswith("cases.csv: no column is plainly what people decided.")
    assert guessed(made(text=messages(60), queue=queues(60), closed_at=days, opened_at=days))["time"] == ("opened_at",)


def test_bare_numbers_are_times_only_by_name() -> None:
    seconds = [1_700_000_000 + 3_600 * i for i in range(60)]
    assert guessed(made(text=messages(60), queue=queues(60), received_time=seconds))["time"] == ("received_time",)
    assert "time" not in guessed(made(text=messages(60), queue=queues(60), amount=seconds))


def test_a_column_of_mostly_blank_times_is_not_the_time() -> None:
    sent = ["2024-01-01"] * 40 + [""] * 20
    assert "time" not in guessed(made(text=messages(60), queue=queues(60), sent=sent))


def recorded(**more: Sequence[object]) -> RawTable:
    confidence = [(i % 50) / 50 for i in range(60)]
    return made(text=messages(60), queue=queues(60), ai_queue=[*queues(60)[1:], "card"], confidence=confidence, **more)


def test_recorded_answers_need_prediction_and_confidence() -> None:
    choices = {choice.role: choice for choice in choose_columns(recorded())}
    assert choices[Role.LABEL].columns == ("queue",)
    assert choices[Role.PREDICTION] == ColumnChoice(
        Role.PREDICTION,
        ("ai_queue",),
        guessed=True,
        why="name suggests a model's answer; 100% of its values are labels",
    )
    assert choices[Role.CONFIDENCE] == ColumnChoice(
        Role.CONFIDENCE, ("confidence",), guessed=True, why="name suggests a confidence; every value is from 0 to 1"
    )
    assert set(guessed(recorded(), prediction="-")) == {"text", "label"}
    without = made(text=messages(60), queue=queues(60), ai_queue=[*queues(60)[1:], "card"])
    assert "prediction" not in guessed(without)
    percent = made(text=messages(60), queue=queues(60), ai_queue=[*queues(60)[1:], "card"], confidence=range(60))
    assert "prediction" not in guessed(percent)


def test_one_half_of_recorded_answers_is_completed_or_refused() -> None:
    assert guessed(recorded(), confidence="confidence")["prediction"] == ("ai_queue",)
    table = made(text=messages(60), queue=queues(60), ai_queue=[*queues(60)[1:], "card"],
                 certain=[i / 60 for i in range(60)], percent=range(60))  # fmt: skip
    assert complaint(table, prediction="ai_queue") == (
        "cases.csv: --prediction was given without --confidence, which cannot be guessed. Say --confidence NAME. "
        "Columns that could be: 'certain'. All columns: 'text', 'queue', 'ai_queue', 'certain', 'percent'."
    )
    plain = made(text=messages(60), queue=queues(60), score=[i / 60 for i in range(60)])
    assert complaint(plain, confidence="score") == (
        "cases.csv: --confidence was given without --prediction, which cannot be guessed. Say --prediction NAME. "
        "All columns: 'text', 'queue', 'score'."
    )
    assert complaint(recorded(), prediction="ai_queue", confidence="-") == (
        "cases.csv: --prediction and --confidence go together; give both."
    )


def test_predictions_that_share_no_value_with_the_labels_are_refused() -> None:
    table = made(text=messages(60), queue=queues(60), ai=[f"Q{i % 2}" for i in range(60)],
                 confidence=[i / 60 for i in range(60)])  # fmt: skip
    assert complaint(table, prediction="ai") == (
        "cases.csv: 'ai' and 'queue' have no value in common ('Q0', 'Q1' against 'card', 'refund', 'transfer'). "
        "Predictions must be written as the labels are."
    )


def test_rows_of_one_customer_or_conversation_belong_together() -> None:
    customers = [f"c{i // 2}" for i in range(60)]
    table = made(text=messages(60), queue=queues(60), customer_id=customers, row_id=range(60))
    assert guessed(table)["group"] == ("customer_id",)
    threads = made(text=messages(60), queue=queues(60), customer_id=customers, thread=[f"t{i // 2}" for i in range(60)])
    assert guessed(threads)["group"] == ("thread",)
    assert "group" not in guessed(made(text=messages(60), queue=queues(60), customer_id=range(60)))


def test_the_labels_own_key_is_no_group() -> None:
    labels = [f"queue {i % 30}" for i in range(120)]
    table = made(text=messages(120), queue=labels, queue_id=[f"k{i % 30}" for i in range(120)])
    assert "group" not in guessed(table)


def test_headlines_and_judged_outputs_go_with_the_text_and_later_answers_do_not() -> None:
    n = 60
    table = made(subject=messages(n), body=messages(n), agent__reply=[f"Dear {m} " * 9 for m in messages(n)],
                 queue=queues(n))  # fmt: skip
    choice = choose_columns(table)[0]
    assert choice == ColumnChoice(
        Role.TEXT, ("subject", "body"), guessed=True,
        why="free text, 9 words a row in 'body'; other free text, not used: agent reply",
    )  # fmt: skip
    judged = made(prompt=messages(n), output_1=messages(n), output_2=messages(n), label=queues(n))
    assert guessed(judged)["text"] == ("prompt", "output_1", "output_2")
    unnamed = made(subject=messages(n), stuff=messages(n), label=queues(n))
    assert guessed(unnamed)["text"] == ("subject", "stuff")


def test_text_that_is_missing_in_many_rows_is_told() -> None:
    text = [message if i % 2 else "" for i, message in enumerate(messages(60))]
    assert choose_columns(made(narrative=text, queue=queues(60)))[0].why == (
        "free text, 9 words a row in 'narrative', filled in 30 of 60 rows"
    )


def test_scripts_without_spaces_are_text() -> None:
    table = made(body=[f"我的银行卡还没有收到请帮我查一下{i}" for i in range(60)], queue=queues(60))
    assert guessed(table)["text"] == ("body",)


def test_records_without_text_are_read_whole_except_for_what_gives_the_decision_away() -> None:
    n = 120
    table = made(
        id=range(n), amount=[f"{i * 7.5:.2f}" for i in range(n)],
        country=[("DE", "FR", "NL")[i // 7 % 3] for i in range(n)],
        currency=["EUR"] * n, decision=["approve" if i % 4 else "reject" for i in range(n)],
        decision_code=["1" if i % 4 else "0" for i in range(n)], due=["2024-05-01", ""] * (n // 2),
        resolved_by=[f"p{i % 5}" for i in range(n)], gpt_decision=["approve"] * (n - 1) + ["reject"],
        record_ref=[f"r{i % 100}" for i in range(n)],
        approver=["boss" if i % 4 else "clerk" if i < 9 else "aide" for i in range(n)],
    )  # fmt: skip
    assert choose_columns(table) == (
        ColumnChoice(
            Role.TEXT, ("amount", "country", "approver"), guessed=True,
            why="no free text: the 3 columns that vary; left out: id (its own for each row), currency (one value), "
            "decision_code (stands for the label one to one), due (one value), "
            "resolved_by (likely known only after the decision), gpt_decision (a model's answer), record_ref (a key); "
            "'approver' alone gives the label in 100% of rows: if that is only known after the decision, leave it out "
            "with --text",
        ),
        ColumnChoice(
            Role.LABEL, ("decision",), guessed=True,
            why="2 distinct values in 120 rows; name suggests a decision; 'gpt_decision' looks like a model's answer, "
            "but no column is its confidence",
        ),
        ColumnChoice(Role.SLICE, ("country", "gpt_decision"), guessed=True, why="2 to 20 distinct values each"),
    )  # fmt: skip


def test_nothing_to_decide_from_is_told() -> None:
    table = made(id=range(60), queue=queues(60), currency=["EUR"] * 60)
    assert complaint(table) == (
        "cases.csv: no column to decide from besides 'queue': none holds free text or values that repeat. "
        "Say --text NAME. All columns: 'id', 'queue', 'currency'."
    )


def test_at_most_four_slices_in_file_order_named_ones_first() -> None:
    values = {f"x{k}": [f"v{(i + k) * 7 % 5}" for i in range(60)] for k in range(4)}
    table = made(text=messages(60), queue=queues(60), **values, channel=[("web", "mail")[i // 30] for i in range(60)])
    assert guessed(table)["slice"] == ("x0", "x1", "x2", "channel")


@pytest.mark.parametrize(
    ("name", "parts"),
    [("assignedTo", ("assigned", "to")), ("ASSIGNED_TO", ("assigned", "to")), ("PRNumber", ("pr", "number")),
     ("default.payment.next.month", ("default", "payment", "next", "month")), ("gpt4_label", ("gpt", "4", "label")),
     ("Überweisung 2", ("Ü".lower(), "berweisung", "2"))],
)  # fmt: skip
def test_names_are_split_into_words(name: str, parts: tuple[str, ...]) -> None:
    assert name_parts(name) == parts


def test_a_whole_name_weighs_more_than_its_end_and_that_more_than_a_part() -> None:
    assert (weight("label", LABEL), weight("my_label", LABEL), weight("label_id", LABEL)) == (11.0, 10.0, 9.0)
    assert (weight("amount", LABEL), weight("text", TEXT), weight("Customer ID", GROUP)) == (0.0, 10.0, 4.9)
    assert (names_a_key("customer_id"), names_a_key("identity")) == (True, False)


def test_leaks() -> None:
    assert one_to_one(["1", "2", "1", ""], ["a", "b", "a", "b"])
    assert not one_to_one(["1", "2", "3"], ["a", "b", "a"])
    assert not one_to_one(["1", "1"], ["a", "a"])
    assert share_given_away(["1", "2"] * 20, ["a", "b"] * 20) == 1.0
    assert share_given_away(["1", "2"] * 20, ["a"] * 40) is None
    assert share_given_away([str(i) for i in range(40)], ["a", "b"] * 20) is None
