"""`interlock gateway limits`, as people use it."""

from pathlib import Path

import pytest

from commandline import DEFINITION, Run
from interlock.engine.gateway.limits.counted import GATEWAY, Counted, within
from interlock.engine.gateway.limits.windows import window_at
from interlock.engine.timestamp import stamp
from interlock.ports.gateway.allowances import Allowance
from interlock.terms.gateway.traffic import Of, Per, Unit
from interlock.wiring.run_time import open_address

PLACES = """\
gateway: main
upstreams:
  here: {wire: openai, base_url: "http://127.0.0.1:9/v1", region: eu, unencrypted_signed_by: Ana Ruiz}
models:
  small: {upstream: here, at_upstream: small-1, price_per_million: {input_usd: 1.0, output_usd: 4.0}}
prices_version: "2026-11"
limits:
  - {of: client, per: day, usd: 2.5}
  - {of: everything, per: month, tokens: 1000}
"""
TRAFFIC = """\
traffic:
  models: [small]
  limits: [{of: workflow, per: day, requests: 40}]
"""


@pytest.fixture
def at(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("triage.yaml").write_text(DEFINITION + TRAFFIC, "utf-8")
    Path("gateway.yaml").write_text(PLACES, "utf-8")
    for name, command in (("triage.yaml", ("apply",)), ("gateway.yaml", ("gateway", "apply"))):
        done = run(*command, "-f", name, "--store", "store.db", "--as", "Ana Ruiz")
        assert done.status == 0, done.said
    return "store.db"


def use(at: str, counted: Counted, amount: int) -> None:
    opened = open_address(at)
    window = window_at(counted.per, opened.clock())
    opened.allowances.charge([(Allowance(counted.key(window.label), 0, stamp(window.ends)), amount)])
    opened.close()


def test_it_says_who_has_used_how_much(run: Run, at: str) -> None:
    use(at, Counted(GATEWAY, Of.CLIENT, "desk", Unit.MICRO_USD, Per.DAY, None, 0), 1_250_000)
    use(at, Counted(within("triage"), Of.WORKFLOW, "triage", Unit.REQUESTS, Per.DAY, None, 0), 32)
    use(at, Counted(GATEWAY, Of.CLIENT, "desk", Unit.TOKENS, Per.DAY, "old", 0), 5)
    lines = run("gateway", "limits", "--store", at).out.splitlines()
    assert [line.partition(", until")[0] for line in lines] == [
        "client desk (set for the gateway): 1.25 USD of 2.50 USD a day",
        "client desk, model old (set for the gateway): 5 tokens a day",
        "all together (set for the gateway): 0 tokens of 1,000 tokens a month",
        "workflow triage (set in the definition of triage): 32 requests of 40 requests a day",
    ]
    assert lines[1].endswith("; no such limit is in force any more")
    near = run("gateway", "limits", "--near", "--store", at, "--json").json
    assert [(row["where"], row["used"], row["most"], row["unit"]) for row in near] == [
        ("workflow:triage", 32, 40, "requests")
    ]


def test_where_nothing_is_near(run: Run, at: str) -> None:
    assert run("gateway", "limits", "--near", "--store", at).out == "No limit is near.\n"
