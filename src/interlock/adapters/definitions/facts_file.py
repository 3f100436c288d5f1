"""A made-up case in a JSON file, in people's units; an error names the file, the field and the mend."""

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictInt, StrictStr, ValidationError

from interlock.adapters.definitions.field_types import FilePart
from interlock.adapters.definitions.limits_schema import Count, Money, cents_of
from interlock.adapters.definitions.text_file import text_of
from interlock.terms.errors import BadInput
from interlock.terms.policy import StatedCase

Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


def _fact(value: Any) -> str | int | bool:
    if isinstance(value, str | int):
        return value
    raise ValueError("is neither text, nor a whole number, nor true or false")


def _in_utc(time: str) -> str:
    try:
        moment = dt.datetime.fromisoformat(time)
    except ValueError:
        raise ValueError(f"'{time}' is no time; write one such as 2026-11-26T09:30:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"'{time}' has no zone; write 2026-11-26T09:30:00Z for UTC, or an offset such as +01:00")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class UsedPart(FilePart):
    """What the running limits hold already."""

    applied_per_day: Count = 0
    applied_per_hour: Count = 0
    applied_per_minute: Count = 0
    amount_per_day_usd: Money = 0.0
    amount_per_hour_usd: Money = 0.0


class CaseFile(FilePart):
    """One case. What is left out is unknown."""

    label: StrictStr
    confidence: Share | None = None
    novelty: Share | None = None
    tenant: StrictStr | None = None
    segment: StrictStr | None = None
    target: StrictStr | None = None
    amount_usd: Money | None = None
    items: StrictInt = 1
    at: Annotated[StrictStr, AfterValidator(_in_utc)] | None = None
    used: UsedPart = UsedPart()
    facts: dict[str, Annotated[Any, AfterValidator(_fact)]] = Field(default_factory=dict)

    def case(self) -> StatedCase:
        """The term."""
        used = self.used
        return StatedCase(
            **self.model_dump(exclude={"used", "amount_usd"}),
            amount_cents=None if self.amount_usd is None else cents_of(self.amount_usd),
            used={
                "applied_per_day": used.applied_per_day,
                "applied_per_hour": used.applied_per_hour,
                "applied_per_minute": used.applied_per_minute,
                "amount_per_day": cents_of(used.amount_per_day_usd),
                "amount_per_hour": cents_of(used.amount_per_hour_usd),
            },
        )


def read_facts(path: Path) -> StatedCase:
    """The case in a JSON file. Raises BadInput with every fault of the file."""
    try:
        content = json.loads(text_of(path, ending=".json", kind="a case is a short JSON file"))
    except (ValueError, RecursionError) as exc:
        raise BadInput(f"{path} is not JSON: {exc}") from exc
    try:
        return CaseFile.model_validate(content).case()
    except ValidationError as exc:
        faults = "\n".join(f"  {path}: {_fault(error['loc'], error['type'], error['msg'])}" for error in exc.errors())
        raise BadInput(f"{path} does not describe a case yet:\n{faults}") from None


def _fault(location: tuple[int | str, ...], kind: str, message: str) -> str:
    field = ".".join(str(part) for part in location) or "(whole file)"
    if kind == "missing":
        return f"{field}: is missing; add it"
    if kind == "extra_forbidden":
        return f"{field}: is not a field of a case; fields: {', '.join(CaseFile.model_fields)}"
    return f"{field}: {message.removeprefix('Value error, ')}"
