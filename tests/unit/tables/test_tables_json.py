"""JSON Lines and small JSON arrays."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.tables import json_lines
from interlock.adapters.tables.intake import Intake
from interlock.adapters.tables.json_lines import read_json_lines
from interlock.adapters.tables.lines import TextLines
from interlock.adapters.tables.sampling import Reservoir
from interlock.terms.errors import BadInput
from interlock.terms.evaluation import Exclusion
from interlock.terms.table import RawTable

Read = Callable[..., RawTable]
MEND = "Fix them or pass --skip-broken to leave them out; they will be counted in the report."


def complaint(read: Read, content: bytes | str, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        read(content, name="cases.jsonl", **options)
    return str(caught.value)


def test_cells_are_text_as_it_was_written(read: Read) -> None:
    table = read(
        '{"text": "a\\u00e9", "n": 1.50, "big": 12345678901234567890, "yes": true, "no": false, "none": null}\n'
        "\n"
        '{"label": "x", "text": "b", "nested": {"k": [1.50, "é", null, true], "e": {}}, "n": NaN}\n',
        name="cases.jsonl",
    )
    assert table.columns == ("text", "n", "big", "yes", "no", "none", "label", "nested")
    assert table.rows == (
        ("aé", "1.50", "12345678901234567890", "true", "false", "", "", ""),
        ("b", "NaN", "", "", "", "", "x", '{"k":[1.50,"é",null,true],"e":{}}'),
    )
    assert (table.lines, table.source.format, table.source.notes) == ((1, 3), "JSON Lines", ())


def test_broken_lines_are_listed_with_line_and_column(read: Read) -> None:
    content = '{"text": "a", "label": "x"}\n{"text": "b" "label": "x"}\n[1]\n3\nnull\n{"a": 1, "a": 2}\n'
    assert complaint(read, content) == (
        "cases.jsonl: 5 rows of 6 cannot be read:\n"
        "  line 2: column 14: Expecting ',' delimiter\n"
        "  line 3: an array where an object is needed\n"
        "  line 4: a number where an object is needed\n"
        "  line 5: null where an object is needed\n"
        f"  line 6: the key 'a' occurs twice\n{MEND}"
    )
    table = read(content, name="cases.jsonl", skip_broken=True)
    assert table.rows == (("a", "x"),)
    assert table.source.exclusions == (
        Exclusion("not valid JSON", 2, (2, 6)),
        Exclusion("not a JSON object", 3, (3, 4, 5)),
    )


def test_a_nul_byte_names_its_place(read: Read) -> None:
    assert complaint(read, '{"text": "a long enough line of text", "label": "x"}\n{"text": "b\0"}\n') == (
        f"cases.jsonl: 1 row of 2 cannot be read:\n  line 2: column 12: holds a NUL byte\n{MEND}"
    )


def test_half_a_character_is_a_broken_row(read: Read) -> None:
    content = '{"text": "\\ud83d\\ude00 whole"}\n{"text": "\\ud83d half"}\n'
    message = "1 row of 2 cannot be read:\n  line 2: a text holds half of a character (a lone surrogate)"
    assert complaint(read, content) == f"cases.jsonl: {message}\n{MEND}"
    assert complaint(read, "[" + content.replace("\n", ",\n", 1) + "]") == f"cases.jsonl: {message}\n{MEND}"
    assert read(content, skip_broken=True).rows == (("😀 whole",),)


def test_a_line_nested_too_deeply_is_a_broken_row(read: Read) -> None:
    deep = '{"a":' + "[" * 50_000 + "]" * 50_000 + "}"
    assert complaint(read, '{"a": 1}\n' + deep + "\n") == (
        f"cases.jsonl: 1 row of 2 cannot be read:\n  line 2: nested too deeply\n{MEND}"
    )


def test_more_than_2000_keys_are_refused(read: Read) -> None:
    content = "".join(json.dumps({f"k{i}": 1}) + "\n" for i in range(2_001))
    assert complaint(read, content) == ("cases.jsonl: more than 2,000 different keys: this is no table of cases.")


def test_a_document_over_several_lines_is_told_apart(read: Read) -> None:
    assert complaint(read, json.dumps({"rows": [{"text": "a"}]}, indent=2)) == (
        "cases.jsonl: a JSON document over several lines. Write one object a line (JSON Lines): "
        "jq -c '.[]' turns a JSON array into that."
    )


def test_a_small_array_is_read_with_the_lines_of_its_objects(read: Read) -> None:
    rows = [{"text": "a", "label": "x"}, {"label": "y", "text": "b", "more": [1, 2]}]
    table = read(gzip.compress(json.dumps(rows, indent=1).encode()), name="cases.json")
    assert table.columns == ("text", "label", "more")
    assert table.rows == (("a", "x", ""), ("b", "y", "[1,2]"))
    assert (table.lines, table.source.format) == ((2, 6), "JSON array, gzipped")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[{"a": 1},\n {"a": 2', "line 2, column 9: Expecting ',' delimiter. Mend the JSON array."),
        ('[{"a": 1}\n {"a": 2}]', "line 2: the JSON array is cut off or lacks a comma. Mend the JSON array."),
        ('[{"a": 1}', "line 1: the JSON array is cut off or lacks a comma. Mend the JSON array."),
        ('[{"a": 1},\n{"b": 1, "b": 2}]', "the value at line 2 cannot be read: the key 'b' occurs twice. "
         "Mend the JSON array."),
        ("[]", "only a header, no rows. Export the past cases as well, one row a case."),
    ],
)  # fmt: skip
def test_a_broken_array_says_where(read: Read, content: str, message: str) -> None:
    assert complaint(read, content) == f"cases.jsonl: {message}"


def test_an_array_of_other_things_lists_them(read: Read) -> None:
    assert complaint(read, '[{"a": 1},\n"b",\nfalse]') == (
        "cases.jsonl: 2 rows of 3 cannot be read:\n"
        "  line 2: a text where an object is needed\n"
        f"  line 3: true or false where an object is needed\n{MEND}"
    )


def test_a_large_array_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "ARRAY_BYTES_MAX", 1024 * 1024)
    assert complaint(read, "[" + ",".join('{"a": 1}' for _ in range(200_000)) + "]") == (
        "cases.jsonl: a JSON array of more than 1 MiB would have to be held in memory. "
        "Write one object a line (JSON Lines): jq -c '.[]' does that."
    )


def test_an_array_that_is_not_utf8_names_the_line(read: Read) -> None:
    assert complaint(read, '[{"a": 1},\n{"a": "é"}]'.encode("latin-1")) == (
        "cases.jsonl: line 2 is not UTF-8. Save the file as UTF-8."
    )


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.text(min_size=1, max_size=6).filter(str.strip), st.text(max_size=12), min_size=1),
                min_size=1, max_size=8))  # fmt: skip
def test_what_json_writes_is_read_back_equal(objects: list[dict[str, str]]) -> None:
    keys = list(dict.fromkeys(key.strip() for found in objects for key in found))
    stripped = [{key.strip(): value for key, value in found.items()} for found in objects]
    raw_keys = {key for found in objects for key in found}
    if len(raw_keys) != len(keys):
        return  # two names that differ by white space only are refused
    content = "".join(json.dumps(found) + "\n" for found in objects)
    intake = Intake(Reservoir(rows_max=100, seed=1))
    layout, sample = read_json_lines(TextLines(iter([content.encode()]), file="f"), intake, file="f")
    assert list(layout.columns) == keys
    assert [row for _, row in sample] == [tuple(found.get(key, "") for key in keys) for found in stripped]
