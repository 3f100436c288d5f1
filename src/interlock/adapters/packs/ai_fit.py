"""The questions of "is AI the right answer?", and a file of answers; an error names file, line and mend."""

import difflib
import functools
import math
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.definitions.yaml_text import parsed
from interlock.adapters.packs.own_pack import own_content
from interlock.terms.ai_fit import AnswerKind, FitAnswers, FitPack, FitQuestion, Wanted, Way
from interlock.terms.errors import BadInput

OF_A_DEFINITION = "workflow"
UNKNOWN = ("unknown", "not known", "?", "")


@functools.cache
def fit_pack() -> FitPack:
    """The pack of the product."""
    text = (resources.files("interlock") / "packs" / "selection" / "ai-fit.yaml").read_text("utf-8")
    read = own_content(text)
    questions = tuple(
        FitQuestion(
            one["id"],
            one["question"],
            AnswerKind(one["kind"]),
            tuple(one.get("options", ())),
            one.get("data", False),
        )
        for one in read["questions"]
    )
    ways = tuple(
        Way(one["id"], one["why"], _all_of(one["needs"]), tuple(map(_all_of, one["any"]))) for one in read["ways"]
    )
    return FitPack(read["version"], questions, ways)


def _all_of(conditions: Mapping[str, Any]) -> tuple[Wanted, ...]:
    return tuple(_wanted(name, condition) for name, condition in conditions.items())


def _wanted(name: str, condition: Any) -> Wanted:
    if condition == "stated":
        return Wanted(name)
    if isinstance(condition, dict):
        return Wanted(name, at_least=float(condition["at_least"]))
    return Wanted(name, options=tuple(condition))


def read_fit_answers(path: Path) -> FitAnswers | None:
    """The answers in a YAML file, None where it is a workflow definition instead.

    What is left out, empty or `unknown` is unknown. Raises BadInput with every fault.
    """
    node, _ = parsed(path, text_of(path, ending=".yaml", kind="answers are a short YAML file"))
    if not isinstance(node, yaml.MappingNode):
        raise BadInput(f"{path}: write one answer a line, such as `rules-decide: no`. {_asked()}")
    if any(str(key.value) == OF_A_DEFINITION for key, _ in node.value):
        return None
    questions = {one.id: one for one in fit_pack().questions}
    name, values, seen, faults = "", dict[str, str | float](), set[str](), []
    for key, value in node.value:
        field = str(key.value)
        try:
            if field in seen:
                raise ValueError("is answered twice; keep one")
            text = _known(value)
            if field == "name":
                name = text or ""
            elif field not in questions:
                raise ValueError(f"is no question; {_near(field, questions)}")
            elif text is not None:
                values[field] = _answer(questions[field], text)
        except ValueError as exc:
            faults.append(f"{path}:{key.start_mark.line + 1}: {field}: {exc}")
        seen.add(field)
    if faults:
        raise BadInput("\n  ".join((f"{path} cannot be used yet:", *faults)))
    return FitAnswers(name or path.stem, values)


def _known(value: yaml.Node) -> str | None:
    if not isinstance(value, yaml.ScalarNode):
        raise ValueError("write one word, number or sentence here")
    text = str(value.value).strip()
    return None if value.tag == "tag:yaml.org,2002:null" or text.casefold() in UNKNOWN else text


def _answer(question: FitQuestion, text: str) -> str | float:
    if question.kind is AnswerKind.CHOICE:
        said = {"true": "yes", "false": "no"}.get(text.casefold(), text.casefold())
        if said not in question.options:
            raise ValueError(f"is '{text}'; write {', '.join(question.options)} or unknown. {question.question}")
        return said
    if question.kind is AnswerKind.NUMBER:
        try:
            number = float(text.replace("_", ""))
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number >= 0):
            raise ValueError(f"is '{text}'; write a number of at least 0, such as 1200, or unknown")
        return number
    return text


def _near(field: str, questions: Mapping[str, FitQuestion]) -> str:
    near = difflib.get_close_matches(field, questions, n=1)
    return f"did you mean '{near[0]}'?" if near else _asked()


def _asked() -> str:
    return f"Questions: name, {', '.join(one.id for one in fit_pack().questions)}"
