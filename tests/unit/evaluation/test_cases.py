"""From a raw table to cases."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.engine.evaluation.case_text import number_words, text_reader
from interlock.engine.evaluation.cases import CaseRow, to_cases
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import ColumnChoice, Exclusion, Role, SourceFile
from interlock.terms.table import RawTable

MEND = "Fix them or pass --skip-broken to leave them out; they will be counted in the report."
ROLES = {"text": Role.TEXT, "label": Role.LABEL, "ai": Role.PREDICTION, "conf": Role.CONFIDENCE, "who": Role.GROUP,
         "when": Role.TIME, "channel": Role.SLICE, "plan": Role.SLICE}  # fmt: skip
Made = tuple[tuple[CaseRow, ...], tuple[Exclusion, ...], tuple[str, ...]]


def table_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> RawTable:
    source = SourceFile("cases.csv", "", 0, "CSV", len(rows), len(rows), 0, (), ())
    return RawTable(source, tuple(columns), tuple(map(tuple, rows)), tuple(range(2, len(rows) + 2)))


def made(header: str, *rows: str, skip_broken: bool = False) -> Made:
    """Cases of rows whose cells are separated by bars; the header's names are those of `ROLES`."""
    columns = header.split("|")
    by_role: dict[Role, tuple[str, ...]] = {}
    for name in columns:
        by_role[ROLES[name]] = (*by_role.get(ROLES[name], ()), name)
    choices = tuple(ColumnChoice(role, names, guessed=False, why="given") for role, names in by_role.items())
    return to_cases(table_of(columns, [row.split("|") for row in rows]), choices, skip_broken=skip_broken)


def complaint(header: str, *rows: str, skip_broken: bool = False) -> str:
    with pytest.raises(BadInput) as caught:
        made(header, *rows, skip_broken=skip_broken)
    return str(caught.value)


def test_a_case_carries_everything_that_was_chosen() -> None:
    cases, left_out, notes = made(
        "text|label|ai|conf|who|when|channel|plan",
        " my card |card|card|0.9|c1|2024-02-29 10:00|web|",
        "my money|refund|card|0,25|| 2024-03-01T10:00+02:00|mail|pro",
        "my pin|card||||2024-03-02||pro",
        "my pin|refund|refund|1e-1|c2|2024-03-02|web|pro",
    )
    zone = dt.timezone(dt.timedelta(hours=2))
    assert cases == (
        CaseRow(2, "my card", "card", "card", 0.9, "c1", dt.datetime(2024, 2, 29, 10, tzinfo=dt.UTC),
                (("channel", "web"), ("plan", "(blank)"))),
        CaseRow(3, "my money", "refund", "card", 0.25, None, dt.datetime(2024, 3, 1, 10, tzinfo=zone),
                (("channel", "mail"), ("plan", "pro"))),
        CaseRow(4, "my pin", "card", "", 0.0, None, dt.datetime(2024, 3, 2, tzinfo=dt.UTC),
                (("channel", "(blank)"), ("plan", "pro"))),
        CaseRow(5, "my pin", "refund", "refund", 0.1, "c2", dt.datetime(2024, 3, 2, tzinfo=dt.UTC),
                (("channel", "web"), ("plan", "pro"))),
    )  # fmt: skip
    assert left_out == ()
    assert notes == (
        "1 row records no prediction: what the model left open counts as left to a person",
        "1 text was decided in more than one way, so nobody can be right on all of them; lines 4 and 5",
    )


def test_rows_without_text_or_label_and_duplicates_are_counted() -> None:
    cases, left_out, notes = made("text|label", "a|x", " |x", "b| ", "a|x", "b|y", "|", "b|x", "a|x")
    assert [(case.line, case.text, case.label) for case in cases] == [(2, "a", "x"), (6, "b", "y"), (8, "b", "x")]
    assert left_out == (
        Exclusion("no text", 2, (3, 7)),
        Exclusion("no label", 1, (4,)),
        Exclusion("duplicate of an earlier row", 2, (5, 9)),
    )
    assert notes == (
        "1 text was decided in more than one way, so nobody can be right on all of them; lines 6 and 8",
        "1 label has a single case, from which nothing can be learned and checked at once: 'y'",
    )


def test_the_same_words_from_someone_else_or_at_another_time_are_another_case() -> None:
    rows = ("a|x|c1|2024-01-01", "a|x|c2|2024-01-01", "a|x|c1|2024-01-02", "a|x|c1|2024-01-01", "b|y|c1|2024-01-01")
    cases, left_out, _ = made("text|label|who|when", *rows)
    assert [case.line for case in cases] == [2, 3, 4, 6]
    assert left_out == (Exclusion("duplicate of an earlier row", 1, (5,)),)


def test_long_texts_are_cut_and_told() -> None:
    cases, _, notes = made("text|label", "a" * 4_001 + "|x", "b" * 4_000 + "|y", "c|x", "d|y")
    assert [len(case.text) for case in cases] == [4_000, 4_000, 1, 1]
    assert notes == ("1 text was longer than 4,000 characters and cut",)


def test_labels_that_are_written_in_two_ways_or_look_missing_are_told() -> None:
    rows = [
        "a|Refund",
        "b|refund",
        "c|re fund",
        "d|refund",
        "e|?",
        "f|?",
        "g|other",
        "h|Refund",
        "i|re fund",
        "j|other",
    ]
    _, _, notes = made("text|label", *rows)
    assert notes == (
        "labels that differ only by case or white space count as different decisions: "
        "'Refund' (2) and 're fund' (2) and 'refund' (2)",
        "2 cases were decided '?', which looks like a missing value; remove those rows if nobody decided them",
    )


def test_one_decision_only_is_refused() -> None:
    assert complaint("text|label", "a|x", "b|x") == (
        "cases.csv: every case was decided 'x': there is nothing to learn or to get wrong. "
        "Give past cases with at least two different decisions, or name another column with --label."
    )


def test_no_case_at_all_is_refused_with_the_reasons() -> None:
    assert complaint("text|label", "|x", "b|", "c|") == (
        "cases.csv: no row has both text and a label. 1 row: no text; 2 rows: no label. "
        "Text was read from text and the label from label."
    )


BROKEN = (
    "a|x|x|0.5",
    "b|y|y|",
    "c|x|x|nan",
    "d|y|y|high",
    "e|x|x|-0.1",
    "f|y|y|1.5",
    "g|y|y|inf",
    "h|x|x|1",
    "i|y|y|0",
)


def test_confidences_must_be_numbers_from_0_to_1() -> None:
    assert complaint("text|label|ai|conf", *BROKEN) == (
        "cases.csv: 'conf' must be a number from 0 to 1 in every row; not so in 6 of 9 rows; the first 5:\n"
        "  line 3: blank\n"
        "  line 4: 'nan' is not a number\n"
        "  line 5: 'high' is not a number\n"
        "  line 6: '-0.1' is outside 0 to 1\n"
        f"  line 7: '1.5' is outside 0 to 1\n{MEND}"
    )
    cases, left_out, _ = made("text|label|ai|conf", *BROKEN, skip_broken=True)
    assert [case.line for case in cases] == [2, 9, 10]
    assert left_out == (Exclusion("confidence is not a number from 0 to 1", 6, (3, 4, 5, 6, 7, 8)),)


@pytest.mark.parametrize("skip_broken", [False, True])
def test_percentages_are_recognised_and_never_skipped(skip_broken: bool) -> None:
    rows = ("a|x|x|99", "b|y|y|50 %", "c|x|x|1", "d|y|y|0")
    assert complaint("text|label|ai|conf", *rows, "e|x|x|70", skip_broken=skip_broken) == (
        "cases.csv: 'conf' must be a number from 0 to 1 in every row; not so in 3 of 5 rows:\n"
        "  line 2: '99' is outside 0 to 1\n"
        "  line 3: '50 %' is outside 0 to 1\n"
        "  line 6: '70' is outside 0 to 1\n"
        "These look like percentages: divide by 100."
    )


def test_times_must_be_readable() -> None:
    rows = ("a|x|2024-01-01", "b|y|soon", "c|x|", "d|y|2024-01-02")
    assert complaint("text|label|when", *rows) == (
        "cases.csv: 'when' must be a date or time in every row; not so in 2 of 4 rows:\n"
        "  line 3: 'soon' is not a date\n"
        "  line 4: blank\n"
        "Fix them, pass --skip-broken to leave them out, or --time - to go without times."
    )
    cases, left_out, _ = made("text|label|when", *rows, skip_broken=True)
    assert [case.line for case in cases] == [2, 5]
    assert left_out == (Exclusion("no time in 'when'", 2, (3, 4)),)


def test_the_order_of_day_and_month_is_that_of_the_whole_column() -> None:
    month_first, _, notes = made("text|label|when", "a|x|5/3/2016", "b|y|12/31/2016", "c|x|1/1/2016", "d|y|1/1/2016")
    assert [case.at for case in month_first][:2] == [
        dt.datetime(2016, 5, 3, tzinfo=dt.UTC), dt.datetime(2016, 12, 31, tzinfo=dt.UTC)
    ]  # fmt: skip
    assert notes == ()
    unknown, _, notes = made("text|label|when", "a|x|5/3/2016", "b|y|1/2/2016", "c|x|1/1/2016", "d|y|1/1/2016")
    assert unknown[0].at == dt.datetime(2016, 3, 5, tzinfo=dt.UTC)
    assert notes == ("dates in 'when' were read as day/month/year; no date tells the order, so check it",)
    assert complaint("text|label|when", "a|x|31/3/2016", "b|y|3/31/2016") == (
        "cases.csv: 'when' must be a date or time in every row; not so in 1 of 2 rows:\n"
        "  line 3: '3/31/2016' is not a date\n"
        "Fix them, pass --skip-broken to leave them out, or --time - to go without times."
    )


RECORDS = [
    (f"{i}.5", ("EUR", "US dollar", "?", "+++")[i % 4], str(170 + i % 3), f"please pay bill number {i} very soon", "")
    for i in range(40)
]


def test_records_are_read_as_fields_and_as_words() -> None:
    table = table_of(("Amount due", "currency", "queue", "message", "empty"), RECORDS)
    read = text_reader(table, ("Amount due", "currency", "queue", "message", "empty"))
    assert read(RECORDS[1]) == (
        "message: please pay bill number 1 very soon\n"
        "Amount due: 1.5; currency: US dollar; queue: 171\n"
        "amount_due_1_5e0 amount_due_2e0 currency_us_dollar queue_171 queue_2e2",
        False,
    )
    assert read(("", " ", "", "", "")) == ("", False)
    assert [read(("", found, "", "", ""))[0].splitlines()[-1] for found in ("?", "+++")] == [
        "currency_missing", "currency_other"
    ]  # fmt: skip
    long = ("1", "EUR", "2", "word " * 2_000, "")
    text, cut = read(long)
    assert (len(text), cut) == (4_000, True)
    assert text.endswith(
        "\nAmount due: 1; currency: EUR; queue: 2\namount_due_1_0e0 amount_due_1e0 currency_eur queue_2"
    )
    assert text_reader(table, ("message",))(RECORDS[1]) == ("please pay bill number 1 very soon", False)
    assert text_reader(table, ("Amount due",))(RECORDS[1])[0] == "Amount due: 1.5\namount_due_1_5e0 amount_due_2e0"


@pytest.mark.parametrize(
    ("text", "codes", "words"),
    [
        ("1234.5", False, "amount_1_2e3 amount_1e3"),
        ("-0.05", False, "amount_neg_5_0em2 amount_neg_5em2"),
        ("0.0", False, "amount_0"),
        ("170", True, "amount_170 amount_2e2"),
        ("-3", True, "amount_neg_3"),
        ("2.5", True, "amount_2_5e0 amount_2e0"),
        ("9.99e99", False, "amount_1_0e100 amount_1e100"),
    ],
)
def test_words_for_numbers(text: str, codes: bool, words: str) -> None:
    assert number_words("Amount", text, codes=codes) == words


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_words_for_numbers_are_words(value: float, codes: bool) -> None:
    words = number_words("x", repr(value), codes=codes).split(" ")
    assert 1 <= len(words) <= 2
    assert all(word.isascii() and word.isidentifier() for word in words)


rows_of_cases = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", " a "]), st.sampled_from(["x", "y", "X", ""]), st.sampled_from(["", "g"])),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(deadline=None)
@given(rows_of_cases)
def test_every_row_is_a_case_or_counted(rows: list[tuple[str, str, str]]) -> None:
    wanted = {(text.strip(), label, group) for text, label, group in rows if text.strip() and label}
    if len({label for _, label, _ in wanted}) < 2:
        return  # refused, see above
    cases, left_out, _ = made("text|label|who", *("|".join(row) for row in rows))
    assert {(case.text, case.label, case.group or "") for case in cases} == wanted
    assert len(cases) == len(wanted)
    assert len(cases) + sum(one.rows for one in left_out) == len(rows)
