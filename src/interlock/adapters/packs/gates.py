"""Reading packs of gates; an error names the file, the line, the field and the mend."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from interlock.adapters.definitions.text_file import text_of
from interlock.adapters.packs.own_pack import own_packs
from interlock.adapters.packs.problem_words import problem_words
from interlock.adapters.packs.written_part import written_part
from interlock.terms.gate import Gate, GateCheck, GatePack

OWN = ("readiness", "stages", "conditions")
READS_STATEMENTS = "use case"  # the probe that is told the words by which a problem statement is read


class _Check(BaseModel):
    # What a probe is told stands beside these fields: probes differ in it.
    model_config = ConfigDict(extra="allow", frozen=True)
    id: str = Field(min_length=1)
    asks: str = Field(min_length=1)
    probe: str = Field(min_length=1)
    next_step: str = Field(min_length=1)
    safety: bool = False

    def term(self, gate: str) -> GateCheck:
        told = dict(self.model_extra or {})
        if self.probe == READS_STATEMENTS:
            told["words"] = problem_words()
        return GateCheck(self.id, self.asks, self.probe, self.next_step, told, self.safety, gate)


class _Gate(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(min_length=1)
    title: str
    question: str
    prevents: str
    decided_by: str
    checks: tuple[_Check, ...] = Field(min_length=1)

    def term(self) -> Gate:
        checks = tuple(check.term(self.id) for check in self.checks)
        return Gate(self.id, self.title, self.question, self.prevents, self.decided_by, checks)


class _Pack(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    pack: str = Field(min_length=1)
    version: str
    title: str
    gates: tuple[_Gate, ...] = Field(min_length=1)

    def term(self) -> GatePack:
        return GatePack(self.pack, self.version, self.title, tuple(gate.term() for gate in self.gates))


def read_gates(added: Path | None = None) -> tuple[GatePack, ...]:
    """The packs of the product, and one more from a file. Raises BadInput where a file is no pack of gates."""
    if added is None:
        return _own()
    text = text_of(added, ending=".yaml", kind="a pack of gates is a short YAML file")
    return (*_own(), written_part(str(added), text, _Pack, what="pack of gates").term())


@cache
def _own() -> tuple[GatePack, ...]:
    packs = own_packs("gates")
    return tuple(_Pack.model_validate(packs[name]).term() for name in OWN)
