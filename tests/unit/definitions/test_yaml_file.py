"""Definition files: every fault names file and line, the field, and the mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from interlock.adapters.definitions.yaml_file import read_definition
from interlock.terms.certificate import Promise
from interlock.terms.errors import BadInput
from interlock.terms.workflow import (
    Budget,
    DecisionRights,
    EffectPlan,
    Limits,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
)

WHOLE = """\
workflow: triage
problem:
  who: support leads
  friction: mail waits
  cause: sorting by hand
  cost: 4 hours a day
  outcome: sorted at once
  metric: minutes to the right queue
  constraints: >
    GDPR, and
    no mail leaves the house
owners:
  value: Ana Ruiz
  safety: " Ben Okafor "
rights:
  promote: [Ana Ruiz]
  resume: [Ben Okafor]
budget:
  error: 0.1
  promise: joint
  delta: 0.01
limits:
  always_review: [fraud]
  forbidden: [close account]
  applied_per_day: 500
effect:
  action: route the message
  target: probe
  undo: put it back
acts:
  model: sha256:one
"""
DEFINITION = WorkflowDefinition(
    name="triage",
    problem=Problem(
        "support leads",
        "mail waits",
        "sorting by hand",
        "4 hours a day",
        "sorted at once",
        "minutes to the right queue",
        "GDPR, and no mail leaves the house",
    ),
    owners=Owners("Ana Ruiz", "Ben Okafor"),
    rights=DecisionRights(("Ana Ruiz",), ("Ben Okafor",)),
    budget=Budget(0.1, Promise.JOINT, 0.01, 0.05),
    limits=Limits(("fraud",), ("close account",), 500),
    effect=EffectPlan("route the message", TargetKind.PROBE, "put it back"),
    rollout=Rollout(0.25, 0.15, 30, 90),
    cost_wrong_usd=50.0,
    cost_review_usd=2.0,
    acts={"model": "sha256:one"},
)
Faults = Callable[[str | bytes], list[str]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """The lines of the refusal of a file, with the folder's name left out."""

    def read(content: str | bytes) -> list[str]:
        path = tmp_path / "w.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(BadInput) as caught:
            read_definition(path)
        return str(caught.value).replace(f"{tmp_path}/", "").split("\n")

    return read


@pytest.mark.parametrize("prefix", ["", "\ufeff", "---\n", "# our first workflow\n\n"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_whole_file_becomes_its_term(tmp_path: Path, prefix: str, line_end: str) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes((prefix + WHOLE).replace("\n", line_end).encode())
    assert read_definition(path) == DEFINITION


def test_all_faults_are_told_at_once_with_line_field_and_mend(faults: Faults) -> None:
    content = (
        WHOLE.replace("  action: route the message\n", "")
        .replace("error: 0.1", "error: 1.5")
        .replace("safety:", "safty:")
        .replace("target: probe", "target: magic")
        .replace("workflow: triage", "workflow: Triage!")
    )
    assert faults(content) == [
        "w.yaml is not a workflow definition yet:",
        "  w.yaml:1: workflow: String should match pattern '^[a-z0-9][a-z0-9-]{0,62}$'; "
        "write small letters, digits and hyphens, such as message-triage (at most 63)",
        "  w.yaml:14: owners.safty: is not a field of a definition; did you mean `safety`?",
        "  w.yaml:19: budget.error: Input should be less than 1",
        "  w.yaml:26: effect.action: is missing; add it",
        "  w.yaml:27: effect.target: Input should be 'idempotent', 'probe' or 'blind'",
    ]


WORDS = "; write words here, and a number or a date in quotes"
NUMBER = "; write a number without quotes or unit, such as 0.02 for 2 %"
NO_MAPPING = "w.yaml:1: a definition is a mapping that starts with `workflow: NAME`; `interlock init` writes one"
BOOLEAN = "; YAML reads yes, no, on and off as true and false: put a word in quotes, write a number as digits"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("value: Ana Ruiz", "value: yes", f"13: owners.value: Input should be a valid string{BOOLEAN}"),
        ("promote: [Ana Ruiz]", "promote: [no]", f"16: rights.promote.0: Input should be a valid string{BOOLEAN}"),
        ("workflow: triage", "workflow: on", f"1: workflow: Input should be a valid string{BOOLEAN}"),
        ("value: Ana Ruiz", "value: 007", "13: owners.value: Input should be a valid string" + WORDS),
        ("value: Ana Ruiz", "value: 2026-03-02", "13: owners.value: Input should be a valid string" + WORDS),
        ("value: Ana Ruiz", 'value: ""', "13: owners.value: String should have at least 1 character"),
        ("value: Ana Ruiz", 'value: "  "', "13: owners.value: String should have at least 1 character"),
        (
            "value: Ana Ruiz",
            'value: "-"',
            "13: owners.value: says nothing: write a name or a sentence, or leave the field out",
        ),
        (
            "value: Ana Ruiz",
            'value: "\\u200b"',
            "13: owners.value: says nothing: write a name or a sentence, or leave the field out",
        ),
        (
            "value: Ana Ruiz",
            'value: "Ana\\u202eziuR"',
            "13: owners.value: holds a line break or an invisible character; write it on one line",
        ),
        ("value: Ana Ruiz", f"value: {'x' * 2001}", "13: owners.value: String should have at most 2000 characters"),
        (
            "promote: [Ana Ruiz]",
            "promote: Ana Ruiz",
            "16: rights.promote: Input should be a valid tuple; write a list here, such as [a, b]",
        ),
        ("error: 0.1", "error: .nan", "19: budget.error: Input should be a finite number"),
        ("error: 0.1", "error: .inf", "19: budget.error: Input should be a finite number"),
        ("error: 0.1", "error: yes", f"19: budget.error: Input should be a valid number{BOOLEAN}"),
        ("error: 0.1", 'error: "0.1"', "19: budget.error: Input should be a valid number" + NUMBER),
        ("error: 0.1", "error: 0", "19: budget.error: Input should be greater than 0"),
        (
            "delta: 0.01",
            "certify_at: 0.2",
            "18: budget: certify_at (0.2) is over the error budget (0.1); lower it",
        ),
        (
            "applied_per_day: 500",
            "applied_per_day: true",
            f"25: limits.applied_per_day: Input should be a valid integer{BOOLEAN}",
        ),
        (
            "applied_per_day: 500",
            "applied_per_day: -1",
            "25: limits.applied_per_day: Input should be greater than or equal to 0",
        ),
        (
            "applied_per_day: 500",
            f"applied_per_day: 1{'0' * 30}",
            "25: limits.applied_per_day: Input should be less than or equal to 1000000000",
        ),
        (
            "acts:\n  model: sha256:one",
            "acts: {}",
            "30: acts: Dictionary should have at least 1 item after validation, not 0",
        ),
        (
            "  model: sha256:one",
            "  1: sha256:one",
            "30: acts.1.[key]: Input should be a valid string; put what stands before the colon in quotes",
        ),
        ("rights:", "rights: {}\nright:", "16: right: is not a field of a definition; did you mean `rights`?"),
        ("owners:", "owners: {}\nowners:", "13: owners: is given twice (first in line 12); keep one"),
        (
            "  error: 0.1",
            "  error: 0.1\n  error: 0.5",
            "20: budget.error: is given twice (first in line 19); keep one",
        ),
        (
            "  model: sha256:one",
            "  model: sha256:one\n  model: sha256:two",
            "32: acts.model: is given twice (first in line 31); keep one",
        ),
    ],
)
def test_each_fault_names_its_line_and_field(faults: Faults, old: str, new: str, fault: str) -> None:
    assert old in WHOLE
    assert faults(WHOLE.replace(old, new, 1)) == ["w.yaml is not a workflow definition yet:", f"  w.yaml:{fault}"]


@pytest.mark.parametrize(
    "name", ["Triage", "tri age", "-triage", "triage\\n", "triage/../x", "workflow:global", "x" * 64, "é", "'; DROP--"]
)
def test_a_name_is_plain(faults: Faults, name: str) -> None:
    (_, fault) = faults(WHOLE.replace("workflow: triage", f'workflow: "{name}"'))
    assert fault.startswith("  w.yaml:1: workflow: String should match pattern")


@pytest.mark.parametrize("value", ["yes", "on", "true"])
def test_yes_is_not_all_of_the_traffic(faults: Faults, value: str) -> None:
    (_, fault) = faults(f"{WHOLE}rollout:\n  traffic_share: {value}\n")
    assert fault == f"  w.yaml:33: rollout.traffic_share: Input should be a valid number{BOOLEAN}"


def test_money_is_finite(faults: Faults) -> None:
    (_, fault) = faults(f"{WHOLE}costs:\n  wrong_usd: .inf\n")
    assert fault.startswith("  w.yaml:33: costs.wrong_usd: Input should be")


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", NO_MAPPING),
        ("# nothing yet\n", NO_MAPPING),
        ("- workflow: triage\n", NO_MAPPING),
        ("triage", NO_MAPPING),
        (
            WHOLE + "---\nworkflow: other\n",
            "w.yaml:32: this is not YAML: but found another document; keep what stands above the line of three "
            "hyphens; write the other into a file of its own",
        ),
        (
            WHOLE.replace("  who:", "\twho:"),
            "w.yaml:3: this is not YAML: found character '\\t' that cannot start any token; "
            "indent with spaces, not with tabs",
        ),
        (
            WHOLE.replace("  who:", "who"),
            "w.yaml:4: this is not YAML: could not find expected ':'; write a colon and a space after the field, or "
            "indent the line",
        ),
        (
            "workflow: [triage\n",
            "w.yaml:1: this is not YAML: expected ',' or ']', but got '<stream end>'; "
            "close the bracket that is opened here",
        ),
        (
            BOMB + WHOLE,
            "w.yaml:2: `*a` refers to another place of the file; write the value out here",
        ),
        (
            "a: &a [*a]\n",
            "w.yaml:1: `*a` refers to another place of the file; write the value out here",
        ),
        (
            WHOLE.replace("owners:", "base: &base\n  value: x\nowners:\n  <<: *base"),
            "w.yaml:15: `*base` refers to another place of the file; write the value out here",
        ),
        (
            'owners:\n  value: "Ana Ruiz\nkpis: []\n',
            "w.yaml:2: this is not YAML: found unexpected end of stream; close the quote that is opened here",
        ),
        (
            WHOLE.replace("value: Ana Ruiz", "value: Ana: Ruiz"),
            "w.yaml:13: this is not YAML: mapping values are not allowed here; put words that hold a colon in quotes, "
            "and indent with plain spaces",
        ),
        ("[" * 5000, "w.yaml:1: this is nested more than 20 deep; such a file is flat"),
        ("a: " + "{b: " * 5000 + "1" + "}" * 5000, "w.yaml:1: this is nested more than 20 deep; such a file is flat"),
        (
            "workflow: !!python/object/apply:os.system [id]\n",
            "w.yaml:1: this is not YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object/apply:os.system'; "
            "leave out the tag that begins with an exclamation mark",
        ),
        ("? [a, b]\n: c\n", "w.yaml:1: this is not YAML: found unhashable key; write a plain word before the colon"),
        (
            WHOLE.replace("value: Ana Ruiz", "value: 2026-13-45"),
            "w.yaml:13: a value cannot be read: month must be in 1..12; put it in quotes",
        ),
    ],
)
def test_what_is_no_definition_is_told_in_one_line(faults: Faults, content: str, message: str) -> None:
    assert faults(content) == [message]


def test_bytes_that_are_no_text(faults: Faults) -> None:
    assert faults(WHOLE.encode("utf-16")) == ["w.yaml is not UTF-8 text (byte 0); save it as UTF-8"]
    assert faults(b"workflow: tri\xe4ge\n") == ["w.yaml is not UTF-8 text (byte 13); save it as UTF-8"]
    (fault,) = faults("workflow: tri\x00age\n")
    assert fault == "w.yaml:1: this is not YAML: unacceptable character #x0000; delete it"


def test_a_huge_file(faults: Faults) -> None:
    content = WHOLE + "# filler\n" * 200_000
    assert faults(content) == ["w.yaml is over 1,000,000 bytes; a definition is a short YAML file"]


def test_a_missing_file_and_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "triage.yaml").write_text(WHOLE)
    with pytest.raises(BadInput, match=r"there is no file .*triaeg\.yaml; did you mean triage\.yaml\?"):
        read_definition(tmp_path / "triaeg.yaml")
    with pytest.raises(BadInput, match=r"there is no file .*w\.yaml$"):
        read_definition(tmp_path / "none" / "w.yaml")
    with pytest.raises(BadInput, match="is a folder"):
        read_definition(tmp_path)


def test_what_may_be_left_out_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    start, end = WHOLE.index("owners:"), WHOLE.index("budget:")
    limits, effect = WHOLE.index("limits:"), WHOLE.index("effect:")
    path.write_text(WHOLE[:start] + WHOLE[end:limits] + WHOLE[effect:])
    made = read_definition(path)
    assert (made.owners, made.rights, made.limits) == (Owners(None, None), DecisionRights((), ()), Limits())
    assert not made.owners.named
