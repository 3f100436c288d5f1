"""Who manages what is everybody's: a role that is held in one tenant or workflow gives none of it."""

from typing import Annotated

from fastapi import Depends

from interlock.surfaces.web.visitor import Visitor, Who


class NeedsEverywhere:
    """A dependency of a route: somebody who may do this everywhere."""

    def __init__(self, resource: str, action: str) -> None:
        self._resource, self._action = resource, action

    def __call__(self, who: Who) -> Visitor:
        """The visitor. Raises NotAllowed."""
        who.check(self._resource, self._action)
        return who


Reader = Annotated[Visitor, Depends(NeedsEverywhere("account", "read"))]
OfAccounts = Annotated[Visitor, Depends(NeedsEverywhere("account", "manage"))]
OfTokens = Annotated[Visitor, Depends(NeedsEverywhere("token", "manage"))]
OfHooks = Annotated[Visitor, Depends(NeedsEverywhere("hook", "manage"))]
OfTenants = Annotated[Visitor, Depends(NeedsEverywhere("tenant", "assign"))]
