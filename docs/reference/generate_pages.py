"""Writes pages.md from the application's own routes and the table of roles: python docs/reference/generate_pages.py.

A test compares the page with what this makes of the present routes.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute

sys.path.insert(0, str(Path(__file__).parent))

import operations_of_pages as told

from interlock.engine.access.permissions import MAY
from interlock.surfaces.web.app import AREAS
from interlock.surfaces.web.visitor import Needs
from interlock.surfaces.web.workflow.acts import ACTS
from interlock.surfaces.web.workflow.fields import Act
from interlock.terms.access import Role

FORM_OF_ACTS = "/workflows/{workflow}/do/{name}"
Found = tuple[str, APIRoute, tuple[Any, ...]]
PAGE = Path(__file__).with_name("pages.md")
OPENING = """# Pages and roles

Made by `docs/reference/generate_pages.py` from the web application itself; do not edit. How to look around:
[A first look at the web application](../tutorials/first-look.md). "over HTTP" names the operations of the
[HTTP API](http-api.md) that do the same for programs.

A role is held everywhere, or in a place: `reviewer`, `reviewer@tenant/acme`, `reviewer@workflow/triage`,
`reviewer@tenant/acme/workflow/triage`. Role and place together are permissions, written `scope:resource:action`. What
is not listed is denied. Why: [decision 0031](../decisions/0031-access-is-asked-as-triples.md).

## What each role may do

"""
ROUTES = """
## Addresses

An address that ends in `.csv` or `.json` holds the rows of the table beside it, with its filters. "asks" is what it
takes to open the address at all; what is done to which workflow or case is asked again for that one. A dash: whoever is
signed in, and what they see there is cut to what they may read.

| address | asks | what it is | over HTTP |
| --- | --- | --- | --- |
"""
FORMS = """
## Forms

Each carries the token of its session; sent from elsewhere, nothing is done.

| address | asks | what it does | over HTTP |
| --- | --- | --- | --- |
"""


ACTS_OF_WORKFLOWS = """
## What is done with a workflow

At `/workflows/{workflow}/do/{name}`.

| name | asks | what it does | over HTTP |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The whole page."""
    every = sorted((one for area in AREAS for one in _flat(area, "", ())), key=lambda one: one[0])
    shown = [one for one in every if "GET" in (one[1].methods or ())]
    sent = [one for one in every if "POST" in (one[1].methods or ())]
    parts = (
        *(OPENING, *_roles()),
        *(ROUTES, *(_row(one, told.PAGES) for one in shown)),
        *(FORMS, *(_row(one, told.FORMS) for one in sent)),
        *(ACTS_OF_WORKFLOWS, *map(_act, ACTS.values())),
    )
    return "".join(parts)


def _roles() -> Iterator[str]:
    """A row for each resource: which roles may do what."""
    by_resource: dict[str, dict[str, list[str]]] = {}
    for role in Role:
        for name in MAY[role]:
            resource, _, action = name.partition(":")
            by_resource.setdefault(resource, {}).setdefault(action, []).append(role)
    yield "| resource | action | roles |\n| --- | --- | --- |\n"
    for resource, actions in sorted(by_resource.items()):
        yield from _actions(resource, actions)


def _actions(resource: str, actions: Mapping[str, list[str]]) -> Iterator[str]:
    for action, roles in sorted(actions.items()):
        yield f"| {resource} | {action} | {', '.join(roles)} |\n"


def _flat(router: Any, before: str, asked: tuple[Any, ...]) -> Iterator[Found]:
    """Each route with its whole address, and what the routers around it ask."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield before + route.path, route, asked
        else:
            around = route.include_context
            more = (*asked, *(one.dependency for one in around.dependencies))
            yield from _flat(route.original_router, before + around.prefix, more)


def _act(act: Act) -> str:
    return (
        f"| `{act.name}` | `{':'.join(act.permission)}` | {act.words}. | {_over_http(_known(act.name, told.ACTS))} |\n"
    )


def _known(path: str, operations: Mapping[str, told.Told]) -> told.Told:
    if path not in operations:
        raise LookupError(f"{path}: say in operations_of_pages.py what does the same over HTTP, or why nothing does")
    return operations[path]


def _over_http(by: told.Told) -> str:
    return by if isinstance(by, str) else ", ".join(f"`{name}`" for name in by)


def _row(found: Found, operations: Mapping[str, told.Told]) -> str:
    path, route, around = found
    asked = (*around, *(one.call for one in route.dependant.dependencies))
    needs = ", ".join(dict.fromkeys(f"`{one.permission}`" for one in asked if isinstance(one, Needs))) or "–"
    words = (route.endpoint.__doc__ or "").strip().partition("\n\n")[0]
    rows_of_another = path.endswith((".csv", ".json", ".{form}")) or path == FORM_OF_ACTS
    same = "–" if rows_of_another and path not in operations else _over_http(_known(path, operations))
    return f"| `{path}` | {needs} | {' '.join(words.split())} | {same} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
