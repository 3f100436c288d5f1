"""How every page is made: its templates, the way around the site, and words for figures and times."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from interlock.engine.timestamp import stamp
from interlock.surfaces.web import charts
from interlock.surfaces.web.live.view import banner
from interlock.surfaces.web.navigation import around
from interlock.surfaces.web.sentences import coded, dated, plainly, readable
from interlock.surfaces.web.site import site_of
from interlock.surfaces.web.states import STATES
from interlock.surfaces.web.visitor import Visitor, visitor_if_any
from interlock.terms import words
from interlock.terms.errors import Unavailable

PACKAGE = "interlock.surfaces.web"
UNITS_S = (("year", 31_557_600), ("month", 2_629_800), ("week", 604_800), ("day", 86_400), ("hour", 3_600))


def page(
    request: Request, template: str, *, title: str, who: Visitor | None = None, status: int = 200, **model: Any
) -> HTMLResponse:
    """A page of the site. `title` is its conclusion; `model` is what its template shows."""
    site = site_of(request)
    visitor = who or _visitor(request)
    content = (
        _environment()
        .get_template(template)
        .render(
            title=title,
            who=visitor,
            site=site,
            now=stamp(site.now()),
            path=request.url.path,
            around=around(visitor, request.url.path),
            banner=banner(site, visitor),
            authored=_authored(request, visitor),
            asset=asset,
            **model,
        )
    )
    return HTMLResponse(content, status)


def fragment(template: str, **model: Any) -> str:
    """A part of a page by itself, as the page shows it."""
    return _environment().get_template(template).render(**model)


def asset(name: str) -> str:
    """The address of a file that every page loads, which changes with its content."""
    return f"/static/{name}?v={_versions()[name]}"


def assets() -> Mapping[str, bytes]:
    """Our own style and scripts, by name."""
    folder = resources.files(PACKAGE).joinpath("static")
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


_MORE: dict[str, bytes] = {}


def share_assets(more: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Add files that come from elsewhere (the look of reports); all of them, by name."""
    _MORE.update(more)
    _versions.cache_clear()
    return {**assets(), **_MORE}


@cache
def _versions() -> Mapping[str, str]:
    return {name: hashlib.sha256(content).hexdigest()[:12] for name, content in {**assets(), **_MORE}.items()}


def _visitor(request: Request) -> Visitor | None:
    try:
        return visitor_if_any(request, site_of(request))
    except Unavailable:  # the page that says so is shown to nobody in particular
        return None


def _authored(request: Request, visitor: Visitor | None) -> bool:
    if visitor is None:
        return False
    try:
        return site_of(request).board.portfolio().authored_sample
    except Unavailable:
        return False


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"states": STATES, "spark": charts.sparkline, "interval_bar": charts.interval_bar}
    environment.filters |= {
        "ago": ago,
        "breakable": breakable,
        "breakable_code": breakable_code,
        "brief": words.brief,
        "coded": coded,
        "confidence": words.confidence,
        "count": words.count,
        "dated": dated,
        "money": words.money,
        "moment": words.moment,
        "number": words.number,
        "percent": words.percent,
        "percent_exact": words.percent_exact,
        "plainly": plainly,
        "plural": words.plural,
        "readable": readable,
        "sentence": words.capital,
        "shorten": words.shorten,
        "size": words.size,
        "tied": words.tied,
    }
    return environment


def ago(text: str, now: str) -> str:
    """How long before (or after) `now` a time lies: "3 hours ago", "in 2 days"; "" for what is no time."""
    try:
        seconds = (dt.datetime.fromisoformat(now) - dt.datetime.fromisoformat(text)).total_seconds()
    except (ValueError, TypeError):
        return ""
    for unit, length_s in (*UNITS_S, ("minute", 60)):
        if abs(seconds) >= length_s:
            told = words.plural(int(abs(seconds) // length_s), unit)
            return f"{told} ago" if seconds > 0 else f"in {told}"
    return "just now" if seconds >= 0 else "in a moment"


def breakable(text: str) -> Markup:
    """Text with places where long words may break, escaped part by part."""
    return Markup("<wbr>").join(words.chunks(words.clean(text)))


def breakable_code(text: str) -> Markup:
    """The same of a sentence of ours: what stands between backticks is a command."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return breakable(text)
    code = Markup("<code>{}</code>")
    return Markup().join(code.format(breakable(one)) if at % 2 else breakable(one) for at, one in enumerate(parts))


def _printable(value: object) -> object:
    if value is None:
        return words.NOT_MEASURED
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
