"""Which review a request is about, and whether somebody may see it or work on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from interlock.flows.review.reach import reach_of
from interlock.ports.queue import Reach, ReviewRow
from interlock.ports.store import Reading
from interlock.surfaces.web.refusals import NotAllowed, NotThere
from interlock.surfaces.web.visitor import Visitor
from interlock.terms.errors import BadInput
from interlock.terms.review import ReviewKind


@dataclass(frozen=True, slots=True)
class Asked:
    """One review, as an address or a form names it. `stay`: the workflow whose queue is worked on, "" for all."""

    workflow: str
    kind: str
    key: str
    stay: str = ""

    def address(self, **more: str) -> str:
        """Its page."""
        named = {"workflow": self.workflow, "kind": self.kind, "key": self.key, "stay": self.stay, **more}
        return f"/queue/case?{urlencode({name: value for name, value in named.items() if value})}"


def asked_of(given: Mapping[str, str]) -> Asked:
    """What the parameters name. Raises NotThere where they name nothing that could be a review."""
    workflow, kind, key, stay = (given.get(name, "").replace("\0", "") for name in ("workflow", "kind", "key", "stay"))
    if kind not in set(ReviewKind) or not workflow or not key:
        raise NotThere
    return Asked(workflow, kind, key, stay)


def reach(who: Visitor, resource: str, action: str) -> tuple[Reach, ...]:
    """The part of the queue in which somebody may do this."""
    return reach_of(who.scopes(resource, action), who.site.tenants.given)


def readable(reading: Reading, asked: Asked, who: Visitor) -> ReviewRow:
    """The review, for who may read it. Raises NotThere, the same for what is not there and what is not theirs."""
    review = reading.review(asked.key, asked.kind)
    if review is None or review.workflow != asked.workflow:
        raise NotThere
    if not reading.in_reach(asked.key, asked.kind, reach(who, "review", "read")):
        raise NotThere
    return review


def decidable(reading: Reading, asked: Asked, who: Visitor) -> ReviewRow:
    """The review, for somebody who may decide it. Raises NotThere as `readable`, and NotAllowed."""
    review = readable(reading, asked, who)
    if not may(reading, asked, who, "review", "decide"):
        raise NotAllowed("review:decide")
    return review


def may(reading: Reading, asked: Asked, who: Visitor, resource: str, action: str) -> bool:
    """Whether somebody may do this to the case of a review."""
    return reading.in_reach(asked.key, asked.kind, reach(who, resource, action))


def stay_of(text: str) -> str | None:
    """The one workflow to go on with, None for all. Raises BadInput for what cannot be a name."""
    name = text.replace("\0", "").strip()
    if len(name) > 200:
        raise BadInput("a workflow's name is not that long: choose one from the list")
    return name or None
