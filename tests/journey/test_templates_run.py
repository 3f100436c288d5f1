"""The four workflows of the templates, each from its template to an effect and back, with authored cases.

The cases are made up. What is checked is that the guardrails of a template stand where harm would occur, and that a
house which fills its gaps gets a workflow that earns authority, acts once, and takes it back.
"""

import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import interlock
from commandline import Run
from interlock.adapters.cedar.guardrail import policy_faults
from interlock.adapters.definitions.facts_file import read_facts
from interlock.adapters.definitions.yaml_file import read_definition
from interlock.adapters.packs.templates import templates
from interlock.engine.policy import edge
from interlock.flows.policy.check import check_case
from interlock.oversight import certify
from interlock.wiring.run_time import guardrail

AT = "2026-11-26T09:30:00Z"  # a Thursday morning
SURE = 0.97


@dataclass(frozen=True)
class Played:
    """A template in use: a case that is applied, cases that a guardrail stops, and all labels."""

    usual: dict[str, Any]
    stopped: list[tuple[dict[str, Any], str, str]]  # what is told otherwise, the verb, the reason
    labels: list[str]
    certify_at: float  # as the template says
    shadow: int  # cases without a mistake that the promotion test asks for at this budget
    probe: bool = False
    house: dict[str, Any] = field(default_factory=dict)


TEMPLATES = {
    "customer-triage": Played(
        {"label": "refund", "amount_usd": 20.0, "facts": {"order_found": True, "upset": False}},
        [
            ({"amount_usd": 50.01}, "review", "the amount of 50.01 USD is over the limit of 50.00 USD a case"),
            ({"amount_usd": None}, "review", "the amount is unknown"),
            ({"used": {"amount_per_day_usd": 990.0}}, "review", "over the limit of 1,000.00 USD a day"),
            ({"facts": {"order_found": False, "upset": False}}, "review", "no refund without its order"),
            ({"label": "delivery", "facts": {"order_found": False, "upset": True}}, "review", "a person answers"),
            ({"label": "legal_threat"}, "review", "'legal_threat' always goes to a person"),
            ({"label": "account_access"}, "deny", "'account_access' is forbidden"),
        ],
        ["refund", "delivery", "legal_threat", "account_access"],
        certify_at=0.02,
        shadow=110,
    ),
    "payment-collections": Played(
        {"label": "remind", "amount_usd": 400.0,
         "facts": {"disputed": False, "remittance_matched": False, "balance_read_today": True}},
        [
            ({"amount_usd": 5000.01}, "review", "is over the limit of 5,000.00 USD a case"),
            ({"at": "2026-11-28T09:30:00Z"}, "review", "open is Monday to Friday from 08:00 to 18:00"),
            ({"facts": {"disputed": True, "remittance_matched": False, "balance_read_today": True}}, "review",
             "nothing goes to whoever disputes"),
            ({"label": "close"}, "review", "closed on remittance only"),
            ({"facts": {"disputed": False, "remittance_matched": False, "balance_read_today": False}}, "review",
             "the ledger says what is owed"),
            ({"label": "offer_plan"}, "review", "'offer_plan' always goes to a person"),
            ({"label": "legal_notice"}, "deny", "'legal_notice' is forbidden"),
        ],
        ["remind", "close", "offer_plan", "legal_notice"],
        certify_at=0.01,
        shadow=220,
        house={"limits": {"hours": {"begin": "00:00", "end": "24:00",
                                    "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}}},
    ),
    "insight-synthesis": Played(
        {"label": "delivery", "facts": {"personal_data_removed": True, "source_recorded": True}},
        [
            ({"facts": {"personal_data_removed": False, "source_recorded": True}}, "review", "nothing with personal"),
            ({"facts": {"personal_data_removed": True, "source_recorded": False}}, "review", "only what can be"),
            ({"facts": {}}, "review", "personal_data_removed"),
            ({"label": "publish_brief"}, "review", "'publish_brief' always goes to a person"),
            ({"label": "contact_customer"}, "deny", "'contact_customer' is forbidden"),
        ],
        ["delivery", "price", "publish_brief", "contact_customer"],
        certify_at=0.05,
        shadow=60,
    ),
    "knowledge-assistant": Played(
        {"label": "show_answer", "facts": {"cites_source": True, "sources_disagree": False, "source_age_days": 30}},
        [
            ({"facts": {"cites_source": False, "sources_disagree": False, "source_age_days": 30}}, "review",
             "no answer without its source"),
            ({"facts": {"cites_source": True, "sources_disagree": False, "source_age_days": 184}}, "review",
             "no answer from a procedure that nobody looked at for half a year"),
            ({"facts": {"cites_source": True, "sources_disagree": True, "source_age_days": 30}}, "review",
             "no answer where procedures disagree"),
            ({"label": "safety_question"}, "review", "'safety_question' always goes to a person"),
            ({"label": "send_to_customer"}, "deny", "'send_to_customer' is forbidden"),
        ],
        ["show_answer", "safety_question", "send_to_customer"],
        certify_at=0.025,
        shadow=90,
        probe=True,
    ),
}  # fmt: skip


def filled(name: str, gaps: list[dict[str, Any]]) -> list[str]:
    """An answer to each gap that a template leaves, as options."""
    template = next(one for one in templates() if one.name == name)
    wanted = {"up": "90", "down": "10"}
    told = {f"kpis.{place}.target": wanted[kpi["direction"]] for place, kpi in enumerate(template.content["kpis"])}
    told |= {"owners.value": "Ana Ruiz", "owners.safety": "Ben Okafor", "rights.promote": "Ana Ruiz"}
    told |= {"rights.resume": "Ben Okafor", "acts": "small model, 2026-03-02", "spending.compute_usd": "500"}
    told |= {"data.legal_basis": "performance of the contract"}
    alike = {"owner": "Ben Okafor", "source": "the monthly count", "baseline": "50", "target_date": "2099-06-30"}
    options = ["spending.last_mile_usd=500", "spending.being_wrong_usd=500"]
    for gap in gaps:
        asked = gap["field"]
        if not asked.startswith("problem."):  # what the measures tell, the statement need not
            answer = told.get(asked) or alike[asked.rpartition(".")[2]]
            options.append(f"{'acts.model' if asked == 'acts' else asked}={answer}")
    return [part for option in options for part in ("--set", option)]


class Desk:
    """The system that a workflow changes, in memory, and the cases that it is asked to do."""

    def __init__(self, workflow: interlock.Workflow, played: Played) -> None:
        self.workflow, self.played = workflow, played
        self.state: dict[str, str] = {}
        how: dict[str, Any] = {"probe": self.found} if played.probe else {"idempotent": True}
        workflow.action(self.do, read=self.read, undo=self.take_back, **how)

    def read(self, effect: interlock.Effect) -> dict[str, str]:
        return {"state": self.state.get(effect.case_key, "untouched")}

    def do(self, effect: interlock.Effect) -> str:
        self.state[effect.case_key] = effect.label
        return f"receipt-{effect.idempotency_key}"

    def take_back(self, effect: interlock.Effect, before: Any) -> str:
        self.state[effect.case_key] = before["state"]
        return f"back-{effect.idempotency_key}"

    def found(self, effect: interlock.Effect) -> str | None:
        return self.state.get(effect.case_key)

    def applied(self, key: str, **told: Any) -> bool:
        said = {**self.played.usual, **told}
        amount = said.get("amount_usd")
        cents = None if amount is None else round(amount * 100)
        with self.workflow.case(key) as case:
            case.propose(said["label"], confidence=SURE, facts=said["facts"], amount_cents=cents)
            return case.apply().applied

    def prove(self) -> None:
        """Record a certificate, and cases of the past that people decided in the same way."""
        wrong = [int(n < 200 and n % 3 == 0) for n in range(1000)]
        certificate = certify([n / 1000 for n in range(1000)], wrong, budget=self.played.certify_at)
        body = {"certificate": certificate, "labels": self.played.labels}
        self.workflow.attest("certificate", body, source="authored cases")
        label, keys = self.played.usual["label"], [f"past-{number}" for number in range(self.played.shadow)]
        self.workflow.shadow((key, label, SURE) for key in keys)
        self.workflow.outcomes([(key, label) for key in keys], by="authored cases")


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_guardrails_of_a_template_stop_what_they_are_there_for(run: Run, tmp_path: Path, name: str) -> None:
    """As `interlock policy check` asks them."""
    played, case = TEMPLATES[name], tmp_path / "case.json"
    assert run("init", "--from", name).status == 0
    definition, guards = read_definition(tmp_path / f"{name}.yaml", partial(policy_faults, edge)), guardrail()
    for told, verb, reason in [({}, "apply", "confidence"), *played.stopped]:
        stated = {"at": AT, **played.usual, **told}
        case.write_text(json.dumps({key: value for key, value in stated.items() if value is not None}), "utf-8")
        found = check_case(guards, definition, read_facts(case), now=AT).decision
        assert (str(found.verb), reason in " ".join(found.reasons)) == (verb, True), (told, found.reasons)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_goes_from_exploration_to_an_effect_and_back(run: Run, tmp_path: Path, name: str) -> None:
    played, file = TEMPLATES[name], f"{name}.yaml"

    def open_checks() -> list[str]:
        """Of the gate of problem framing, by which every idea enters."""
        assert run("apply", "-f", file, "--as", "Carla Nunes").status == 0
        framing = next(one for one in run("gates", name, "--json").json if one["gate"] == "problem framing")
        return [one["check"] for one in framing["findings"] if one["verdict"] != "passed"]

    # As it comes it is an idea on record, whose framing nobody has proved. A house that fills each gap has none left.
    bare = run("init", "--from", name, "--json")
    assert open_checks() == ["falsifiable outcome", "use case"]
    house = {"rollout": {"traffic_share": 1.0}, **played.house}
    (tmp_path / "house.yaml").write_text(json.dumps(house), encoding="utf-8")
    whole = run("init", file, "--continue", "--answers", "house.yaml", *filled(name, bare.json["flaws"]))
    assert whole.out.splitlines()[0] == f"{file}: can be applied; nothing is missing"
    assert open_checks() == []

    with interlock.connect("sqlite:///.interlock/store.db") as connection:
        desk = Desk(connection.workflow(name), played)
        assert not desk.applied("before-any-evidence")
        desk.prove()
        assert run("judge", name).out.startswith(f"Gate 'limited live' of {name}: passed")
        release = run("get", "workflows", "--json").json[0]["release"]
        assert run("promote", name, "--release", release, "--as", "Carla Nunes").status == 4  # who proposed it
        assert run("promote", name, "--release", release, "--as", "Ana Ruiz").status == 0
        assert desk.applied("case-1")
        at_any_hour = [told for told, _, _ in played.stopped if not {"at", "used"} & set(told)]
        assert [told for n, told in enumerate(at_any_hour) if desk.applied(f"stopped-{n}", **told)] == []
        assert desk.state == {"case-1": played.usual["label"]}
        desk.workflow.undo("case-1", by="Ben Okafor")
        assert desk.state == {"case-1": "untouched"}
