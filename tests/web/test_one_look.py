"""Pages look up whose the workflows are once, however many they list."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from governed import DEFINITION, House
from web_desk import PEOPLE, Given, web_desk

OWNER = {"acme owner": ("Amy Acme", ("value-owner@tenant/acme",))}


class Counted(Given):
    """Tenants that count how often somebody looks."""

    looks = 0

    def all(self) -> Mapping[str, str]:
        type(self).looks += 1
        return super().all()

    def of(self, workflow: str) -> str | None:
        type(self).looks += 1
        return super().of(workflow)


@pytest.mark.parametrize("address", ["/stand-up", "/portfolio", "/evidence/add", "/instruments/readiness-scorecard"])
def test_a_page_looks_no_oftener_where_there_are_more_workflows(address: str, house: House) -> None:
    looks = []
    with web_desk(house.rt, {**PEOPLE, **OWNER}, tenants=Counted({"billing": "acme"})) as desk:
        for names in (("billing", "triage"), ("parcels", "returns", "claims")):
            for name in names:
                house.define(replace(DEFINITION, name=name))
            Counted.looks = 0
            assert desk.get(address, "acme owner").status_code == 200
            looks.append(Counted.looks)
    assert looks[0] == looks[1] > 0
