"""OpenFeature: the authority that workflows hold, as flags that can only be read.

`WORKFLOW.may-apply` is a boolean, `WORKFLOW.level` a string, `WORKFLOW.threshold` a float. They show
authority; they are not what enforces it: every case is decided by the run time whatever a flag said. The evaluation
context may name `tenant` and `segment`.
"""

import time
from collections.abc import Mapping
from typing import Any

try:
    from openfeature.evaluation_context import EvaluationContext
    from openfeature.flag_evaluation import FlagResolutionDetails, Reason
    from openfeature.provider import AbstractProvider, Metadata
except ModuleNotFoundError as exc:
    raise ModuleNotFoundError("OpenFeature is not installed: pip install openfeature-sdk") from exc

from interlock.surfaces.sdk.connection import Connection
from interlock.surfaces.sdk.house import AuthorityNow
from interlock.terms.errors import InterlockError, Unavailable
from interlock.terms.grant import AutonomyLevel
from interlock.terms.intent import scopes_of

FRESH_S = 1.0
CACHED_MAX_S = 30.0  # no longer: what nobody can confirm is no authority


class GrantsProvider(AbstractProvider):
    """Grants, read-only. Whatever cannot be read is no authority, whatever default the caller gave."""

    def __init__(self, connection: Connection, *, monotonic_s: Any = time.monotonic) -> None:
        super().__init__()
        self._connection = connection
        self._monotonic_s = monotonic_s
        self._seen: dict[str, tuple[float, AuthorityNow]] = {}

    def get_metadata(self) -> Metadata:
        """The provider's name."""
        return Metadata(name="interlock")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        """`WORKFLOW.may-apply`: whether a sure case could be applied now."""
        found, reason, error = self._authority(flag_key, "may-apply")
        may = found is not None and found.level != AutonomyLevel.SHADOW and not _halted(found, evaluation_context)
        return FlagResolutionDetails(may, reason=reason, error_message=error, variant="on" if may else "off")

    def resolve_string_details(
        self,
        flag_key: str,
        default_value: str,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[str]:
        """`WORKFLOW.level`: the autonomy level in force, "shadow" without a grant, "halted" where it is."""
        found, reason, error = self._authority(flag_key, "level")
        level = AutonomyLevel.SHADOW.value if found is None else found.level
        if found is not None and _halted(found, evaluation_context):
            level = "halted"
        return FlagResolutionDetails(level, reason=reason, error_message=error, variant=level)

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[float]:
        """`WORKFLOW.threshold`: the certified threshold; over 1, which nothing reaches, without a grant."""
        found, reason, error = self._authority(flag_key, "threshold")
        threshold = 2.0 if found is None or found.threshold is None else found.threshold
        return FlagResolutionDetails(threshold, reason=reason, error_message=error)

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[int]:
        """There is no such flag."""
        return FlagResolutionDetails(0, reason=Reason.ERROR, error_message=f"{flag_key}: no flag is an integer")

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Any,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        """There is no such flag."""
        return FlagResolutionDetails({}, reason=Reason.ERROR, error_message=f"{flag_key}: no flag is an object")

    def _authority(self, flag_key: str, wanted: str) -> tuple[AuthorityNow | None, Reason, str | None]:
        workflow, _, asked = flag_key.rpartition(".")
        if asked != wanted or not workflow:
            return None, Reason.ERROR, f"{flag_key}: say WORKFLOW.{wanted}"
        now, seen = self._monotonic_s(), self._seen.get(workflow)
        if seen is not None and now - seen[0] < FRESH_S:
            return seen[1], Reason.CACHED, None
        try:
            found = self._connection.house.authority(workflow)
        except Unavailable as exc:
            if seen is not None and now - seen[0] <= CACHED_MAX_S:
                return seen[1], Reason.STALE, str(exc)
            return None, Reason.ERROR, str(exc)
        except InterlockError as exc:
            return None, Reason.ERROR, str(exc)
        self._seen[workflow] = (now, found)
        return found, Reason.TARGETING_MATCH, None


def _halted(found: AuthorityNow, context: EvaluationContext | None) -> bool:
    about: Mapping[str, Any] = {} if context is None else context.attributes
    named = {name: about[name] for name in ("tenant", "segment") if isinstance(about.get(name), str)}
    return any(scope in found.halted for scope in scopes_of(found.workflow, **named))
