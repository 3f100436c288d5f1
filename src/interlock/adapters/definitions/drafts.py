"""interlock.ports.drafts.Drafts over the schema and the packs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from interlock.adapters.definitions.draft_file import faults_of, missing_in, name_like, read_draft
from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.definitions.written import written
from interlock.adapters.definitions.yaml_file import message_of
from interlock.adapters.packs.questions import chapters
from interlock.adapters.packs.templates import templates
from interlock.terms.flaw import Location
from interlock.terms.interview import Chapter, Template
from interlock.terms.workflow import WorkflowDefinition


class YamlDrafts:
    """Drafts as YAML."""

    def chapters(self) -> Sequence[Chapter]:
        return chapters()

    def templates(self) -> Sequence[Template]:
        return templates()

    def read(self, path: Path) -> dict[str, Any]:
        return read_draft(path)

    def fault(self, content: Mapping[str, Any], location: Location) -> str | None:
        for error in faults_of(content):
            shared = min(len(error["loc"]), len(location))
            if error["loc"][:shared] == location[:shared]:
                return message_of(error)
        return None

    def missing(self, content: Mapping[str, Any]) -> tuple[Location, ...]:
        return missing_in(content)

    def name_like(self, words: str) -> str:
        return name_like(words)

    def definition(self, content: Mapping[str, Any]) -> WorkflowDefinition | None:
        try:
            return WorkflowFile.model_validate(content).definition()
        except ValidationError:
            return None

    def text(self, content: Mapping[str, Any], unknown: Collection[str], *, opening: Iterable[str]) -> str:
        return written(content, unknown, opening=opening)
