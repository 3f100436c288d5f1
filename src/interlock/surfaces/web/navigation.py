"""The way around: which parts of the site somebody is shown. A part is one more line here."""

from dataclasses import dataclass
from urllib.parse import quote

from interlock.surfaces.web.visitor import Visitor

OF_WORKFLOW = "/workflows/"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the site, and the permission that makes it worth showing."""

    name: str
    address: str
    resource: str
    action: str


PARTS: tuple[Part, ...] = (
    Part("Portfolio", "/portfolio", "portfolio", "read"),
    Part("Queue", "/queue", "review", "read"),
    Part("Council", "/council", "council", "read"),
    Part("Stand-up", "/stand-up", "standup", "read"),
    Part("Instruments", "/instruments", "instrument", "read"),
    Part("Cases", "/cases", "case", "read"),
    Part("Ledger", "/ledger", "ledger", "read"),
    Part("Gateway", "/gateway", "traffic", "read"),
    Part("Reports", "/reports", "report", "read"),
    Part("Try", "/start", "try", "run"),
    Part("Settings", "/settings", "settings", "read"),
)


@dataclass(frozen=True, slots=True)
class Around:
    """The parts that a visitor may open, which of them this page belongs to, and where they stop something.

    `stop` is "" for who may stop nothing; on a page of a workflow it leads to the switch of that one.
    """

    parts: tuple[Part, ...]
    current: str
    stop: str


def around(visitor: Visitor | None, path: str) -> Around:
    """The way around for somebody; nothing for who is not signed in."""
    if visitor is None:
        return Around((), "", stop="")
    parts = tuple(part for part in PARTS if visitor.may_somewhere(part.resource, part.action))
    base = "/portfolio" if path.startswith(OF_WORKFLOW) else path
    current = next((part.address for part in parts if base == part.address or base.startswith(part.address + "/")), "")
    return Around(parts, current, _stop(visitor, path))


def _stop(visitor: Visitor, path: str) -> str:
    if not visitor.may_somewhere("switch", "kill"):
        return ""
    workflow = path.removeprefix(OF_WORKFLOW).partition("/")[0] if path.startswith(OF_WORKFLOW) else ""
    if workflow and visitor.may("switch", "kill", workflow=workflow):
        return f"/stop?scope={quote(f'workflow:{workflow}', safe='')}"
    return "/stop"
