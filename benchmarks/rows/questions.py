"""The public questions that heuristics and models are compared on, with their official splits."""

import csv
import gzip
import json
from pathlib import Path
from typing import NamedTuple


class NotThere(Exception):
    """An optional input is missing; the message says which."""


class Questions(NamedTuple):
    """Texts and the labels that people gave them."""

    texts: list[str]
    labels: list[str]


def banking77(data: Path, part: str) -> Questions:
    """`part`: train or test."""
    path = data / "triage_banking77" / f"{part}.csv.gz"
    if not path.is_file():
        raise NotThere("triage_banking77 is not in $INTERLOCK_DATA")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Questions([row["text"] for row in rows], [row["category"] for row in rows])


def clinc150(data: Path, part: str) -> Questions:
    """`part`: train, val, test (in scope), oos_train, oos_val or oos_test."""
    path = data / "triage_clinc150_oos" / "data_full.json.gz"
    if not path.is_file():
        raise NotThere("triage_clinc150_oos is not in $INTERLOCK_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = json.load(file)[part]
    return Questions([text for text, _ in pairs], [label for _, label in pairs])
