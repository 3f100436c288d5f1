"""The `tools` part of a workflow file: what it becomes, what it refuses, and that it is part of the release."""

from pathlib import Path

import pytest

from commandline import DEFINITION
from governed import House
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.terms.errors import BadInput
from interlock.terms.gateway.tools import GovernedTool, ToolAuthority, WaitFor

DIGEST = "sha256:" + "ab" * 32
PART = f"""
tools:
  wait_for: decision
  wait_s: 90
  redact: [email]
  governed:
    - {{server: billing, name: lookup, authority: read, digest: "{DIGEST}"}}
    - server: billing
      name: refund
      authority: act
      digest: "{DIGEST}"
      undo: cancel_refund
      undo_arguments: {{id: result.refund_id}}
      amount_argument: amount_cents
      key_arguments: [order]
"""


def written(folder: Path, part: str) -> Path:
    file = folder / "triage.yaml"
    file.write_text(DEFINITION + part)
    return file


def test_the_part_becomes_the_plan(tmp_path: Path) -> None:
    plan = read_definition(written(tmp_path, PART)).tools
    assert (plan.wait_for, plan.wait_s, plan.redact, plan.call_s) == (WaitFor.DECISION, 90.0, ("email",), 20.0)
    assert plan.tools == (
        GovernedTool("billing", "lookup", ToolAuthority.READ, DIGEST),
        GovernedTool(
            "billing",
            "refund",
            ToolAuthority.ACT,
            DIGEST,
            "cancel_refund",
            {"id": "result.refund_id"},
            "amount_cents",
            key_arguments=("order",),
        ),
    )


def test_a_changed_tool_is_another_release_and_comes_back_as_it_was(tmp_path: Path, tmp_path_factory: object) -> None:
    house = House(tmp_path)
    definition = read_definition(written(tmp_path, PART))
    first = house.define(definition).release
    again = house.define(read_definition(written(tmp_path, PART.replace("ab" * 32, "cd" * 32)))).release
    assert first.digest != again.digest
    assert house.rt.standings.refreshed("triage").definition.tools == again.definition.tools
    house.opened.close()


REFUSED = {
    "twice": ("name: lookup, authority: read", "name: refund, authority: deny", "is there twice"),
    "undo of a read": ("authority: act", "authority: read", "changes nothing, so take out undo"),
    "itself": ("undo: cancel_refund", "undo: refund", "cannot take itself back"),
    "undo without arguments": ("undo_arguments: {id: result.refund_id}", "", "go together"),
    "from nowhere": ("result.refund_id", "answer.id", "comes from nowhere"),
    "no digest": (DIGEST, "sha256:1", "digest"),
    "fact": ("key_arguments: [order]", "facts: {country: country}", "name it in limits.facts"),
    "unknown field": ("wait_s: 90", "wait_s: 90\n  wait_fro: ticket", "did you mean `wait_for`"),
    "for ever": ("wait_s: 90", "wait_s: 86400", "wait_s"),
}


@pytest.mark.parametrize(("old", "new", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_meant_is_refused_with_the_mend(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_definition(written(tmp_path, PART.replace(old, new)))


def test_two_servers_must_not_share_a_label(tmp_path: Path) -> None:
    other = PART + "    - {server: shop, name: refund, authority: review}\n"
    with pytest.raises(BadInput, match="two servers have a tool 'refund'"):
        read_definition(written(tmp_path, other))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("target: idempotent, undo: put it back", "target: idempotent", "name that in effect.undo"),
        ("target: idempotent", "target: probe", "write effect.target: blind"),
    ],
)
def test_the_effect_must_fit(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = written(tmp_path, PART)
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(BadInput, match=words):
        read_definition(file)
