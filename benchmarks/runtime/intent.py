"""The row that every floor writes: sixteen columns, some 600 bytes, the key as text; nothing is indexed but the key."""

WARM_UP_S = 0.2  # statements prepared, pages cached, the log at its length

COLUMNS = {
    "key": "TEXT NOT NULL PRIMARY KEY",
    "state": "TEXT NOT NULL",
    "epoch": "INTEGER NOT NULL",
    **dict.fromkeys(
        ("workflow", "release", "tenant", "segment", "action", "verb", "owner", "at", "lease_until"), "TEXT"
    ),
    **dict.fromkeys(("before", "undo", "payload", "reasons"), "TEXT"),
}
EPOCH = 7
_SHORT = (
    "invoice-triage",
    "sha256:" + "3f" * 16,
    "north",
    "retail",
    "route",
    "apply",
    "worker-17",
    "2026-03-02T09:00:00Z",
)
_LONG = ('{"queue":"inbox","assignee":null,"priority":3}', '{"queue":"inbox"}', "sha256:" + "9c" * 32)
_REASONS = "confidence 0.94 >= threshold 0.90; " * 9
_REST = (*_SHORT, "2026-03-02T09:05:00Z", *_LONG, _REASONS)


def intent_row(number: int, caller: int = 0) -> tuple[str | int, ...]:
    """A new intent, executing; its first value is the key."""
    return (f"case-{caller:03d}-{number:010d}", "executing", EPOCH, *_REST)
