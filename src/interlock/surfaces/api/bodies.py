"""What requests hold. Unknown members are refused, so that a misspelt one cannot be taken for absent."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from interlock.engine.ledger.canonical import canonical
from interlock.terms.decision import Proposal
from interlock.terms.evidence import EvidenceClass
from interlock.terms.intent import Receipt
from interlock.terms.review import ReviewKind

LEASE_S_MAX = 3_600.0
WAIT_S_MAX = 60.0
MANY_MAX = 1_000
ENTRY_MAX = 2**62  # what is larger no store can be asked for
Key = Annotated[str, Field(min_length=1, max_length=200, description="The key of a case, from business data.")]
NewKey = Annotated[Key, Field(pattern=r"^\S(.*\S)?$")]  # one line, with no blank around it: else it has two keys
Entry = Annotated[int, Field(ge=0, le=ENTRY_MAX, description="The number of an entry in the ledger.")]
Scope = Annotated[str | None, Field(min_length=1, max_length=500, pattern=r"\S")]
Label = Annotated[str, Field(min_length=1, max_length=500)]
Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Name = Annotated[str | None, Field(max_length=200, description="Who acts; default: the token's own name.")]
FlowName = Annotated[
    str | None,
    Field(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+$", description="Yours, to ask again after a loss."),
]


def _recordable(told: dict[str, Any]) -> dict[str, Any]:
    """What can be written as JSON. Raises ValueError for a lone surrogate, and for a number that no reader keeps."""
    try:
        canonical(told)
    except (ValueError, TypeError, RecursionError) as exc:
        raise ValueError(f"it cannot be recorded: {exc}") from exc
    return told


class Body(BaseModel):
    """A request's content."""

    # Texts are looked at only where something is asked of their length, be it nothing: then half of a character is
    # refused, which nobody could keep, look for or send back.
    model_config = ConfigDict(extra="forbid", strict=True, str_min_length=0)


class Proposed(Body):
    """A suggestion for one case. Numbers and names as in the Python interface."""

    key: NewKey
    release: str
    label: Label
    confidence: float | None = Field(default=None, ge=0, le=1)
    payload_digest: str = "sha256:" + "0" * 64
    novelty: float | None = Field(default=None, ge=0, le=1)
    tenant: Scope = None
    segment: Scope = None
    target: Scope = None
    amount_cents: int | None = Field(default=None, ge=0)
    items: int = Field(default=1, ge=1)
    facts: Annotated[dict[str, str | int | bool], AfterValidator(_recordable)] = Field(default_factory=dict)
    arguments: Annotated[dict[str, Any], AfterValidator(_recordable)] = Field(default_factory=dict)

    def proposal(self) -> Proposal:
        """As the run time takes it."""
        return Proposal(**dict(self))


class CaseBody(Body):
    """A proposal to be decided and, where allowed, applied by you. `before` is the target's state as just read.

    Without `before` you are asked for it; null means that it cannot be read, and then nothing is applied.
    """

    proposal: Proposed
    before: dict[str, Any] | None = Field(default=None, description="The target's state as just read.")
    lease_s: float = Field(default=30.0, gt=0, le=LEASE_S_MAX, description="How long you may take to apply it.")
    name: FlowName = None


class UndoBody(Body):
    """A case of `workflow` to be put back by you. It is refused where another one decided it."""

    workflow: str
    key: Key
    by: Name = None
    name: FlowName = None


class ReceiptBody(Body):
    """What the target answered, and the state that it then held."""

    reference: str
    after: dict[str, Any]

    def receipt(self) -> Receipt:
        """As the run time takes it."""
        return Receipt(self.reference, self.after)


class AnswerBody(Body):
    """The answer to step `number`: exactly one of the others.

    `state`: what was read. `receipt`: it is done. `not_applied`: certainly nothing was changed. `failed`: it ended with
    an error, so nobody knows.
    """

    number: int = Field(ge=1)
    state: dict[str, Any] | None = Field(default=None, description="What was read.")
    receipt: ReceiptBody | None = Field(default=None, description="It is done.")
    not_applied: str | None = Field(default=None, max_length=2_000, description="Certainly nothing was changed: why.")
    failed: str | None = Field(default=None, max_length=2_000, description="An error; nobody knows what was changed.")
    key: Key | None = Field(default=None, description="The case: by it a server that was started anew finds it.")


class ShadowBody(Body):
    """Proposals to be decided and recorded, and never applied."""

    proposals: list[Proposed] = Field(min_length=1, max_length=MANY_MAX)


class TextBody(Body):
    """The content of a case, for its reviewers."""

    key: Key
    text: str


class KnownBody(Body):
    """What turned out to be true of one case."""

    key: Key
    label: Label


class OutcomesBody(Body):
    """What turned out to be true: all are recorded or none is."""

    outcomes: list[KnownBody] = Field(min_length=1, max_length=MANY_MAX)
    by: Words = Field(description="The system of record, or the person, that says so.")
    evidence_class: EvidenceClass = Field(default=EvidenceClass.SOURCE, strict=False)


class HumanBody(Body):
    """What a person decided about a case, with a note that says why."""

    key: Key
    label: Label
    by: Name = None
    note: str = ""


class EvidenceBody(Body):
    """Evidence for the release in force."""

    kind: Words
    body: dict[str, Any]
    source: Words
    evidence_class: EvidenceClass = Field(default=EvidenceClass.EXECUTED, strict=False)


class KillBody(Body):
    """A scope to be halted."""

    scope: Words = Field(description="'global', or tenant:NAME, workflow:NAME, action:NAME, segment:NAME.")
    reason: Words = Field(description="Why; it is recorded.")
    by: Name = None
    wait_s: float = Field(default=10.0, ge=0, le=WAIT_S_MAX, description="How long to wait for effects in flight.")


class ResumeBody(Body):
    """A halted scope that is to work again."""

    scope: Words
    reason: Words = Field(description="Why it may; it is recorded.")
    by: Name = None


class NextBody(Body):
    """Whose next review is asked for."""

    workflow: str | None = None
    by: Name = None
    minutes: float | None = Field(default=None, gt=0)


class ReviewBody(Body):
    """One review."""

    workflow: str
    key: Key
    kind: ReviewKind = Field(default=ReviewKind.DECISION, strict=False)
    by: Name = None


class ClaimBody(ReviewBody):
    """One review, to be taken."""

    minutes: float | None = Field(default=None, gt=0)


class DecideBody(ReviewBody):
    """One review, decided."""

    label: Label
    reason: str = ""
    note: str = ""
    approve: bool = False


class SuggestionsBody(Body):
    """What a host kept while nobody could be reached: the lines of its spool."""

    lines: list[str] = Field(min_length=1, max_length=MANY_MAX)
