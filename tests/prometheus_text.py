"""A strict reader of the text format of Prometheus (0.0.4): whatever a scraper would refuse or misread raises here."""

import math
import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>[^ ]+)")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
KINDS = {"counter", "gauge", "histogram"}
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}
Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Read:
    """One family. `samples` are by the whole name and the labels, in order."""

    name: str
    words: str
    kind: str = ""
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


def families(page: str) -> dict[str, Read]:
    """The families of a page. Raises AssertionError for what is not exactly in the format."""
    assert not page or page.endswith("\n"), "the last line has no end"
    found: dict[str, Read] = {}
    now: Read | None = None
    for line in page.split("\n")[:-1]:
        assert line.strip() == line != "", f"a line that says nothing, or spaces around it: {line!r}"
        if line.startswith("# HELP "):
            name, _, words = line.removeprefix("# HELP ").partition(" ")
            assert NAME.fullmatch(name), line
            assert name not in found, f"{name} is there twice, or not in one piece"
            assert not re.search(r"\\(?![\\n])", words), line
            now = found[name] = Read(name, words)
        elif line.startswith("# TYPE "):
            name, _, kind = line.removeprefix("# TYPE ").partition(" ")
            assert now is not None, line
            assert (name, kind in KINDS, now.kind, now.samples) == (now.name, True, "", {}), line
            now.kind = kind
        else:
            assert now is not None, line
            _sample(line, now)
    for one in found.values():
        _judge(one)
    return found


def fallen(before: str, after: str) -> list[str]:
    """Counters, and parts of histograms, that are less on a later page, or not there any more."""
    later = {key: value for one in families(after).values() for key, value in one.samples.items()}
    return [
        f"{key}: {value} and then {later.get(key)}"
        for one in families(before).values()
        if one.kind != "gauge"
        for key, value in one.samples.items()
        if later.get(key, -math.inf) < value
    ]


def _sample(line: str, of: Read) -> None:
    match = SAMPLE.fullmatch(line)
    assert match, line
    suffixes = SUFFIXES.get(of.kind, ("",))
    assert of.kind, f"no type is said of {line}"
    assert match["name"] in {of.name + suffix for suffix in suffixes}, line
    value = float(match["value"])
    assert math.isfinite(value), line
    key = (match["name"], _labels(match["labels"] or ""))
    assert key not in of.samples, f"twice: {line}"
    of.samples[key] = value


def _labels(text: str) -> Labels:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = LABEL.match(text, at)
        assert match, text
        found.append((match[1], re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), match[2])))
        at = match.end()
    assert not text.endswith(","), text
    assert len({name for name, _ in found}) == len(found), f"a label twice: {text}"
    return tuple(sorted(found))


def _judge(one: Read) -> None:
    assert one.kind, f"{one.name} has no type"
    if one.kind == "counter":
        assert one.name.endswith("_total"), one.name
    if one.kind != "gauge":
        assert all(value >= 0 for value in one.samples.values()), one.name
    if one.kind == "histogram":
        _judge_histogram(one)


def _judge_histogram(one: Read) -> None:
    series: dict[Labels, list[tuple[float, float]]] = {}
    for (name, labels), value in one.samples.items():
        rest = tuple(label for label in labels if label[0] != "le")
        if name.endswith("_bucket"):
            series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
        else:
            assert rest == labels, name
    for labels, buckets in series.items():
        ends, counts = zip(*buckets, strict=True)
        assert list(ends) == sorted(set(ends)), f"{one.name}: ends are not in order"
        assert ends[-1] == math.inf, one.name
        assert list(counts) == sorted(counts), f"{one.name}: counts are not cumulative"
        assert one.samples[f"{one.name}_count", labels] == counts[-1], one.name
        assert (f"{one.name}_sum", labels) in one.samples, one.name
    assert len(one.samples) == sum(len(buckets) + 2 for buckets in series.values()), one.name
