"""A made-up case in a JSON file."""

from pathlib import Path

import pytest

from interlock.adapters.definitions.facts_file import read_facts
from interlock.terms.errors import BadInput
from interlock.terms.policy import StatedCase

WHOLE = """{
  "label": "goods", "confidence": 0.93, "novelty": 1, "tenant": "north", "segment": "retail", "target": "account 1",
  "amount_usd": 312.5, "items": 2, "at": "2026-11-26T10:00:00+01:00",
  "used": {"applied_per_day": 1, "applied_per_hour": 2, "applied_per_minute": 3, "amount_per_day_usd": 4.5},
  "facts": {"staff": false, "country": "DE", "risk": 7}
}"""


def told(tmp_path: Path, content: str) -> str:
    path = tmp_path / "case.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_facts(path)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_a_whole_case(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(WHOLE)
    assert read_facts(path) == StatedCase(
        label="goods",
        confidence=0.93,
        novelty=1,
        tenant="north",
        segment="retail",
        target="account 1",
        amount_cents=31_250,
        items=2,
        at="2026-11-26T09:00:00.000000Z",
        used={
            "applied_per_day": 1,
            "applied_per_hour": 2,
            "applied_per_minute": 3,
            "amount_per_day": 450,
            "amount_per_hour": 0,
        },
        facts={"staff": False, "country": "DE", "risk": 7},
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{}", "label: is missing; add it"),
        ('{"label": "a", "amount": 3}', "amount: is not a field of a case; fields: label, confidence, "),
        ('{"label": "a", "amount_usd": 3.005}', "amount_usd: 3.005 holds a fraction of a cent"),
        ('{"label": "a", "at": "noon"}', "at: 'noon' is no time; write one such as 2026-11-26T09:30:00Z"),
        ('{"label": "a", "at": "2026-11-26T09:30:00"}', "at: '2026-11-26T09:30:00' has no zone; write "),
        ('{"label": "a", "facts": {"x": 1.5}}', "facts.x: is neither text, nor a whole number, nor true or false"),
        ('{"label": "a", "facts": {"x": null}}', "facts.x: is neither text, nor a whole number, nor true or false"),
        ('{"label": "a", "confidence": 1.5}', "confidence: Input should be less than or equal to 1"),
        ('{"label": "a", "used": {"x": 1}}', "used.x: is not a field of a case"),
        ("[]", "(whole file): Input should be a valid dictionary"),
    ],
)
def test_each_fault_names_its_field(tmp_path: Path, content: str, fault: str) -> None:
    first, second = told(tmp_path, content).split("\n")
    assert first == "case.json does not describe a case yet:"
    assert second.startswith(f"  case.json: {fault}")


def test_what_is_no_json(tmp_path: Path) -> None:
    assert told(tmp_path, "{").startswith("case.json is not JSON: ")
    assert told(tmp_path, "[" * 100_000).startswith("case.json is not JSON: ")
