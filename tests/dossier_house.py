"""A workflow for tests of its dossier: with KPIs and segments, given to a tenant or not."""

from dataclasses import dataclass, replace

from staged import READY

DEFINITION = replace(READY, initiative=replace(READY.initiative, segments=("north", "south")))


@dataclass
class Given:
    """Which tenant the workflow was given to."""

    tenant: str | None = None

    def all(self) -> dict[str, str]:
        return {} if self.tenant is None else {"triage": self.tenant}

    def of(self, workflow: str) -> str | None:
        return self.all().get(workflow)

    def given(self, tenant: str) -> tuple[str, ...]:
        return ("triage",) if tenant == self.tenant else ()
