"""The authored sample portfolio that ships with Interlock."""

import datetime as dt
import re
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from interlock.adapters.definitions.schema import WorkflowFile
from interlock.adapters.packs.organisation import read_organisation
from interlock.adapters.packs.own_pack import own_content
from interlock.terms.measured import Bucket, Severity
from interlock.terms.sample import SampleIncident, SampleInitiative, SamplePortfolio, SampleSheet, SampleWaiver
from interlock.terms.stage import RolloutStage

DAY = re.compile(r"today([+-]\d+)")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Kpi(_Part):
    values: tuple[float, ...]
    within: float


class _Incident(_Part):
    title: str
    severity: Severity
    owner: str
    opened: int
    closed: int | None = None
    redline: bool = False
    lesson: str = ""


class _Waiver(_Part):
    gate: str
    check: str
    by: str
    reason: str
    given: int
    ends_in: int


class _Sheet(_Part):
    instrument: str
    vendor: str
    by: str
    given: int
    answers: dict[str, Any]


class _File(_Part):
    trouble: str = ""
    proposed_by: str
    begins: int
    reaches: dict[RolloutStage, int] = Field(default_factory=dict)
    cases_a_month: int = 0
    wrong_a_month: int = 0
    kpis: dict[str, _Kpi] = Field(default_factory=dict)
    money: dict[Bucket, tuple[float, ...]] = Field(default_factory=dict)
    incidents: tuple[_Incident, ...] = ()
    waiver: _Waiver | None = None
    burst: int = 0
    sheets: tuple[_Sheet, ...] = ()
    definition: WorkflowFile


def read_sample_portfolio(today: dt.date) -> SamplePortfolio:
    """The sample as of a day: dates in its definitions are written as days from today."""
    folder = resources.files("interlock") / "packs" / "samples" / "portfolio"
    with resources.as_file(folder) as files:
        organisation = read_organisation(files / "organisation.yaml")
        paths = sorted(path for path in files.glob("*.yaml") if path.name != "organisation.yaml")
        return SamplePortfolio(organisation, tuple(_initiative(path.read_text("utf-8"), today) for path in paths))


def read_live_initiative(today: dt.date) -> SampleInitiative:
    """The workflow that is at work while the sample is served, as of a day."""
    file = resources.files("interlock") / "packs" / "samples" / "live" / "message-triage.yaml"
    return _initiative(file.read_text("utf-8"), today)


def _initiative(text: str, today: dt.date) -> SampleInitiative:
    dated = DAY.sub(lambda found: f"'{today + dt.timedelta(days=int(found[1]))}'", text)
    content: Any = own_content(dated)
    read = _File.model_validate(content)
    return SampleInitiative(
        definition=read.definition.definition(),
        trouble=read.trouble,
        proposed_by=read.proposed_by,
        begins=read.begins,
        reaches=read.reaches,
        cases_a_month=read.cases_a_month,
        wrong_a_month=read.wrong_a_month,
        kpis={name: (one.values, one.within) for name, one in read.kpis.items()},
        money=read.money,
        incidents=tuple(SampleIncident(**one.model_dump()) for one in read.incidents),
        waiver=None if read.waiver is None else SampleWaiver(**read.waiver.model_dump()),
        burst=read.burst,
        sheets=tuple(SampleSheet(**one.model_dump()) for one in read.sheets),
    )
