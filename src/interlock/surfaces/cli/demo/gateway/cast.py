"""Who and what the demonstration of the gateway is about. All of it is authored."""

from typing import NamedTuple

from interlock.flows.gateway.access.keys import WantedKey
from interlock.surfaces.cli.demo.cast import PROPOSER, SAFETY_OWNER, VALUE_OWNER
from interlock.terms.certificate import Promise
from interlock.terms.gateway.content import PersonalKind
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream, Price, WireFormat
from interlock.terms.gateway.traffic import Of, OnFinding, Per, TrafficLimit, TrafficPlan, Unit
from interlock.terms.workflow import (
    Budget,
    DecisionRights,
    EffectPlan,
    Limits,
    Owners,
    Problem,
    Rollout,
    TargetKind,
    WorkflowDefinition,
)

DESK, REPORT = "ticket-desk", "nightly-report"
SMALL, MESSAGES, OVERSEAS = "small", "small-messages", "small-overseas"
EU, US = "eu", "us"
OUTPUT_TOKENS = 400
NO_TOOLS = """@id("no tools at the desk") forbid(principal, action, resource) when { context.facts.tools > 0 };"""
DAY_MICRO_USD = 12_000  # one report and a part of the next one's worst case
CAREFUL = (PersonalKind.EMAIL, PersonalKind.PHONE, PersonalKind.IBAN)
PRICE = Price(input_micro_usd=5_000_000, output_micro_usd=20_000_000)

PLANS = {
    DESK: TrafficPlan(
        models=(SMALL, MESSAGES, OVERSEAS),
        regions=(EU,),
        output_tokens_max=OUTPUT_TOKENS,
        redact=tuple(kind.value for kind in CAREFUL),
        policy=(NO_TOOLS,),
    ),
    REPORT: TrafficPlan(models=(SMALL,), regions=(EU,), output_tokens_max=OUTPUT_TOKENS, on_secret=OnFinding.REFUSE),
}
KEYS = (
    WantedKey("desk-key", DESK, client="desk-app", days=30),
    WantedKey(
        "report-key",
        REPORT,
        client="report-app",
        days=30,
        limits=(TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, DAY_MICRO_USD),),
    ),
)


class Written(NamedTuple):
    """What an application asks; `entities` are values that it knows must not leave."""

    text: str
    entities: tuple[str, ...] = ()


PLAIN = Written("When does the shop open on Saturday?")
PERSONAL = Written(
    "Write to Ada Byron (ada.byron@example.com): her parcel is late. She is at +44 20 7946 0958.", ("Ada Byron",)
)
STREAMED = Written("Refund 12.50 EUR to DE89 3704 0044 0532 0130 00, please.")
SECRET = Written("Why does ghp_16C7e42F292c6912E7710c838347Ae178B4a not let me in?")
NIGHTLY = Written("Sum up the day: 412 messages, 391 answered within an hour, 14 passed to a person. " * 3)


def definition(name: str, plan: TrafficPlan) -> WorkflowDefinition:
    """A workflow whose traffic is governed; what it could do besides is not part of this demonstration."""
    return WorkflowDefinition(
        name=name,
        problem=Problem(
            who="people who write in",
            friction="answers wait for a free hand",
            cause="each one is written from nothing",
            cost="hours a day",
            outcome="a draft is there at once",
            metric="minutes until an answer leaves",
            constraints="personal data stays here, and everything stays in the European Union",
        ),
        owners=Owners(VALUE_OWNER.name, SAFETY_OWNER.name),
        rights=DecisionRights(promote=(PROPOSER.name,), resume=(SAFETY_OWNER.name,)),
        budget=Budget(error=0.02, promise=Promise.SELECTIVE, delta=0.05, certify_at=0.02),
        limits=Limits(),
        effect=EffectPlan("draft an answer", TargetKind.IDEMPOTENT, "delete the draft"),
        rollout=Rollout(traffic_share=0.5, audit_share=0.2, grant_days=30, evidence_days=90),
        cost_wrong_usd=20.0,
        cost_review_usd=2.0,
        acts={"model": f"{SMALL}, through the gateway"},
        traffic=plan,
    )


def gateway(base_url: str) -> GatewayDefinition:
    """The stand-in as three models: in either format, and once as if it computed elsewhere."""
    places = (
        ModelUpstream("europe", WireFormat.OPENAI, base_url, EU, has_responses=False),
        ModelUpstream("europe-messages", WireFormat.ANTHROPIC, base_url, EU),
        ModelUpstream("overseas", WireFormat.OPENAI, base_url, US, has_responses=False),
    )
    models = tuple(
        GatewayModel(name, place.name, "stand-in", price=PRICE)
        for name, place in zip((SMALL, MESSAGES, OVERSEAS), places, strict=True)
    )
    return GatewayDefinition(places, models, "authored for the demonstration")
