"""Routes that take one permission; what lies out of reach is answered as if it did not exist."""

from interlock.surfaces.api.problems import not_there
from interlock.surfaces.api.reach import not_permitted
from interlock.surfaces.api.served import Needs as Permitted

__all__ = ["Permitted", "not_permitted", "not_there"]
