"""Self-contained HTML: one file, no script, nothing fetched, a policy that forbids everything but its own style."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment

from interlock.adapters.reports import evaluation_page, story_page
from interlock.adapters.reports.briefings.forms import written
from interlock.adapters.reports.environment import page_environment
from interlock.adapters.reports.files import write_whole
from interlock.terms.briefing import Briefing
from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Story


@dataclass(frozen=True, slots=True)
class HtmlReports:
    """Writes evaluations and stories as HTML files, documents for leaders in several forms (a ReportWriter)."""

    environment: Environment = field(default_factory=page_environment, repr=False)

    def evaluation(self, evaluation: Evaluation, path: Path) -> None:
        """Write the report of a bake-off. Raises Unavailable where the disk refuses."""
        self._write("evaluation.html.j2", {"page": evaluation_page.page(evaluation)}, path)

    def story(self, story: Story, path: Path) -> None:
        """Write the report of a workflow's life. Raises Unavailable where the disk refuses."""
        self._write("story.html.j2", {"page": story_page.page(story)}, path)

    def briefing(self, briefing: Briefing, path: Path) -> None:
        """Write a document for leaders in the form that the ending of `path` names. Raises BadInput, Unavailable."""
        write_whole(path, written(briefing, path.suffix))

    def _write(self, template: str, content: Mapping[str, object], path: Path) -> None:
        html = self.environment.get_template(template).render(content)
        write_whole(path, html.encode("utf-8", errors="replace"))
