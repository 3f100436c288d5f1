"""Interfaces and tools as their own descriptions tell of them, and what was found in those descriptions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from interlock.terms.gateway.tools import ToolAuthority
from interlock.terms.initiative import Risk


class Function(StrEnum):
    """What an operation does most."""

    READ = "read"
    SEARCH = "search"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    SEND = "send"  # people get to see it at once
    PAY = "pay"  # money moves, or is committed
    ADMINISTER = "administer"  # who may do what, credentials, security, limits
    EXECUTE = "execute"  # something is computed or run
    UNKNOWN = "unknown"


READING = frozenset({Function.READ, Function.SEARCH})


class Sensitivity(StrEnum):
    """What kind of data goes in or comes out."""

    PERSONAL = "personal"
    FINANCIAL = "financial"
    HEALTH = "health"
    CREDENTIALS = "credentials"


class Exposure(StrEnum):
    """From where it can be called."""

    INTERNAL = "internal"
    PARTNER = "partner"
    PUBLIC = "public"
    UNKNOWN = "unknown"


class ServiceClass(StrEnum):
    """Which service level fits it; packs/inventory proposes figures for each."""

    CRITICAL = "critical"
    BUSINESS = "business"
    SUPPORTING = "supporting"


class Auth(StrEnum):
    """What a caller has to show."""

    REQUIRED = "required"
    OPTIONAL = "optional"  # one of the alternatives is to show nothing
    NONE = "none"  # the description says: nothing
    UNSAID = "unsaid"  # the description says nothing about it
    ELSEWHERE = "elsewhere"  # a tool list cannot say: its server or transport decides


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of a body at any depth. `place` is query, path, header, cookie, body or answer.

    `bounded` is False where the description sets no end to a text or list that comes in.
    """

    name: str
    place: str
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Hints:
    """What the author of a tool claims of it; None where nothing is said."""

    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where operations are reached. `host` in small letters, "" where the address is relative or a placeholder."""

    url: str
    host: str
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of an OpenAPI document (`method` in capitals) or one MCP tool (`method` empty, `path` its name).

    `called` is its operationId or name, `words` its summary or title, `description` the rest. `digest` (SHA-256, hex)
    covers its description with every schema that it refers to. `unread` are references that could not be followed.
    `audience` is what `x-` members say of who may call it, "" where they say nothing. `query_keys` are the names of
    credentials that it takes in its address.
    """

    service: str
    called: str
    method: str
    path: str
    words: str
    description: str
    digest: str
    fields: tuple[Field, ...] = ()
    auth: Auth = Auth.UNSAID
    query_keys: tuple[str, ...] = ()
    servers: tuple[Server, ...] = ()
    audience: str = ""
    deprecated: bool = False
    hints: Hints | None = None
    unread: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`GET /files/{id}`, or a tool's name."""
        return f"{self.method} {self.path}".strip()

    @property
    def key(self) -> str:
        """The same with its service, by which two versions are compared."""
        return f"{self.service} {self.name}"


@dataclass(frozen=True, slots=True)
class Interfaces:
    """What was read of files: operations, and the files (or parts) that could not be, with the reason."""

    operations: tuple[Operation, ...]
    unread: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one operation: `rule` is an id of packs/inventory, `next_step` says what to do."""

    rule: str
    words: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Because:
    """A judgement with the rule that gave it and what it went by."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Audited:
    """What an operation is taken to be. Everything here is a proposal made of words: a person decides."""

    operation: Operation
    function: Function
    function_because: Because
    sensitive: Mapping[Sensitivity, tuple[str, ...]]
    exposure: Exposure
    tier: Risk
    tier_because: Because
    authority: ToolAuthority
    authority_because: Because
    service_class: ServiceClass
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one finding in the pack."""

    words: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Level:
    """What is proposed for a class of services: parts of 1, and milliseconds."""

    availability_min_share: float
    latency_p95_ms: float


@dataclass(frozen=True, slots=True, eq=False)  # one is read in a process, and what its rules found is remembered by it
class InventoryPack:
    """The words that rules go by. Verbs and nouns are single words in small letters, phrases several with blanks.

    `verbs` say what a function is by the word that leads a name, `objects` by what is acted on. `sensitive` are phrases
    that a field's name holds, `not_sensitive` phrases that it may hold all the same.
    """

    version: int
    verbs: Mapping[Function, frozenset[str]]
    trailing: frozenset[str]
    objects: Mapping[Function, frozenset[str]]
    computing: frozenset[str]
    lasting: frozenset[str]
    links: frozenset[str]
    settings: frozenset[str]
    commitments: frozenset[str]
    committing: frozenset[str]
    mixed: frozenset[str]
    bulk: frozenset[str]
    whole: frozenset[str]
    running_anything: frozenset[str]
    undone_words: tuple[str, ...]
    sensitive: Mapping[Sensitivity, tuple[str, ...]]
    not_sensitive: tuple[str, ...]
    descriptors: frozenset[str]
    subjects: Mapping[Sensitivity, frozenset[str]]
    audiences: Mapping[Exposure, frozenset[str]]
    internal_hosts: tuple[str, ...]
    partner_hosts: tuple[str, ...]
    findings: Mapping[str, Said]
    levels: Mapping[ServiceClass, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """One operation that both versions have. `what` says in words what is another; `rises` that it may do more harm."""

    old: Audited
    new: Audited
    what: tuple[str, ...]
    rises: bool


@dataclass(frozen=True, slots=True)
class Differences:
    """Two versions of the same interfaces."""

    added: tuple[Audited, ...] = ()
    removed: tuple[Audited, ...] = ()
    changed: tuple[Changed, ...] = ()
    same: int = 0


@dataclass(frozen=True, slots=True)
class RecordedOperation:
    """What stays on record of an audited operation. `findings` are ids of rules."""

    service: str
    name: str
    function: Function
    tier: Risk
    authority: ToolAuthority
    exposure: Exposure
    service_class: ServiceClass
    sensitive: tuple[Sensitivity, ...]
    findings: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class RecordedInventory:
    """An entry `inventory.recorded`. `digest` covers all operations; `unread` counts what could not be read."""

    entry: int
    at: str
    by: str
    source: str
    digest: str
    rules_version: int
    unread: int
    operations: tuple[RecordedOperation, ...]
