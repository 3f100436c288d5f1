"""Self-contained HTML: one file, no script, nothing fetched, a policy that forbids everything but its own style."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from interlock.adapters.reports import charts, evaluation_page, plots, story_page, words
from interlock.adapters.reports.files import write_whole
from interlock.adapters.reports.sheets import NARROW, WIDE, style_of
from interlock.terms.briefing import Briefing
from interlock.terms.evaluation import Evaluation
from interlock.terms.story import Story

PACKAGE = "interlock.adapters.reports"


def style_sheet(*more: str) -> str:
    """The style sheet that every report carries, and after it those named in `more`."""
    sheets = (resources.files(PACKAGE).joinpath(name) for name in ("report.css", *more))
    return "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


def style_hash(style: str) -> str:
    """The source expression that allows exactly this style in a content security policy (CSP level 3, hash-source)."""
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def page_environment(*more_styles: str) -> Environment:
    """What templates are filled with. `more_styles` are names of style sheets beside that of all reports."""
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = style_sheet(*more_styles)
    environment.globals |= {
        "style": Markup(style),  # noqa: S704 - our own file, and tests hold it free of markup
        "style_hash": style_hash(style),
        "sheets": (WIDE, NARROW),
        "draw": charts.draw,
        "style_of": style_of,
        "description": plots.description,
        "plot_notes": plots.notes,
        "as_table": plots.as_table,
    }
    environment.filters |= {
        "breakable": breakable,
        "brief": words.brief,
        "count": words.count,
        "percent_exact": words.percent_exact,
        "money": words.money,
        "moment": words.moment,
        "plural": words.plural,
        "shorten": words.shorten,
        "size": words.size,
        "tied": words.tied,
    }
    return environment


def breakable(text: str) -> Markup:
    """Text with places where long words may break, escaped part by part."""
    return Markup("<wbr>").join(words.chunks(words.clean(text)))


def _printable(value: object) -> object:
    """What templates write: None as words, plain text without characters that a page cannot hold."""
    if value is None:
        return words.NOT_MEASURED
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


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
        from interlock.adapters.reports.briefings.forms import written

        write_whole(path, written(briefing, path.suffix))

    def _write(self, template: str, content: Mapping[str, object], path: Path) -> None:
        html = self.environment.get_template(template).render(content)
        write_whole(path, html.encode("utf-8", errors="replace"))
