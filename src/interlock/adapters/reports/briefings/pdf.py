"""A document as PDF, from the same page as HTML: A4, tagged, with its title; long tables are cut and say so."""

import hashlib
import logging

from interlock.adapters.reports.briefings.html import as_html
from interlock.adapters.reports.briefings.shortened import PAPER
from interlock.terms.briefing import Briefing
from interlock.terms.errors import Unavailable

MISSING = (
    "a PDF needs WeasyPrint and the Pango library: pip install 'interlock[reports]'; on Debian also"
    " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def as_pdf(briefing: Briefing) -> bytes:
    """The whole document; the same document gives the same bytes. Raises Unavailable where a library is missing."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as exc:
        raise Unavailable(MISSING) from exc
    # It tells of every rule that only browsers know; nobody who wants a PDF can do anything about these.
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    html = as_html(briefing, PAPER)
    identifier = hashlib.sha256(html).digest()[:16]
    written = HTML(string=html.decode("utf-8"), url_fetcher=_nothing).write_pdf(
        pdf_tags=True, pdf_variant="pdf/ua-1", pdf_identifier=identifier
    )
    return bytes(written or b"")


def _nothing(url: str, *_: object, **__: object) -> object:
    raise ValueError(f"a document fetches nothing, and so not {url}")
