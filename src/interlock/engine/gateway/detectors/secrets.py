"""Secrets in text: the forms of well-known issuers, private keys, signed tokens, and passwords that are assigned."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from interlock.engine.gateway.redaction.folding import folded
from interlock.engine.gateway.redaction.scanning import scanner
from interlock.terms.gateway.content import SecretsFound


class Form(NamedTuple):
    """A pattern in three parts; what `tells` is short, and a text without it has none of these."""

    tells: str
    after: str = ""
    before: str = r"\b"


# By issuer: what their keys begin with and are made of, as the issuers publish them for scanners.
_ISSUED: dict[str, tuple[Form, ...]] = {
    "aws_access_key": (Form(r"(?:AKIA|ASIA|ABIA|ACCA)", r"[A-Z2-7]{16}\b"),),
    "github_token": (
        Form(r"gh[pousr]_", r"[A-Za-z0-9]{36,255}\b"),
        Form(r"github_pat_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"),
    ),
    "gitlab_token": (Form(r"gl(?:pat|dt|rt|ptt|oas|cbt)-", r"[A-Za-z0-9_\-]{20,64}"),),
    "slack_token": (
        Form(r"xox[abeoprs]-", r"[A-Za-z0-9\-]{10,250}"),
        Form(r"xapp-", r"[0-9]-[A-Za-z0-9\-]{10,250}"),
    ),
    "slack_webhook": (
        Form(r"hooks\.slack\.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9/_\-]{20,120}", before=""),
    ),
    "anthropic_key": (Form(r"sk-ant-", r"[A-Za-z0-9_\-]{20,200}"),),
    "openai_key": (
        Form(r"sk-(?:proj|svcacct|admin)-", r"[A-Za-z0-9_\-]{20,250}"),
        Form(r"sk-[A-Za-z0-9]{6}", r"[A-Za-z0-9]{26,58}\b"),
    ),
    "google_api_key": (Form(r"AIza", r"[A-Za-z0-9_\-]{35}"),),
    "google_oauth": (Form(r"ya29\.", r"[A-Za-z0-9_\-]{20,300}"), Form(r"GOCSPX-", r"[A-Za-z0-9_\-]{28}")),
    "stripe_key": (
        Form(r"[rsp]k_(?:live|test)_", r"[A-Za-z0-9]{16,128}"),
        Form(r"whsec_", r"[A-Za-z0-9+/=]{24,64}"),
    ),
    "sendgrid_key": (Form(r"SG\.", r"[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{32,64}"),),
    "twilio_key": (Form(r"SK[0-9a-f]{4}", r"[0-9a-f]{28}\b"),),
    "npm_token": (Form(r"npm_", r"[A-Za-z0-9]{36}\b"),),
    "pypi_token": (Form(r"pypi-AgE", r"[A-Za-z0-9_\-]{50,250}"),),
    "huggingface_token": (Form(r"hf_", r"[A-Za-z0-9]{30,64}\b"),),
    "digitalocean_token": (Form(r"do[opr]_v1_", r"[a-f0-9]{64}\b"),),
    "shopify_token": (Form(r"shp(?:at|ca|pa|ss)_", r"[a-fA-F0-9]{32}\b"),),
    "azure_key": (Form(r"(?:AccountKey|SharedAccessKey)=", r"[A-Za-z0-9+/]{40,100}={0,2}"),),
    "interlock_key": (Form(r"interlock_", r"[A-Za-z0-9_\-]{24,160}"),),
    "signed_token": (Form(r"eyJ", r"[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{10,}"),),
    "private_key": (Form(r"-----BEGIN ", r"(?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----", before=""),),
    "password_in_address": (
        Form(
            r"://[A-Za-z0-9._%\-]{1,64}:",
            r"[A-Za-z0-9._%+!$^&*~=\-]{3,128}@",
            before=r"\b[a-z][a-z0-9+.\-]{1,20}",
        ),
    ),
}
_NAMES = (
    r"pass(?:word|wd|phrase)?|pwd|secret|api[_\-]?key|apikey|access[_\-]?key|secret[_\-]?key|private[_\-]?key|"
    r"auth[_\-]?token|access[_\-]?token|refresh[_\-]?token|token|client[_\-]?secret|credentials?"
)
_ASSIGNED = Form(rf"(?i:(?:{_NAMES})[\"']? {{0,3}}(?::=|=>|=|:|is))", r"[ \t]{0,3}[\"']?[!-~]{8,200}", before="")


def _pattern(*forms: Form) -> str:
    return "|".join(form.before + form.tells + form.after for form in forms)


_FORMS = (*chain.from_iterable(_ISSUED.values()), _ASSIGNED)
TELLING = "|".join(dict.fromkeys((r"\b" if form.before == r"\b" else "") + form.tells for form in _FORMS))
_ANY = scanner(_pattern(*_FORMS))
_EACH = {kind: scanner(_pattern(*forms)) for kind, forms in _ISSUED.items()}
_ASSIGNMENT = scanner(_pattern(_ASSIGNED))
_NAME_AND_MARK = re.compile(rb"^[A-Za-z_\-]+[\"']? {0,3}(?::=|=>|=|:|is)[ \t]{0,3}[\"']?", re.IGNORECASE)
_VALUE = re.compile(rb"[^\s\"',;<>(){}\[\]`|]{8,200}")  # on one match of at most 200: linear
_PLACEHOLDER = re.compile(rb"x{4,}|\*{3,}|\.{3,}|example|your[_\-]|change[_\-]?me|placeholder|://", re.IGNORECASE)
_BITS_MIN = 2.75  # a character's surprise by the letters of the value itself; words in one case stay below
_PRIVATE_END = b"-----END"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands in the folded text, and whose it is."""

    kind: str
    start: int
    end: int


def find_secrets(text: str) -> SecretsFound:
    """The fact for policy: how many of which kind."""
    return SecretsFound(dict(Counter(secret.kind for secret in secrets_in(folded(text).data))))


def secrets_in(data: bytes) -> list[Secret]:
    """From the left, none inside another. A private key without an end goes on to the end of the text."""
    if not _ANY.search(data):
        return []
    found = sorted([*_issued(data), *_assigned(data)], key=lambda secret: (secret.start, -secret.end))
    apart: list[Secret] = []
    for secret in found:
        if not apart or secret.start >= apart[-1].end:
            apart.append(secret)
    return apart


def _issued(data: bytes) -> Iterator[Secret]:
    for kind, pattern in _EACH.items():
        for match in pattern.finditer(data):
            start, end = match.span()
            if kind == "private_key":
                end = _private_end(data, end)
            yield Secret(kind, start, end)


def _private_end(data: bytes, begun: int) -> int:
    at = data.find(_PRIVATE_END, begun)
    if at < 0:
        return len(data)
    line = data.find(b"KEY", at)
    return len(data) if line < 0 else data.find(b"-----", line) + 5 if data.find(b"-----", line) > 0 else len(data)


def _assigned(data: bytes) -> Iterator[Secret]:
    for match in _ASSIGNMENT.finditer(data):
        start, end = match.span()
        head = _NAME_AND_MARK.match(data[start:end])
        value = _VALUE.match(data, start + head.end(), end) if head else None
        if value and _surprising(value.group().rstrip(b".")):
            yield Secret("password", value.start(), value.start() + len(value.group().rstrip(b".")))


def _surprising(value: bytes) -> bool:
    """Not a word, a name of a variable or an example: mixed kinds of characters, and little repetition (Shannon)."""
    if len(value) < 8 or _PLACEHOLDER.search(value) or value.startswith((b"$", b"%", b"os.", b"process.")):
        return False
    kinds = sum((any(map(_lower, value)), any(map(_upper, value)), any(map(_digit, value)), not value.isalnum()))
    if kinds < 2 or not (any(map(_digit, value)) or kinds > 2):
        return False
    return bits_a_character(value) >= _BITS_MIN


def _lower(char: int) -> bool:
    return 97 <= char <= 122


def _upper(char: int) -> bool:
    return 65 <= char <= 90


def _digit(char: int) -> bool:
    return 48 <= char <= 57


def bits_a_character(value: bytes) -> float:
    """Shannon's entropy of the value's own characters, in bits: C. E. Shannon, 1948, section 6."""
    counts = Counter(value)
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
