"""The HTTP API in this process, over a house of tests: asked as a person, by the token in their name."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from governed import CARLA, House
from interlock.engine.access.permissions import role_at
from interlock.flows.access.tokens import create_token
from interlock.wiring.server import opened_server


@dataclass
class TokenDesk:
    """Answers of the API; `as_` is whose token is presented, None for nobody's."""

    client: TestClient
    tokens: Mapping[str, str]

    def get(self, path: str, as_: str | None, **query: Any) -> Any:
        return self.client.get(f"/v1{path}", params=query, headers=self._headers(as_))

    def post(self, path: str, body: Mapping[str, Any], as_: str | None) -> Any:
        return self.client.post(f"/v1{path}", json=body, headers=self._headers(as_))

    def _headers(self, as_: str | None) -> dict[str, str]:
        return {} if as_ is None else {"authorization": f"Bearer {self.tokens[as_]}"}


@contextmanager
def token_desk(house: House, roles: Mapping[str, str]) -> Iterator[TokenDesk]:
    """The API over the store of a house, which is closed; each person has a token with these roles."""
    tokens = {
        name: create_token(
            house.store, name, map(role_at, held.split()), by=CARLA, clock=house.clock, randomness=os.urandom
        )
        for name, held in roles.items()
    }
    house.store.close()
    with opened_server(house.address) as server:
        yield TokenDesk(TestClient(server.api, base_url="http://127.0.0.1"), tokens)
