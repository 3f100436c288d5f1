"""Limits at the edge in a definition file: people's units, hand-written rules, every fault with its line."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from interlock.adapters.cedar.guardrail import policy_faults
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.engine.ledger.canonical import digest, plain
from interlock.engine.policy import edge
from interlock.terms.errors import BadInput
from interlock.terms.policy import FactKind, OpenHours
from interlock.terms.workflow import Limits, WorkflowDefinition

NUMBER = "; write a number without quotes or unit, such as 0.02 for 2 %"
HEAD = """\
workflow: refunds
problem: {who: a, friction: b, cause: c, cost: d, outcome: e, metric: f, constraints: g}
budget: {error: 0.02}
effect: {action: pay back, action_class: refund, target: idempotent}
acts: {model: one}
limits:
"""
FIRST = HEAD.count("\n") + 1  # the line of the first limit
STAFF = """\
// Staff do not pay themselves back.
@id("no refund to staff")
forbid (principal, action == Action::"refund", resource)
when { context.facts.staff };
"""
Read = Callable[[str], WorkflowDefinition]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The definition with these limits."""

    def reading(limits: str) -> WorkflowDefinition:
        path = tmp_path / "refunds.yaml"
        path.write_text(HEAD + limits, encoding="utf-8")
        return read_definition(path, partial(policy_faults, edge))

    return reading


@pytest.fixture
def faults(read: Read, tmp_path: Path) -> Callable[[str], list[str]]:
    """What is said of these limits, with the folder's name left out."""

    def told(limits: str) -> list[str]:
        with pytest.raises(BadInput) as caught:
            read(limits)
        first, *rest = str(caught.value).replace(f"{tmp_path}/", "").split("\n")
        assert first == "refunds.yaml is not a workflow definition yet:"
        return [line.strip() for line in rest]

    return told


def test_every_limit_becomes_its_term(read: Read, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "staff.cedar").write_bytes(STAFF.replace("\n", "\r\n").encode())
    limits = """\
  always_review: [voucher]
  applied_per_day: 500
  applied_per_hour: 40
  applied_per_minute: 0
  amount_max_usd: 250
  amount_per_day_usd: 5000.00
  amount_per_hour_usd: 1000.1
  items_max: 1
  targets: [account 1, account 2]
  segments: [retail]
  hours: {begin: "22:00", end: "6:30", weekdays: [fri, mon], zone: Europe/Berlin}
  facts: {staff: boolean, country: string, risk: integer}
  policy:
    - rules/staff.cedar
    - '@id("far") forbid (principal, action, resource) when { context.facts.country != "DE" };'
"""
    assert read(limits).limits == Limits(
        always_review=("voucher",),
        applied_per_day=500,
        amount_max_cents=25_000,
        amount_per_day_cents=500_000,
        amount_per_hour_cents=100_010,
        applied_per_hour=40,
        applied_per_minute=0,
        items_max=1,
        targets=("account 1", "account 2"),
        segments=("retail",),
        hours=OpenHours(22 * 60, 6 * 60 + 30, ("mon", "fri"), "Europe/Berlin"),
        policy=(STAFF, '@id("far") forbid (principal, action, resource) when { context.facts.country != "DE" };'),
        facts={"staff": FactKind.BOOLEAN, "country": FactKind.STRING, "risk": FactKind.INTEGER},
    )


def test_hours_have_defaults(read: Read) -> None:
    assert read('  hours: {begin: "00:00", end: "24:00"}\n').limits.hours == OpenHours(0, 24 * 60)


def test_a_changed_file_of_rules_is_another_release(read: Read, tmp_path: Path) -> None:
    limits = "  facts: {staff: boolean}\n  policy: [staff.cedar]\n"
    (tmp_path / "staff.cedar").write_text(STAFF)
    before = digest(plain(read(limits)))
    (tmp_path / "staff.cedar").write_text(STAFF.replace("staff }", "staff && context.items > 1 }"))
    assert digest(plain(read(limits))) != before


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        (
            "amount_max_usd: 250.005",
            "limits.amount_max_usd: 250.005 holds a fraction of a cent; write at most two digits behind the point",
        ),
        ("amount_max_usd: -1", "limits.amount_max_usd: Input should be greater than or equal to 0"),
        ('amount_max_usd: "250.00"', f"limits.amount_max_usd: Input should be a valid number{NUMBER}"),
        ("amount_max_usd: 1e99", f"limits.amount_max_usd: Input should be a valid number{NUMBER}"),
        ("amount_max_usd: 1.0e+99", "limits.amount_max_usd: Input should be less than or equal to 1000000000"),
        ("amount_max_usd: .inf", "limits.amount_max_usd: Input should be a finite number"),
        (
            "amount_max_usd: yes",
            "limits.amount_max_usd: Input should be a valid number; YAML reads yes, no, on and off as true and false: "
            "put a word in quotes, write a number as digits",
        ),
        ("amount_max: 250", "limits.amount_max: is not a field of a definition; did you mean `amount_max_usd`?"),
        (
            "applied_per_hour: 1.5",
            "limits.applied_per_hour: Input should be a valid integer; write a whole number without quotes or unit",
        ),
        ("items_max: 0", "limits.items_max: Input should be greater than or equal to 1"),
        ("targets: []", "limits.targets: Tuple should have at least 1 item after validation, not 0"),
        ("targets: [a, b, a]", "limits.targets: 'a' is there twice; keep one"),
        ("segments: []", "limits.segments: Tuple should have at least 1 item after validation, not 0"),
        (
            f"segments: [{', '.join(f's{n}' for n in range(101))}]",
            "limits.segments: Tuple should have at most 100 items after validation, not 101",
        ),
        (
            'hours: {begin: 18:00, end: "20:00"}',
            'limits.hours.begin: is read as the number 1080; put the time in quotes, such as "18:00"',
        ),
        (
            'hours: {begin: 8, end: "20:00"}',
            'limits.hours.begin: is read as the number 8; put the time in quotes, such as "08:00"',
        ),
        (
            'hours: {begin: "8 am", end: "20:00"}',
            'limits.hours.begin: is no time of the day; write it in quotes, such as "08:00"',
        ),
        (
            'hours: {begin: "08:00", end: "24:01"}',
            'limits.hours.end: is after the end of the day; the last one is "24:00"',
        ),
        (
            'hours: {begin: "08:00", end: "08:00"}',
            'limits.hours: holds no time at all; the whole day is "00:00" to "24:00"',
        ),
        (
            'hours: {begin: "24:00", end: "08:00"}',
            'limits.hours: holds no time at all; the whole day is "00:00" to "24:00"',
        ),
        ('hours: {end: "08:00"}', "limits.hours.begin: is missing; add it"),
        (
            'hours: {begin: "08:00", end: "09:00", weekdays: [monday]}',
            "limits.hours.weekdays: 'monday' is no weekday; there are: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            'hours: {begin: "08:00", end: "09:00", weekdays: []}',
            "limits.hours.weekdays: names no day; there are: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            'hours: {begin: "08:00", end: "09:00", weekdays: [mon, mon]}',
            "limits.hours.weekdays: 'mon' is there twice; keep one",
        ),
        (
            'hours: {begin: "08:00", end: "09:00", zone: CEST}',
            "limits.hours.zone: this machine knows no time zone 'CEST'; write an IANA name such as Europe/Berlin, and "
            "where zones are missing altogether: pip install tzdata",
        ),
        (
            'hours: {begin: "08:00", end: "09:00", zone: ../etc/passwd}',
            "limits.hours.zone: this machine knows no time zone '../etc/passwd'; write an IANA name such as "
            "Europe/Berlin, and where zones are missing altogether: pip install tzdata",
        ),
        ("facts: {Staff: boolean}", "limits.facts.Staff.[key]: String should match pattern '^[a-z][a-z0-9_]{0,62}$'"),
        ("facts: {in: boolean}", "limits.facts.in.[key]: 'in' is a word of Cedar; name the fact otherwise"),
        ("facts: {risk: float}", "limits.facts.risk: Input should be 'string', 'integer' or 'boolean'"),
        ('policy: [""]', "limits.policy.0: String should have at least 1 character"),
        (
            "policy: [nobody.cedar]",
            "limits.policy.0: there is no file nobody.cedar",
        ),
        (
            "policy: [\"@id('x') permit (principal, action, resource);\"]",
            "limits.policy.0: this is not Cedar: invalid token",
        ),
    ],
)
def test_each_fault_names_its_line_and_field(faults: Callable[[str], list[str]], limits: str, fault: str) -> None:
    assert faults(f"  {limits}\n") == [f"refunds.yaml:{FIRST}: {fault}"]


def test_a_fault_in_a_file_of_rules_names_that_file_and_line(
    faults: Callable[[str], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "staff.cedar").write_text(f"{STAFF}\n\n{STAFF.replace('staff };', 'stuff };')}")
    assert faults("  facts: {staff: boolean}\n  policy: [staff.cedar]\n") == [
        "staff.cedar:8: another rule is named 'no refund to staff'; give each its own name"
    ]


def test_a_fault_in_rules_within_the_file_names_the_line_there(faults: Callable[[str], list[str]]) -> None:
    limits = """\
  policy:
    - |
      // one
      @id("one")
      forbid (principal, action, resource)
      when { context.items > 5 };

      @id("two")
      forbid (principal, action, resource)
      when { context.itms > 5 };
"""
    assert faults(limits) == [
        f"refunds.yaml:{FIRST + 7}: limits.policy.0: the rule 'two' reads `context.itms`, which no case has; did you "
        "mean `items`?"
    ]


@pytest.mark.parametrize("style", ["- >\n      {}\n      {}\n", '- "{}\n      {}"\n', "- {}\n      {}\n"])
def test_rules_over_several_lines_keep_their_lines(faults: Callable[[str], list[str]], style: str) -> None:
    """YAML would make one line of these, and the comment would swallow the rule."""
    limits = f"  policy:\n    {style.format('// not at night', 'forbid (principal, action, resource);')}"
    assert faults(limits) == [
        f"refunds.yaml:{FIRST + 1}: limits.policy.0: has several lines; write them after `|`, or into a file that "
        "ends in .cedar"
    ]


def test_faults_of_the_file_and_of_its_names_come_before_those_of_rules(
    faults: Callable[[str], list[str]],
) -> None:
    limits = '  policy: [nobody.cedar, "forbid"]\n  policy: [one.cedar]\n'
    assert faults(limits) == [
        f"refunds.yaml:{FIRST + 1}: limits.policy: is given twice (first in line {FIRST}); keep one",
        f"refunds.yaml:{FIRST}: limits.policy.0: there is no file one.cedar",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff", "is not UTF-8 text (byte 0); save it as UTF-8"),
        (b"//" * 500_001, "is over 1,000,000 bytes; rules are short"),
    ],
)
def test_a_file_of_rules_that_cannot_be_read(
    faults: Callable[[str], list[str]], tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "odd.cedar").write_bytes(content)
    (fault,) = faults("  policy: [odd.cedar]\n")
    assert fault.startswith(f"refunds.yaml:{FIRST}: limits.policy.0: odd.cedar {words}")


def test_rules_are_not_taken_unchecked(tmp_path: Path) -> None:
    path = tmp_path / "refunds.yaml"
    path.write_text(f"{HEAD}  policy: ['forbid']\n")
    with pytest.raises(BadInput, match="holds hand-written rules, and nothing here can check them"):
        read_definition(path)
