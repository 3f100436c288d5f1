"""kill -9 of gateway workers under load, in short; `benchmarks/gateway_crash.py` is the long one."""

from pathlib import Path

from gateway_kills import campaign, told


def test_no_answered_request_loses_its_record(tmp_path: Path) -> None:
    found = campaign(tmp_path, str(tmp_path / "store.db"), kills=1, between_s=0.8, workers=2, connections=12)
    assert not found.lost, told(found)
    assert found.check is not None
    assert (found.in_doubt, found.overcharged, found.check.faults) == (found.known_doubts, 0, ()), told(found)
    assert 'requests_total{workflow="support",operation="chat",model="small",outcome="answered"}' in found.metrics
    assert not found.fallen, "counters that were shown before the kill are as high after it"
    assert 'limit_left{where="workflow:support",of="client",name="support",unit="requests"' in found.metrics
    assert (found.kills, found.answered > 20, found.streamed > 5) == (1, True, True), told(found)
