"""An audited operation as one row, for CSV and JSON."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from interlock.engine.inventory.counting import by_service, counted, recorded
from interlock.terms.inventory import Audited, Interfaces, InventoryPack

FORMULA = ("=", "+", "-", "@")  # a spreadsheet would carry out what begins so


def row_of(one: Audited, pack: InventoryPack) -> dict[str, Any]:
    """All that is said of it."""
    level = pack.levels.get(one.service_class)
    return {
        "service": one.operation.service,
        "operation": one.operation.name,
        "function": one.function,
        "function_because": one.function_because,
        "sensitive": {str(kind): list(reasons) for kind, reasons in one.sensitive.items()},
        "exposure": one.exposure,
        "tier": one.tier,
        "tier_because": one.tier_because,
        "authority": one.authority,
        "authority_because": one.authority_because,
        "service_class": one.service_class,
        "service_level": level,
        "auth": one.operation.auth,
        "hints": one.operation.hints,
        "findings": list(one.findings),
        "digest": one.operation.digest,
    }


def as_json(shown: Sequence[Audited], read: Interfaces, pack: InventoryPack) -> dict[str, Any]:
    """What `--json` prints; counts are of what is shown."""
    kept = [recorded(one) for one in shown]
    return {
        "rules_version": pack.version,
        "all": counted("", kept),
        "services": by_service(kept),
        "operations": [row_of(one, pack) for one in shown],
        "unread": [{"place": place, "reason": reason} for place, reason in read.unread],
    }


COLUMNS = (
    "service", "operation", "function", "tier", "tier_rule", "tier_because", "authority", "exposure", "service_class",
    "sensitive", "findings", "next_steps",
)  # fmt: skip


def as_csv(shown: Iterable[Audited]) -> str:
    """What `--csv` prints."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in shown:
        cells = (
            one.operation.service, one.operation.name, one.function, one.tier, one.tier_because.rule,
            one.tier_because.words, one.authority, one.exposure, one.service_class, "; ".join(one.sensitive),
            "; ".join(found.rule for found in one.findings), "; ".join(found.next_step for found in one.findings),
        )  # fmt: skip
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
