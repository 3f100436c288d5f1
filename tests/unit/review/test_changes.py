"""What an effect changes, in words and as a table."""

from interlock.engine.review.changes import FieldChange, field_changes


def test_what_changes_stands_first_and_nested_fields_have_dots() -> None:
    before = {"owner": "Ana", "queue": "inbox", "refund": {"amount": 0, "currency": "EUR"}}
    after = {"queue": "billing", "refund": {"amount": 25, "currency": "EUR"}, "tags": ["late"]}
    found = field_changes(before, after)
    assert found == (
        FieldChange("queue", "inbox", "billing"),
        FieldChange("refund.amount", "0", "25"),
        FieldChange("tags", None, '["late"]'),
        FieldChange("owner", "Ana", None),
        FieldChange("refund.currency", "EUR", "EUR"),
    )
    assert [one.words for one in found] == [
        "queue goes from inbox to billing",
        "refund.amount goes from 0 to 25",
        'tags becomes ["late"]; what it was is not on record',
        "owner is left as it is (Ana)",
        "refund.currency stays EUR",
    ]


def test_nothing_on_record_changes_nothing() -> None:
    assert field_changes(None, None) == ()
    assert field_changes({}, {"a": {}}) == (FieldChange("a", None, "{}"),)


def test_a_state_without_end_is_cut() -> None:
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"in": deep}
    assert [one.field for one in field_changes(deep, None)] == ["in.in.in.in.in.in"]
    assert len(field_changes({str(n): n for n in range(1_000)}, None)) == 100
