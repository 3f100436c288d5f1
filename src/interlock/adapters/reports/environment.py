"""What every page is made with: its templates, its style, and a policy that forbids everything but that style."""

import base64
import hashlib
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from interlock.adapters.reports import charts, plots
from interlock.adapters.reports.sheets import NARROW, WIDE, style_of
from interlock.terms import words

PACKAGE = "interlock.adapters.reports"
SHEETS = ("look.css", "pictures.css", "report.css")


def style_sheet(*more: str) -> str:
    """The style sheet that every report carries, and after it those named in `more`."""
    return style_of_sheets(*SHEETS, *more)


def style_of_sheets(*names: str) -> str:
    """The sheets of these names, in this order."""
    sheets = (resources.files(PACKAGE).joinpath(name) for name in names)
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
