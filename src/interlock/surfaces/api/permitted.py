"""Routes that take one permission; what lies out of reach is answered as if it did not exist."""

from http import HTTPStatus

from fastapi import Request

from interlock.engine.access.permissions import MAY, scopes
from interlock.surfaces.api.problems import Problem, forbidden
from interlock.surfaces.api.served import Needs, caller
from interlock.terms.access import Caller, Role


class Permitted(Needs):
    """A dependency of a route: a caller who may do this somewhere. What is done to which thing is checked there."""

    def __init__(self, resource: str, action: str) -> None:
        super().__init__(*(role for role in Role if f"{resource}:{action}" in MAY[role]))
        self._resource, self._action = resource, action

    def __call__(self, request: Request) -> Caller:
        """Who asks. Raises Problem where they may not."""
        found = caller(request)
        if not scopes(found, self._resource, self._action):
            raise not_permitted(f"{self._resource}:{self._action}")
        return found


def not_permitted(permission: str) -> Problem:
    """Whoever asks is known, and none of their roles may do this there."""
    return forbidden(f"this takes the permission {permission}, which no role of yours has here")


def not_there(words: str) -> Problem:
    """There is no such thing, or nothing that the caller may know of."""
    return Problem("not-found", HTTPStatus.NOT_FOUND, words)
