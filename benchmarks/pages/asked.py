"""Which addresses are asked for: one at least for every route that answers to GET, found from the application itself.

What the large store holds is named here. A route without an address is an error, so that no page can be forgotten.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from interlock.ports.store import Reading
from interlock.terms.ledger import LedgerEntry
from web_pages import NO_PAGES, routes_of

BUSY, QUIET = "workflow-0000", "workflow-0040"  # the one with most of the cases, and one with few
INSTRUMENT = "readiness-scorecard"
PARTS: Mapping[str, tuple[str, ...]] = {"form": ("csv", "json"), "workflow": (BUSY, QUIET)}
# Each needs something that only goes on for a while, or that nobody has made in this store.
NOT_ASKED = {
    "/first": "there for who holds the link of the first account",
    "/invitation": "there for who holds the link of an invitation",
    "/ledger/{entry}/proof.json": "there once somebody has had the ledger verified",
    "/settings/organisation.yaml": "there once an organisation was described",
    "/sign-in/single": "leads to a provider",
    "/sign-in/back": "comes from a provider",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An address and the route that answers it. `is_page`: what a browser shows, and no file for programs."""

    route: str
    address: str

    @property
    def is_page(self) -> bool:
        return not re.search(r"\.(csv|json|\{form\}|\{ending\})$", self.route)


Examples = Callable[[Reading], Iterable[str]]


def _of_cases(page: str) -> Examples:
    return lambda reading: (f"/cases/{page}?{urlencode({'key': key})}" for key in _cases(reading))


def _of_entries(kind: str, pattern: str) -> Examples:
    return lambda reading: (pattern.format(entry.index) for entry in _some(reading.entries_of(kind, BUSY)))


def _each(*addresses: str) -> Examples:
    return lambda _: addresses


def _waiting(reading: Reading) -> Iterator[str]:
    for workflow in (BUSY, QUIET):
        for row in reading.queue(workflow, limit=1):
            named = {"workflow": workflow, "kind": row.kind, "key": row.key}
            yield f"/queue/case?{urlencode(named)}"
            yield f"/queue/case?{urlencode({**named, 'show': '1'})}"


def _cases(reading: Reading) -> Iterator[str]:
    for workflow in (BUSY, QUIET):
        yield from (case.key for case in itertools.islice(reading.cases_back(workflow), 1))


def _some(entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
    return itertools.islice(entries, 1)


def _council(reading: Reading) -> Iterator[str]:
    crossed = (entry for entry in reading.entries_of("incident.opened", BUSY) if entry.body["redline"])
    yield from (f"/council/item?item={BUSY}/incident/{entry.index}" for entry in crossed)


def _evidence(reading: Reading) -> Iterator[str]:
    yield from (f"/ledger/evidence/{item.digest}" for item in reading.evidence(BUSY)[-1:])


EXAMPLES: Mapping[str, Examples] = {
    **{f"/cases/{page}": _of_cases(page) for page in ("why", "why.json", "spans", "erase", "undo")},
    "/cases": _each("/cases", f"/cases?workflow={BUSY}", "/cases?key=ticket-00"),
    "/council/item": _council,
    "/instruments/{name}": _each(f"/instruments/{INSTRUMENT}", "/instruments/vendor-evaluation"),
    "/instruments/{name}.{form}": _each(f"/instruments/{INSTRUMENT}.csv"),
    "/instruments/{name}/sheet": _each(f"/instruments/{INSTRUMENT}/sheet?subject={BUSY}"),
    "/instruments/{name}/sheet/{section}": _each(f"/instruments/{INSTRUMENT}/sheet/security-and-risk?subject={BUSY}"),
    "/instruments/{name}/check": _each(f"/instruments/{INSTRUMENT}/check?subject={BUSY}"),
    "/instruments/{name}/result": _each(f"/instruments/{INSTRUMENT}/result?subject={BUSY}"),
    "/instruments/{name}/{part}.{form}": _each(f"/instruments/{INSTRUMENT}/history.json?subject={BUSY}"),
    "/ledger": _each("/ledger", f"/ledger?workflow={BUSY}", "/ledger?kind=stage.moved"),
    "/ledger/{entry}": _of_entries("stage.moved", "/ledger/{}"),
    "/ledger/{entry}/record.json": _of_entries("stage.moved", "/ledger/{}/record.json"),
    "/ledger/evidence/{digest}": _evidence,
    "/portfolio": _each("/portfolio", "/portfolio?stage=pilot", "/portfolio?page=7"),
    "/queue": _each("/queue", f"/queue?workflow={QUIET}", "/queue?kind=decision"),
    "/queue/case": _waiting,
    "/queue/together": _each(f"/queue/together?workflow={BUSY}"),
    "/reports/make/{kind}": _each("/reports/make/monthly"),
    "/settings/people/account/{name}": _each("/settings/people/account/everything"),
    "/workflows/{workflow}/do/{name}": _each(f"/workflows/{BUSY}/do/promote", f"/workflows/{BUSY}/do/judge"),
    "/stop/scope": _each(f"/stop/scope?scope=workflow:{BUSY}"),
}
"""Addresses by the route that answers them, where PARTS do not make one."""
# Of one thing that somebody made a moment ago: the store holds none, and they are small.
OF_A_MOMENT = ("/start/tries/", "/reports/made/", "/reports/schedules/{", "/stand-up/actions/{", "/council/decided/")


def asked(reading: Reading) -> tuple[list[Asked], list[str]]:
    """What is asked for, and the routes for which nobody has said what to ask."""
    found, missing = [], []
    for route in dict.fromkeys(routes_of("GET")):
        if route in NO_PAGES or route in NOT_ASKED or route.startswith(OF_A_MOMENT):
            continue
        addresses = list(EXAMPLES[route](reading) if route in EXAMPLES else _filled(route))
        found += [Asked(route, address) for address in addresses]
        missing += [] if addresses else [route]
    return found, missing


def _filled(route: str) -> Iterator[str]:
    pattern = re.sub(r":\w+\}", "}", route)
    names = re.findall(r"\{(\w+)\}", pattern)
    if PARTS.keys() >= set(names):
        for chosen in itertools.product(*(PARTS[name] for name in names)):
            yield pattern.format(**dict(zip(names, chosen, strict=True)))
