"""The forms of a document, by a file's ending."""

from collections.abc import Callable, Mapping

from interlock.adapters.reports.briefings.html import as_html
from interlock.adapters.reports.briefings.json_text import as_json
from interlock.adapters.reports.briefings.markdown import as_markdown
from interlock.adapters.reports.briefings.pdf import as_pdf
from interlock.adapters.reports.briefings.slides import as_pptx
from interlock.terms.briefing import Briefing
from interlock.terms.errors import BadInput

FORMS: Mapping[str, Callable[[Briefing], bytes]] = {
    ".html": as_html,
    ".pdf": as_pdf,
    ".pptx": as_pptx,
    ".md": as_markdown,
    ".json": as_json,
}


def written(briefing: Briefing, ending: str) -> bytes:
    """The document in one form. Raises BadInput for another ending, Unavailable where a library is missing."""
    form = FORMS.get(ending.lower())
    if form is None:
        raise BadInput(f"'{ending}' is no form of a report; end the file's name with one of {', '.join(FORMS)}")
    return form(briefing)
