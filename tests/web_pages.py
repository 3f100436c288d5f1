"""Every page there is, found from the routes of the application: a page cannot be forgotten by the tests of all pages.

A page whose address holds a name, or needs a question after it, has its examples here.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.routing import Route

from interlock.surfaces.web.app import AREAS
from site_sample import WORKFLOW

# Answers that are no pages: a stream without an end.
NO_PAGES = ("/live",)
# Reached by who is not signed in.
OPEN = ("/sign-in", "/first", "/invitation")

# What may stand for a part of an address wherever it comes.
PARTS: Mapping[str, tuple[str, ...]] = {"form": ("csv", "json"), "workflow": (WORKFLOW,)}
EXAMPLES: Mapping[str, tuple[str, ...]] = {}
"""Addresses by the route that answers them, where PARTS do not make one."""


def routes_of(method: str) -> list[str]:
    """The paths of every route that answers to a method, as they are written."""
    return [path for area in AREAS for path, methods in _flat(area, "") if method in methods]


def addresses() -> Iterator[tuple[str, str]]:
    """(route, address) of every page, at least one for each route. Raises LookupError for one without an example."""
    for path in routes_of("GET"):
        if path in NO_PAGES:
            continue
        for example in EXAMPLES.get(path, _filled(path)):
            yield path, example


def _filled(path: str) -> tuple[str, ...]:
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    if not PARTS.keys() >= set(names):
        raise LookupError(f"{path} has no example: add one to EXAMPLES in tests/web_pages.py")
    choices = itertools.product(*(PARTS[name] for name in names))
    pattern = re.sub(r":\w+\}", "}", path)
    return tuple(pattern.format(**dict(zip(names, chosen, strict=True))) for chosen in choices)


def _flat(router: Any, before: str) -> Iterator[tuple[str, frozenset[str]]]:
    for route in router.routes:
        if isinstance(route, Route):
            yield before + route.path, frozenset(route.methods or ())
        else:
            yield from _flat(route.original_router, before + route.include_context.prefix)
