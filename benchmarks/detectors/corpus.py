"""Texts with and without an attempt to take over a model, from public sets, split so that both halves share nothing.

Near-identical texts (a third of their five-word shingles in common) stay in one half: a hash of their group says which.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

SHINGLE_WORDS = 5
SHARED_MIN = 1 / 3
COMMON = 400  # a shingle in more texts than this is a turn of phrase and joins nothing
EACH_BUSINESS_SET = 2_500


@dataclass(frozen=True)
class Text:
    """One text, where it is from, and whether it is an attempt."""

    source: str
    text: str
    attempt: bool


def texts(data: Path, *, hard: bool = False) -> list[Text]:
    """All of them, in the order of their sets; `hard`: only prompts and requests, which are difficult to tell."""
    business = (_business, _documents, _complaints, _questions, _passages, _descriptions)
    sets = (_prompts, _requests) if hard else (_prompts, _requests, *business)
    found = [replace(text, text=unescape(unescape(text.text))) for each in sets for text in each(data)]
    return list({text.text: text for text in found if text.text.strip()}.values())


def halves(found: list[Text]) -> tuple[list[Text], list[Text]]:
    """The half to tune on and the half to report."""
    parts: tuple[list[Text], list[Text]] = ([], [])
    for text, group in zip(found, groups(found), strict=True):
        parts[hashlib.sha256(found[group].text.encode()).digest()[0] % 2].append(text)
    return parts


def groups(found: list[Text]) -> list[int]:
    """For each text the number of the first one of its group."""
    leader = list(range(len(found)))
    shingles = [_shingles(text.text) for text in found]
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, each in enumerate(shingles):
        for shingle in each:
            where[shingle].append(n)
    for n, each in enumerate(shingles):
        rare = (where[shingle] for shingle in each if len(where[shingle]) <= COMMON)
        shared = Counter(other for others in rare for other in others if other < n)
        for other, count in shared.items():
            if count >= SHARED_MIN * min(len(each), len(shingles[other])):
                first, second = sorted((_lead(leader, n), _lead(leader, other)))
                leader[second] = first
    return [_lead(leader, n) for n in range(len(found))]


def _lead(leader: list[int], n: int) -> int:
    while leader[n] != n:
        leader[n] = leader[leader[n]]
        n = leader[n]
    return n


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    if len(words) <= SHINGLE_WORDS:
        return {tuple(words)}
    return {tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)}


def _prompts(data: Path) -> Iterator[Text]:
    with gzip.open(data / "guardrail_prompts/prompts.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            source = "NotInject" if row["source"].startswith("NotInject") else row["source"].partition("_")[0]
            yield Text(source, row["text"], row["label"] == "malicious")


def _business(data: Path) -> Iterator[Text]:
    for half in ("train", "test"):
        with gzip.open(data / f"triage_banking77/{half}.csv.gz", "rt") as lines:
            rows = [row["text"] for row in csv.DictReader(lines)]
        yield from (Text("banking77", text, attempt=False) for text in rows[: EACH_BUSINESS_SET // 2])
    full = json.loads(gzip.decompress((data / "triage_clinc150_oos/data_full.json.gz").read_bytes()))
    rows = [text for part in ("train", "oos_train", "oos_test") for text, _ in full[part]]
    yield from (Text("clinc150", text, attempt=False) for text in rows[:: max(1, len(rows) // EACH_BUSINESS_SET)])


def _documents(data: Path) -> Iterator[Text]:
    for archive in sorted((data / "kb_sop_docs").glob("*.tar.gz")):
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive.read_bytes()))) as files:
            for member in files.getmembers():
                file = files.extractfile(member) if member.name.endswith(".md") else None
                if file is not None:
                    yield Text("sop_docs", file.read().decode("utf-8", "replace"), attempt=False)


def _complaints(data: Path) -> Iterator[Text]:
    with gzip.open(data / "triage_cfpb_complaints_sample/complaints_sample.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            if row["Consumer complaint narrative"]:
                yield Text("complaints", row["Consumer complaint narrative"], attempt=False)


def _questions(data: Path) -> Iterator[Text]:
    """Questions that a model should refuse or should not: neither is an attempt to take it over."""
    with (data / "judge_xstest/xstest_prompts.csv").open() as lines:
        for row in csv.DictReader(lines):
            yield Text("xstest", row["prompt"], attempt=False)


def _requests(data: Path) -> Iterator[Text]:
    """What people ask of assistants, and what these answer."""
    with gzip.open(data / "judge_llmbar/instances.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            yield from (Text("llmbar", row[part], attempt=False) for part in ("input", "output_1", "output_2"))


def _passages(data: Path) -> Iterator[Text]:
    """What a search gives to a model."""
    with gzip.open(data / "kb_clapnq_dev/clapnq_dev_answerable.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            yield Text("clapnq", f"{row['input']}\n{row['passages'][0]['text']}", attempt=False)


def _descriptions(data: Path) -> Iterator[Text]:
    """Technical text about models, prompts and instructions."""
    document = json.loads(gzip.decompress((data / "api_specs/openai_openapi.json.gz").read_bytes()))
    for text in _described(document):
        if len(text.split()) >= SHINGLE_WORDS:
            yield Text("api_descriptions", text, attempt=False)


def _described(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "description" and isinstance(value, str):
                yield value
            else:
                yield from _described(value)
    elif isinstance(part, list):
        for value in part:
            yield from _described(value)
