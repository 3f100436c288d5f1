"""Every page there is, found from the routes of the application: a page cannot be forgotten by the tests of all pages.

A page whose address holds a name, or needs a question after it, has its examples here.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.routing import Route

from interlock.engine.council.agenda import agenda
from interlock.engine.reporting.documents import KINDS
from interlock.engine.timestamp import moment
from interlock.flows.portfolio.read import read_portfolio
from interlock.ports.gateway.traffic import TrafficFilter
from interlock.ports.store import Reading
from interlock.surfaces.web.app import AREAS
from interlock.surfaces.web.workflow.acts import ACTS
from site_sample import ACME, GLOBEX, WORKFLOW

# Answers that are no pages: a stream without an end.
NO_PAGES = ("/live",)
# Reached by who is not signed in.
OPEN = ("/sign-in", "/first", "/invitation")

# What may stand for a part of an address wherever it comes.
PARTS: Mapping[str, tuple[str, ...]] = {"form": ("csv", "json"), "workflow": (WORKFLOW, ACME, GLOBEX)}


def _passed(more: str) -> Callable[[Reading], Iterator[str]]:
    """The address of each of some requests that passed the gateway."""

    def found(reading: Reading) -> Iterator[str]:
        rows = reading.traffic(TrafficFilter(), limit=6)
        yield from (f"/gateway/requests/{quote(row.id, safe='')}{more}" for row in rows)

    return found


def _entries(kind: str, pattern: str) -> Callable[[Reading], Iterator[str]]:
    """An address for each entry of a kind in the store."""
    return lambda reading: (pattern.format(entry.index) for entry in reading.entries_of(kind))


def _about_workflows(page: str) -> Callable[[Reading], Iterator[str]]:
    """An address of a scorecard's page about two workflows, each of another tenant."""
    return lambda _: (f"/instruments/readiness-scorecard/{page}?subject={name}" for name in (ACME, GLOBEX))


def _one_of_each_kind(pattern: str) -> Callable[[Reading], Iterator[str]]:
    """An address for the newest entry of every kind that the store holds."""

    def found(reading: Reading) -> Iterator[str]:
        newest = {entry.kind: entry.index for entry in reading.entries()}
        yield from (pattern.format(index) for index in newest.values())

    return found


def _about_cases(page: str) -> Callable[[Reading], Iterator[str]]:
    """An address for the newest case of each of three workflows, two of which are of tenants."""

    def found(reading: Reading) -> Iterator[str]:
        for workflow in (WORKFLOW, ACME, GLOBEX):
            newest = next(reading.cases_back(workflow))
            yield f"/cases/{page}?{urlencode({'key': newest.key})}"

    return found


def _asked_of_the_council(reading: Reading) -> Iterator[str]:
    """An address for the first questions of the agenda."""
    newest = reading.newest_at()
    questions = agenda(read_portfolio(reading, moment(newest))) if newest else ()
    return (f"/council/item?{urlencode({'item': one.id})}" for one in questions[:2])


def _accounts(reading: Reading) -> Iterator[str]:
    """The address of the first account."""
    made = (str(entry.body["name"]) for entry in reading.entries_of("account.created"))
    return (f"/settings/people/account/{quote(name)}" for name in itertools.islice(made, 1))


def _waiting(reading: Reading) -> Iterator[str]:
    """Cases that wait, with their text and without."""
    others = (row.name for row in reading.workflows() if row.name != WORKFLOW)
    for workflow in (WORKFLOW, *others):
        for row in reading.queue(workflow, limit=5 if workflow == WORKFLOW else 1):
            named = {"workflow": workflow, "kind": row.kind, "key": row.key}
            yield f"/queue/case?{urlencode(named)}"
            yield f"/queue/case?{urlencode({**named, 'show': '1'})}"


def _evidence(reading: Reading) -> Iterator[str]:
    kinds = {item.kind: item.digest for item in reading.evidence(WORKFLOW)}
    yield from (f"/ledger/evidence/{digest}" for digest in kinds.values())


EXAMPLES: Mapping[str, Callable[[Reading], Iterable[str]]] = {
    "/settings/retention/{workflow}": lambda _: (f"/settings/retention/{name}" for name in (ACME, GLOBEX)),
    **{f"/cases/{page}": _about_cases(page) for page in ("why", "why.json", "spans", "erase", "undo")},
    **{f"/gateway/requests/{{id_}}{more}": _passed(more) for more in ("", "/record.json")},
    "/council/item": _asked_of_the_council,
    "/stop/scope": lambda _: ("/stop/scope?scope=global", f"/stop/scope?scope=workflow:{WORKFLOW}"),
    "/council/decided/{entry}": _entries("council.decided", "/council/decided/{}"),
    "/reports/make/{kind}": lambda _: (f"/reports/make/{kind}" for kind in KINDS),
    "/workflows/{workflow}/do/{name}": lambda _: (
        f"/workflows/{workflow}/do/{name}" for name in ACTS for workflow in (WORKFLOW, GLOBEX)
    ),
    "/ledger/{entry}": _one_of_each_kind("/ledger/{}"),
    "/ledger/{entry}/record.json": _entries("organisation.defined", "/ledger/{}/record.json"),
    "/ledger/{entry}/proof.json": _entries("organisation.defined", "/ledger/{}/proof.json"),
    "/ledger/evidence/{digest}": _evidence,
    "/instruments/{name}": lambda _: ("/instruments/readiness-scorecard", "/instruments/vendor-evaluation"),
    "/instruments/{name}.{form}": lambda _: ("/instruments/readiness-scorecard.csv", "/instruments/skill-stack.json"),
    "/instruments/{name}/sheet": _about_workflows("sheet"),
    "/instruments/{name}/sheet/{section}": _about_workflows("sheet/security-and-risk"),
    "/instruments/{name}/check": _about_workflows("check"),
    "/instruments/{name}/result": _about_workflows("result"),
    "/instruments/{name}/{part}.{form}": _about_workflows("history.json"),
    "/evidence/add": lambda _: (
        f"/evidence/add?workflow={WORKFLOW}",
        f"/evidence/add?instrument=readiness-scorecard&subject={WORKFLOW}&item=security",
    ),
    "/queue/case": _waiting,
    "/queue/together": lambda _: (f"/queue/together?workflow={name}" for name in (WORKFLOW, ACME, GLOBEX)),
    "/settings/people/account/{name}": _accounts,
    "/stand-up/actions/{entry}": _entries("action.agreed", "/stand-up/actions/{}"),
}
"""Addresses by the route that answers them, where PARTS do not make one."""
# Answered only while something goes on: their own tests visit them.
FOR_A_WHILE = ("/invitation", "/start/tries/", "/reports/made/", "/reports/schedules/")


def routes_of(method: str) -> list[str]:
    """The paths of every route that answers to a method, as they are written."""
    return [path for area in AREAS for path, methods in _flat(area, "") if method in methods]


def addresses(reading: Reading) -> Iterator[tuple[str, str]]:
    """(route, address) of every page, at least one for each route. Raises LookupError for one without an example."""
    for path in routes_of("GET"):
        if path in NO_PAGES or path.startswith(FOR_A_WHILE):
            continue
        yield from ((path, example) for example in examples_of(path, reading))


def examples_of(path: str, reading: Reading) -> list[str]:
    """Addresses that one route answers. Raises LookupError where there is none."""
    examples = list(EXAMPLES[path](reading) if path in EXAMPLES else _filled(path))
    if not examples:
        raise LookupError(f"{path}: the sample holds nothing that is shown there")
    return examples


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
