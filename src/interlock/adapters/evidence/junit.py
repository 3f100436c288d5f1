"""JUnit XML: how many tests ran, and how they ended. Cases are counted, not the sums that the file claims."""

import datetime as dt
from collections.abc import Mapping

from interlock.adapters.evidence.source_file import SourceFile, count, time_of
from interlock.adapters.evidence.xml_events import read_elements
from interlock.terms.errors import BadInput
from interlock.terms.evidence import EvidenceClass
from interlock.terms.imported import Imported

NAMES_MAX = 20
NAME_CHARS_MAX = 300
ENDINGS = {"failure": "failures", "error": "errors", "skipped": "skipped"}
NOT_RUN = frozenset({"notrun", "skipped", "disabled", "suppressed"})  # GoogleTest says so in `status` or `result`
RERUNS = frozenset({"flakyFailure", "flakyError", "rerunFailure", "rerunError"})


class _Suites:
    def __init__(self, name: str) -> None:
        self.file = name
        self.counts = {"n": 0, "failures": 0, "errors": 0, "skipped": 0, "flaky": 0}
        self.names: dict[str, list[str]] = {"failed": [], "flaky": []}
        self.claimed: dict[str, int] = {}
        self.suites = 0
        self.newest: dt.datetime | None = None
        self.zoned = True
        self._case: str | None = None
        self._ended: set[str] = set()
        self._suite_depth = 0

    def begun(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        place = f"{self.file}: line {line}"
        if name == "testsuites":
            self._date(attributes, place)
        elif name == "testsuite":
            self._suite(attributes, place)
        elif name == "testcase":
            self._case = f"{attributes.get('classname', '')}.{attributes.get('name', '')}".strip(".")[:NAME_CHARS_MAX]
            said = {attributes.get(word, "").lower() for word in ("status", "result")}
            self._ended = {"skipped"} if said & NOT_RUN else set()
        elif self._case is not None:
            if name in ENDINGS:
                self._ended.add(ENDINGS[name])
            elif name in RERUNS:
                self._ended.add("flaky")

    def ended(self, name: str) -> None:
        if name == "testsuite":
            self._suite_depth -= 1
        if name != "testcase" or self._case is None:
            return
        self.counts["n"] += 1
        # A case that failed and then broke its teardown counts once, as what is worse.
        ending = next((word for word in ("errors", "failures", "skipped") if word in self._ended), None)
        if ending is not None:
            self.counts[ending] += 1
        if ending in {"errors", "failures"}:
            self._keep("failed", self._case)
        if "flaky" in self._ended and ending is None:
            self.counts["flaky"] += 1
            self._keep("flaky", self._case)
        self._case = None

    def _suite(self, attributes: Mapping[str, str], place: str) -> None:
        self.suites += 1
        if self._suite_depth == 0:
            for word in ("tests", "failures", "errors"):
                if attributes.get(word, "").strip():
                    claim = count(attributes[word], place=f"{place}: {word}")
                    self.claimed[word] = self.claimed.get(word, 0) + claim
        self._suite_depth += 1
        self._date(attributes, place)

    def _date(self, attributes: Mapping[str, str], place: str) -> None:
        at, zoned = time_of(attributes.get("timestamp"), place=f"{place}: timestamp")
        if at is not None and (self.newest is None or at > self.newest):
            self.newest, self.zoned = at, zoned

    def _keep(self, which: str, name: str) -> None:
        if len(self.names[which]) < NAMES_MAX:
            self.names[which].append(name)


def read_junit(file: SourceFile) -> tuple[Imported, ...]:
    """Raises BadInput where there is no suite in it, or where it claims more tests or failures than it holds."""
    suites = _Suites(file.name)
    read_elements(file, suites.begun, suites.ended)
    if not suites.suites:
        raise BadInput(
            f"{file.name}: there is no <testsuite> in it, so this is no JUnit report; --kind says what it is"
        )
    found = suites.counts
    bad = found["failures"] + found["errors"]
    claimed_bad = suites.claimed.get("failures", 0) + suites.claimed.get("errors", 0)
    if suites.claimed.get("tests", 0) > found["n"] + found["errors"] or claimed_bad > bad:
        raise BadInput(
            f"{file.name}: it claims {suites.claimed.get('tests', 0)} tests, {claimed_bad} of them failed, and holds "
            f"{found['n']}, {bad} failed: parts are missing; write the report again"
        )
    passed = found["n"] - bad - found["skipped"]
    body = {**found, "passed": passed, "failed_names": suites.names["failed"], "flaky_names": suites.names["flaky"]}
    digest, size = file.sha256, file.size_bytes
    return (
        Imported(
            "tests", EvidenceClass.EXECUTED, "JUnit XML", body, file.name, digest, size, suites.newest, suites.zoned
        ),
    )
