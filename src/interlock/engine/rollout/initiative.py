"""The part of a recorded definition that leaders decide on, back to its terms."""

from collections.abc import Mapping
from typing import Any

from interlock.terms.initiative import (
    DataPolicy,
    Direction,
    Guardrails,
    Initiative,
    KnownRisk,
    Kpi,
    ServiceLevels,
    Spending,
    Vendor,
    WithoutAi,
)

_DATA_LISTS = ("sources", "personal", "may_not_leave")


def initiative_of(body: Mapping[str, Any] | None) -> Initiative:
    """The term; a definition that says nothing of it leaves everything unknown. Raises as `definition_of`."""
    if body is None:
        return Initiative()
    data, without_ai = body["data"], body["without_ai"]
    return Initiative(
        function=body["function"],
        behaviour=body["behaviour"],
        kpis=tuple(Kpi(**{**kpi, "direction": Direction(kpi["direction"])}) for kpi in body["kpis"]),
        service_levels=ServiceLevels(**body["service_levels"]),
        spending=Spending(**body["spending"]),
        data=None if data is None else DataPolicy(**{**data, **{name: tuple(data[name]) for name in _DATA_LISTS}}),
        guardrails=Guardrails(**body["guardrails"]),
        segments=tuple(body["segments"]),
        vendors=tuple(Vendor(**{**vendor, "data_shared": tuple(vendor["data_shared"])}) for vendor in body["vendors"]),
        without_ai=None if without_ai is None else WithoutAi(**without_ai),
        risks=tuple(KnownRisk(**risk) for risk in body["risks"]),
        oversight=body["oversight"],
    )
