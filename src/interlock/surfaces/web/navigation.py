"""The way around: which parts of the site somebody is shown. A part is one more line here."""

from dataclasses import dataclass

from interlock.surfaces.web.visitor import Visitor


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
    Part("Reports", "/reports", "report", "read"),
    Part("Settings", "/settings", "settings", "read"),
)


@dataclass(frozen=True, slots=True)
class Around:
    """The parts that a visitor may open, which of them this page belongs to, and whether they may stop anything."""

    parts: tuple[Part, ...]
    current: str
    may_stop: bool


def around(visitor: Visitor | None, path: str) -> Around:
    """The way around for somebody; nothing for who is not signed in."""
    if visitor is None:
        return Around((), "", may_stop=False)
    parts = tuple(part for part in PARTS if visitor.may_somewhere(part.resource, part.action))
    base = "/portfolio" if path.startswith("/workflows/") else path
    current = next((part.address for part in parts if base == part.address or base.startswith(part.address + "/")), "")
    return Around(parts, current, may_stop=visitor.may_somewhere("switch", "kill"))
