"""The HTTP API in this process, over a house of tests: asked with tokens that hold the roles which name them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from governed import ANA, House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tokens import create_token
from interlock.terms.ledger import LedgerEntry
from interlock.wiring.server import opened_server


@dataclass
class Api:
    """Requests with tokens, each of one role."""

    house: House
    client: TestClient
    tokens: dict[str, str]

    def as_(self, *roles: str) -> str:
        name = " ".join(roles)
        if name not in self.tokens:
            held = map(role_at, roles)
            self.tokens[name] = create_token(
                self.house.store,
                f"Person {len(self.tokens)}",
                held,
                by=ANA,
                clock=self.house.clock,
                randomness=os.urandom,
            )
        return self.tokens[name]

    def get(self, path: str, *roles: str, **query: Any) -> Any:
        return self.client.get(f"/v1{path}", params=query, headers=self._bearer(roles))

    def post(self, path: str, body: Any, *roles: str) -> Any:
        return self.client.post(f"/v1{path}", json=body, headers=self._bearer(roles))

    def _bearer(self, roles: tuple[str, ...]) -> dict[str, str]:
        return {"authorization": f"Bearer {self.as_(*roles)}"}

    def entries(self, kind: str) -> list[LedgerEntry]:
        with self.house.store.reading() as reading:
            return list(reading.entries_of(kind))

    def last_entry(self) -> int:
        with self.house.store.reading() as reading:
            return reading.last_entry()


@contextmanager
def served(house: House) -> Iterator[Api]:
    with opened_server(str(house.path)) as server:
        yield Api(house, TestClient(server.api, base_url="http://127.0.0.1", raise_server_exceptions=False), {})
