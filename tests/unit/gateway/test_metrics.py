"""Metrics add up over workers, whatever dies, and no client makes series without end."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.adapters.gateway import counts_folder
from interlock.adapters.gateway.counts_folder import CountsFolder
from interlock.engine.gateway import counts
from interlock.engine.gateway.counts import TrafficCounts
from interlock.engine.gateway.exposition import families_of, text_of
from interlock.flows.gateway import metrics
from interlock.flows.gateway.metrics import WorkerMetrics
from interlock.terms.errors import Unavailable
from interlock.terms.gateway.limits import LimitUse
from interlock.terms.gateway.metric import Family, Gauge, Sample
from interlock.terms.gateway.traffic import Of, Per, Unit
from interlock.terms.gateway.usage import Usage
from prometheus_text import fallen, families
from traced import accepted, outcome

LINE = re.compile(r'(\w+)(\{(\w+="([^"\\\n]|\\.)*",?)*\})? (\S+)')


def values(page: str) -> dict[str, float]:
    families(page)
    read = {}
    for line in page.splitlines():
        if not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match, line
            read[match[1] + (match[2] or "")] = float(match[5])
    return read


def total(page: str, name: str) -> float:
    return sum(value for key, value in values(page).items() if re.fullmatch(rf"{name}(\{{.*)?", key))


def worker(folder: Path, name: str, requests: int = 0) -> WorkerMetrics:
    made = WorkerMetrics(CountsFolder(folder, name))
    for number in range(requests):
        made.observe(accepted(number), outcome(number))
    return made


def test_what_one_worker_counted_is_on_its_page(tmp_path: Path) -> None:
    one = worker(tmp_path, "a", 2)
    one.observe(accepted(3), outcome(3, refused="limits", status=429, attempts=(), usage=None, cost_micro_usd=0))
    one.observe(accepted(4, streams=True), outcome(4, first_chunk_ms=3_000.0, broken="stalled"))
    one.observe(accepted(5), outcome(5, cache="hit", attempts=()))
    one.ungoverned("unknown_caller")
    one.gauge(Gauge.OPEN_STREAMS, 3)
    one.gauge(Gauge.BREAKER_OPEN, 1, "east")
    page = values(one.page())
    here = 'workflow="claims",operation="chat",model="small"'
    assert page[f'interlock_gateway_requests_total{{{here},outcome="answered"}}'] == 3
    assert page[f'interlock_gateway_requests_total{{{here},outcome="broken"}}'] == 1
    assert page['interlock_gateway_requests_total{workflow="claims",operation="chat",model="",outcome="refused"}'] == 1
    assert page[f'interlock_gateway_tokens_total{{{here},direction="input"}}'] == 400
    assert page[f"interlock_gateway_cost_usd_total{{{here}}}"] == pytest.approx(4 * 700 / 1e6)
    assert page[f"interlock_gateway_cache_hits_total{{{here}}}"] == 1
    assert page[f'interlock_gateway_latency_seconds_bucket{{{here},le="0.025"}}'] == 0
    assert page[f'interlock_gateway_latency_seconds_bucket{{{here},le="0.05"}}'] == 4
    assert page[f'interlock_gateway_latency_seconds_bucket{{{here},le="+Inf"}}'] == 4
    assert page[f"interlock_gateway_latency_seconds_sum{{{here}}}"] == pytest.approx(4 * 0.04225)
    assert page[f'interlock_gateway_first_chunk_seconds_bucket{{{here},le="5.0"}}'] == 1
    assert page[f'interlock_gateway_first_chunk_seconds_bucket{{{here},le="2.5"}}'] == 0
    assert page['interlock_gateway_refusals_total{rule="limits"}'] == 1
    assert page['interlock_gateway_redactions_total{kind="email"}'] == 10
    assert page['interlock_gateway_ungoverned_total{rule="unknown_caller"}'] == 1
    assert page["interlock_gateway_open_streams"] == 3
    assert page['interlock_gateway_breaker_open{upstream="east"}'] == 1


def test_workers_add_up_also_dead_ones_and_only_the_living_say_how_they_are(tmp_path: Path) -> None:
    one, two, three = (worker(tmp_path, name, n) for name, n in (("a", 1), ("b", 2), ("c", 4)))
    for each, streams in ((one, 1), (two, 10), (three, 100)):
        each.gauge(Gauge.OPEN_STREAMS, streams)
        each.gauge(Gauge.TRACE_LAG_S, streams / 100)
        each.go()
    assert (total(one.page(), "interlock_gateway_requests_total"), total(one.page(), ".*open_streams")) == (7, 111)
    assert total(one.page(), ".*trace_lag_seconds") == 1.0
    two._place.close()  # as the kernel does it when the process dies
    three.close()
    assert total(one.page(), ".*open_streams") == 1
    for _ in range(3):
        one.go()
        assert total(one.page(), "interlock_gateway_requests_total") == 7
    assert {path.name for path in tmp_path.iterdir()} == {"a.alive", "a.counts2", "dead.folded2", "folding.lock"}
    late = worker(tmp_path, "d", 8)
    assert total(late.page(), "interlock_gateway_requests_total") == 15


@pytest.mark.parametrize("step", ["before", "after"])
def test_who_dies_while_folding_counts_nobody_twice(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = worker(tmp_path, "a", 1), worker(tmp_path, "b", 2)
    two.close()
    put = CountsFolder._put

    def dies(self: CountsFolder, name: str, content: bytes) -> None:
        if name == counts_folder.DEAD:
            if step == "after":
                put(self, name, content)
            raise KeyboardInterrupt
        put(self, name, content)

    with monkeypatch.context() as planted, pytest.raises(KeyboardInterrupt):
        planted.setattr(CountsFolder, "_put", dies)
        one.go()
    for _ in range(3):
        assert total(one.page(), "interlock_gateway_requests_total") == 3
        one.go()


def test_what_one_worker_did_for_all_is_on_every_page(tmp_path: Path) -> None:
    one, two = worker(tmp_path, "a"), worker(tmp_path, "b")
    one.spans("sent", 7)
    one.gauge(Gauge.EXPORT_WAITING, 3)
    one.go()
    page = values(two.page())
    assert page['interlock_gateway_spans_total{result="sent"}'] == 7
    assert page["interlock_gateway_export_waiting_segments"] == 3


def test_a_breaker_that_closed_stands_at_0_and_after_its_end_a_worker_leaves_nothing(tmp_path: Path) -> None:
    one, two = worker(tmp_path, "a", 1), worker(tmp_path, "b", 1)
    one.breakers(["east", "west"])
    one.breakers(["west"])
    page = values(one.page())
    assert [page[f'interlock_gateway_breaker_open{{upstream="{name}"}}'] for name in ("east", "west")] == [0, 1]
    one.close()
    two.go()
    one.go()
    assert total(two.page(), "interlock_gateway_requests_total") == 2


def test_what_is_left_of_limits_is_told_of_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "LIMITS_MAX", 2)
    uses = [
        LimitUse("gateway", Of.CLIENT, name, Unit.MICRO_USD, Per.DAY, None, used, most, "2026-11-27T00:00:00Z")
        for name, used, most in (("far", 1, 100), ("near", 90, 100), ("over", 105, 100), ("gone", 5, None))
    ]
    page = values(text_of(metrics.limit_families(uses)))
    left = 'where="gateway",of="client",name="{}",unit="micro_usd",per="day",model=""'
    assert page == {
        f"interlock_gateway_limit_left{{{left.format('over')}}}": 0,
        f"interlock_gateway_limit_left{{{left.format('near')}}}": 10,
    }


def test_a_client_cannot_make_series_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "SERIES_MAX", 5)
    monkeypatch.setattr(counts, "NAMES_MAX", 5)
    made = TrafficCounts()
    for number in range(100):
        asked = f'any "text"\n{number}'
        refused = outcome(number, refused="unknown_model", status=404, attempts=())
        made.observe(accepted(number, model=asked), refused)
        made.observe(accepted(number, workflow=f"w{number}"), outcome(number, refused=f"rule {number}"))
        made.ungoverned(f"rule {number}")
    page = text_of(families_of(made))
    assert "any" not in page
    assert len(made.series) == 6
    assert len(made.refusals) == len(made.strangers) == 6
    assert total(page, "interlock_gateway_requests_total") == 200


def test_labels_cannot_break_out_of_their_place() -> None:
    hostile = 'x"} 1\n# HELP evil \\'
    page = text_of([Family("n", "counter", "words\nmore", (Sample(1, {"rule": hostile}),))])
    assert page.splitlines() == [
        "# HELP n words\\nmore",
        "# TYPE n counter",
        'n{rule="x\\"} 1\\n# HELP evil \\\\"} 1',
    ]


def test_no_content_and_no_client_or_tenant_is_a_label(tmp_path: Path) -> None:
    one = worker(tmp_path, "a", 1)
    assert not [word for word in ("shop", "acme", "greeting", "resp-1") if word in one.page()]


def test_damaged_counts_are_told(tmp_path: Path) -> None:
    one, two = worker(tmp_path, "a", 1), worker(tmp_path, "b", 1)
    two.go()
    (tmp_path / "b.counts2").write_bytes(b"{")
    with pytest.raises(Unavailable, match="cannot be read"):
        one.page()


def test_histograms_of_the_conventions_are_by_operation_and_model(tmp_path: Path) -> None:
    one = worker(tmp_path, "a")
    for number, wire, workflow in ((1, "chat", "claims"), (2, "responses", "letters"), (3, "embeddings", "claims")):
        begun = accepted(number, wire=wire, workflow=workflow)
        one.observe(begun, outcome(number, latency_ms=160.0, first_chunk_ms=40.1 if number == 1 else None))
    page = values(one.page())
    chat = 'gen_ai_operation_name="chat",gen_ai_request_model="small"'
    name = "gen_ai_client_operation_duration_seconds"
    assert page[f'{name}_bucket{{{chat},le="0.08"}}'] == 0
    assert page[f'{name}_bucket{{{chat},le="0.16"}}'] == page[f"{name}_count{{{chat}}}"] == 2
    assert page[f"{name}_sum{{{chat}}}"] == pytest.approx(0.32)
    assert page[f"{name}_count{{{chat.replace('chat', 'embeddings')}}}"] == 1
    first = "gen_ai_server_time_to_first_token_seconds_bucket"
    assert (page[f'{first}{{{chat},le="0.04"}}'], page[f'{first}{{{chat},le="0.06"}}']) == (0, 1)
    tokens = f'gen_ai_client_token_usage_bucket{{{chat},gen_ai_token_type="input",le='
    assert (page[f'{tokens}"64.0"}}'], page[f'{tokens}"256.0"}}']) == (0, 2)


def test_what_was_shown_once_is_shown_by_others_after_a_kill(tmp_path: Path) -> None:
    """A counter that falls is taken for one that began anew, and all of it for an increase."""
    one, two = worker(tmp_path, "a"), worker(tmp_path, "b", 3)
    before = two.page()
    for number in range(20):
        two.observe(accepted(number), outcome(number, first_chunk_ms=number / 3, latency_ms=number / 7))
        shown = two.page()
        assert not fallen(before, shown)
        before = shown
    two._place.close()  # as the kernel does it when the process dies
    for _ in range(3):
        after = one.page()
        assert not fallen(before, after)
        one.go()
        before = after


def test_sums_do_not_depend_on_the_order_in_which_workers_are_added() -> None:
    """Of fractions they would, and one that is less by its last digit has fallen."""
    parts = []
    for number in range(9):
        made = TrafficCounts()
        for n in range(number + 1):
            made.observe(accepted(n), outcome(n, latency_ms=(n + 1) / 7 * 3.3**number))
        parts.append(made.body())
    pages = set()
    for order in (parts, parts[::-1], parts[4:] + parts[:4]):
        summed = TrafficCounts()
        for part in order:
            summed.add(part)
        pages.add(text_of(families_of(summed)))
    assert len(pages) == 1


def test_limits_that_differ_only_in_how_much_are_told_once() -> None:
    """The nearer one: a page on which a name is twice is read by nobody."""
    uses = [
        LimitUse("gateway", Of.CLIENT, "shop", Unit.REQUESTS, Per.DAY, None, 50, most, "2026-11-27T00:00:00Z")
        for most in (500, 60)
    ]
    ((_, left),) = values(text_of(metrics.limit_families(uses))).items()
    assert left == 10


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.sampled_from(["chat", "embeddings", "x"]), st.integers(0, 10**12))))
def test_whatever_names_hold_a_scraper_can_read_the_page(found: list[tuple[str, str, str, int]]) -> None:
    made = TrafficCounts()
    for workflow, name, wire, n in found:
        end = outcome(1, latency_ms=n / 7, first_chunk_ms=n / 3, cost=n, refused=name or None, usage=Usage(n, n))
        end = replace(end, attempts=(replace(end.attempts[0], model=name),), redacted_output={name: n})
        made.observe(accepted(1, workflow=workflow, wire=wire), end)
        made.ungoverned(name)
    read = families(text_of(families_of(made)))
    requests = read["interlock_gateway_requests_total"].samples
    assert sum(requests.values()) == len(found)
    assert {dict(labels)["workflow"] for _, labels in requests} == {workflow for workflow, *_ in found}


def test_adding_is_adding() -> None:
    halves, whole = [TrafficCounts(), TrafficCounts()], TrafficCounts()
    for number in range(20):
        kind: Sequence[object] = (accepted(number), outcome(number, first_chunk_ms=number * 7.0, cost=number))
        halves[number % 2].observe(*kind)  # type: ignore[arg-type]
        whole.observe(*kind)  # type: ignore[arg-type]
    summed = TrafficCounts()
    for half in halves:
        summed.add(half.body())
    ours, theirs = values(text_of(families_of(summed))), values(text_of(families_of(whole)))
    assert ours == pytest.approx(theirs)
