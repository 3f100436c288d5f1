"""A browser before the real way in: accounts, passwords and sessions as they are, over a house of tests."""

import re
from typing import Any

from starlette.testclient import TestClient

from entrance_desk import PASSWORD, Desk
from governed import House
from interlock.wiring.site import site_over, web_over


class Door:
    """The real way in over an empty house, and a browser before it."""

    def __init__(self, house: House, base: str = "http://127.0.0.1", **more: Any) -> None:
        self.desk = Desk(house.store, house.now, more)
        self.site = site_over(house.rt, sessions=self.desk.entrance.sessions, entrance=self.desk.entrance)
        self.browser = TestClient(web_over(self.site), base_url=base, raise_server_exceptions=False)

    def get(self, path: str) -> Any:
        return self.browser.get(path, follow_redirects=False)

    def post(self, path: str, headers: Any = None, **form: str) -> Any:
        return self.browser.post(path, data=form, headers=headers, follow_redirects=False)

    def sign_in(self, name: str = "Ana Ruiz", password: str = PASSWORD, **form: str) -> Any:
        return self.post("/sign-in", name=name, password=password, **form)

    def csrf(self, path: str = "/account") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get(path).text)
        assert found is not None
        return found[1]
