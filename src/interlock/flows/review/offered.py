"""Labels that a reviewer can choose from."""

from collections.abc import Iterator
from itertools import islice

from interlock.ports.store import Reading

NEWEST = 50  # cases whose proposals are looked at beside the certificate
LABELS_MAX = 100


def offered_labels(reading: Reading, workflow: str, *, tenant: str | None) -> tuple[str, ...]:
    """The labels of a workflow by name: its certificate's, and those proposed for its newest cases that name `tenant`.

    The same for every case of a tenant (None: that names none): the choice must not tell a blind reviewer what was
    proposed for this one, nor anybody what was proposed for another tenant's.
    """
    row = reading.workflow(workflow)
    certified = () if row is None or row.grant is None else row.grant.get("labels") or ()
    labels = {str(label).strip() for label in (*certified, *_proposed(reading, workflow, tenant))} - {""}
    return tuple(sorted(labels))[:LABELS_MAX]


def _proposed(reading: Reading, workflow: str, tenant: str | None) -> Iterator[str]:
    for case in islice(reading.cases_back(workflow), NEWEST):
        row = reading.decision(case.key) if case.tenant == tenant else None
        if row is not None:
            yield str(row.inputs["proposal"]["label"])
