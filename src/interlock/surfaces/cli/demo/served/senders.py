"""Who sends model traffic in the served sample, and under which limits. All of it is authored."""

from dataclasses import dataclass

from interlock.flows.gateway.access.keys import WantedKey, create_key
from interlock.flows.gateway.define import define_gateway
from interlock.surfaces.cli.demo.portfolio.scene import Scene
from interlock.terms.gateway.definition import GatewayDefinition, GatewayModel, ModelUpstream, Price, WireFormat
from interlock.terms.gateway.traffic import DataClass, Of, Per, TrafficLimit, Unit
from interlock.terms.person import Person

BY = Person("Mara Lind")
NOWHERE = "https://models.invalid/v1"  # no name that ends so is anybody's: nothing of the sample leaves
PRICES = "authored sample"
SMALL, LARGE, NEXT = "small", "large", "small-next"
HOUSE, VENDOR = "own-eu", "vendor-eu"
USD = 1_000_000
READER_DAY_MICRO_USD = 5 * USD


@dataclass(frozen=True, slots=True)
class Sender:
    """A client on an ordinary day. `large`, `streams`, `personal` and `cached` are shares of its requests; tokens are
    those of a middling one.
    """

    client: str
    workflow: str
    a_day: int
    input_tokens: int
    output_tokens: int
    wire: str = "chat"
    large: float = 0.0
    streams: float = 0.0
    personal: float = 0.0
    cached: float = 0.0
    shadowed: float = 0.0
    prompt: tuple[str, str] | None = None

    @property
    def key(self) -> str:
        """The name of its gateway key."""
        return f"{self.client}-2026"


SENDERS = (
    Sender("triage-service", "message-triage", 44, 620, 40, personal=0.45, shadowed=0.15, prompt=("triage", "7")),
    Sender("agent-desktop", "ticket-routing", 30, 1_400, 310, wire="messages", large=0.3, streams=0.9, personal=0.5),
    Sender("warranty-site", "warranty-answers", 26, 900, 220, streams=0.8, personal=0.2, cached=0.25),
    Sender("legal-reader", "contract-summary", 9, 14_000, 900, wire="responses", large=1.0, prompt=("summary", "3")),
    Sender("mail-gateway", "supplier-mail", 18, 1_100, 180, large=0.1, personal=0.3),
)
MODELS = {
    model.name: model
    for model in (
        GatewayModel(SMALL, HOUSE, "small-2026-09", Price(250_000, 2_000_000), fallbacks=(LARGE,)),
        GatewayModel(LARGE, VENDOR, "large-2026-06", Price(2_500_000, 10_000_000)),
        GatewayModel(NEXT, HOUSE, "small-2026-11", Price(200_000, 1_200_000)),
    )
}
GATEWAY = GatewayDefinition(
    (
        ModelUpstream(HOUSE, WireFormat.OPENAI, NOWHERE, "eu", data_class=DataClass.CONFIDENTIAL),
        ModelUpstream(VENDOR, WireFormat.ANTHROPIC, NOWHERE, "eu"),
    ),
    tuple(MODELS.values()),
    PRICES,
    limits=(
        TrafficLimit(Of.EVERYTHING, Unit.MICRO_USD, Per.MONTH, 40 * USD),
        TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, 16 * USD, name="contract-summary"),
        TrafficLimit(Of.WORKFLOW, Unit.MICRO_USD, Per.MONTH, 12 * USD, name="ticket-routing"),
        TrafficLimit(Of.CLIENT, Unit.MICRO_USD, Per.DAY, READER_DAY_MICRO_USD, name="legal-reader"),
        TrafficLimit(Of.CLIENT, Unit.REQUESTS, Per.DAY, 2_000, name="triage-service"),
    ),
)


def let_in(scene: Scene) -> None:
    """The gateway's definition and a key for each sender whose workflow is there; what the keys are, nobody keeps."""
    define_gateway(scene.store, GATEWAY, by=BY, clock=scene.clock)
    for one in SENDERS:
        if one.workflow in scene.releases:
            wanted = WantedKey(one.key, one.workflow, client=one.client, days=365)
            create_key(scene.store, wanted, by=BY, clock=scene.clock, randomness=scene.chance)
