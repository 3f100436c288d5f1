"""The page on the operating model: six components, each with one question and commands that there are."""

import re
from pathlib import Path

import pytest

from interlock.engine.reporting.documents import KINDS

DOCS = Path(__file__).parents[2] / "docs"
SECTION = (DOCS / "explanation" / "operating-model.md").read_text(encoding="utf-8").split("## Six questions")[1]
ROWS = re.findall(r"^\| ([^|`]+) \| ([^|`]+\?) \| (.+) \|$", SECTION.split("\n## ")[0], re.MULTILINE)


def test_the_six_components_of_the_operating_model_each_answer_one_question() -> None:
    assert [(component, question) for component, question, _ in ROWS] == [
        ("ownership and decision rights", "who decides?"),
        ("readiness and selection", "what may move?"),
        ("governance and risk controls", "what is reviewed?"),
        ("delivery and rollout", "how does it reach production?"),
        ("incidents and monitoring", "what happens when it goes wrong?"),
        ("executive communication", "who knows, and who answers for it?"),
    ]


@pytest.mark.parametrize("command", re.findall(r"`(interlock [a-z -]+)`", SECTION.split("\n## ")[0]))
def test_every_command_that_answers_one_of_the_six_is_there(command: str) -> None:
    reference = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^##+ (interlock .+)$", reference, re.MULTILINE))
    reports = {f"interlock report {kind}" for kind in KINDS}
    assert command in known | reports
