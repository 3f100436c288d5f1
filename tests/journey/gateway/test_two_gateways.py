"""Two gateways on one PostgreSQL, in short; `benchmarks/gateway_replicas.py` is the long one."""

from pathlib import Path
from typing import TYPE_CHECKING

from two_replicas import SCARCE, told, two

if TYPE_CHECKING:
    from postgres_server import Databases

SEEN_MS = 2_000.0  # a machine may be busy; how soon it really is, the benchmark says


def test_two_gateways_spend_one_budget_and_obey_one_word(postgres: "Databases", tmp_path: Path) -> None:
    found = two(tmp_path, postgres.new_database(), budget=6_000, connections=4)
    assert 0 < found.answered <= found.sent <= found.budget, told(found)
    # What is left is less than one request may need: nobody was refused for nothing.
    assert found.answered > found.budget / 2, told(found)
    assert [status for status, _ in found.after] == [429, 429], told(found)
    assert all(f"the workflow '{SCARCE}'" in said for _, said in found.after), found.after
    assert all(ms < SEEN_MS for ms in (*found.revoked_ms, *found.killed_ms)), told(found)
