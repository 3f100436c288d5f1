"""The web application in this process, over a house of tests: somebody in each role can look at it and send forms."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from interlock.engine.access.permissions import role_at
from interlock.flows.action.runtime import RunTime
from interlock.surfaces.web.site import Site
from interlock.surfaces.web.visitor import COOKIE, csrf_of
from interlock.terms.access import Caller
from interlock.wiring.site import site_over, web_over

# Who is signed in as what, unless a test says otherwise; the owners are those of governed.DEFINITION.
PEOPLE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "leader": ("Lena Vogt", ("leader",)),
    "value owner": ("Ana Ruiz", ("value-owner",)),
    "safety owner": ("Ben Okafor", ("safety-owner",)),
    "reviewer": ("Carla Nunes", ("reviewer",)),
    "second reviewer": ("Rosa Lind", ("reviewer",)),
    "operator": ("Olga Petrov", ("operator",)),
    "auditor": ("Dev Rao", ("auditor",)),
    "administrator": ("Eli Sand", ("administrator",)),
    "acme reviewer": ("Amy Acme", ("reviewer@tenant/acme",)),
    "acme auditor": ("Abe Acme", ("auditor@tenant/acme",)),
    "outsider": ("Otto Out", ()),
}


@dataclass(frozen=True)
class Given:
    """Tenants for tests: which workflows were given to which."""

    tenants: Mapping[str, str]

    def all(self) -> Mapping[str, str]:
        return self.tenants

    def of(self, workflow: str) -> str | None:
        return self.tenants.get(workflow)

    def given(self, tenant: str) -> tuple[str, ...]:
        return tuple(sorted(workflow for workflow, has in self.tenants.items() if has == tenant))


@dataclass
class SignedIn:
    """Sessions for tests: the cookie is the role, and nobody had to type a password."""

    people: dict[str, Caller]
    any: bool = True

    def known(self, cookie: str | None, *, in_use: bool = True) -> Caller | None:
        return self.people.get(cookie or "")


def callers(people: Mapping[str, tuple[str, Sequence[str]]] = PEOPLE) -> dict[str, Caller]:
    """Callers by what they are called in tests, spelled as a cookie can be."""
    return {_cookie(kind): Caller(name, frozenset(map(role_at, roles))) for kind, (name, roles) in people.items()}


@dataclass
class WebDesk:
    """Pages, asked for as somebody: `as_` is one of PEOPLE, None for nobody."""

    client: TestClient
    site: Site
    sessions: SignedIn

    def get(self, path: str, as_: str | None = "leader", **headers: str) -> Any:
        return self.client.get(path, headers={**_signed_in(as_), **headers}, follow_redirects=False)

    def post(
        self,
        path: str,
        form: Mapping[str, Any],
        as_: str | None = "leader",
        *,
        forged: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a form as the page of that visitor would; `forged`: as another site would, which knows no token."""
        csrf = {} if forged or as_ is None else {"csrf": csrf_of(_cookie(as_))}
        sent = {**(headers or {}), **_signed_in(as_)}
        return self.client.post(path, data={**csrf, **form}, headers=sent, follow_redirects=False)

    def followed(self, path: str, form: Mapping[str, Any], as_: str = "leader") -> Any:
        """Send a form and open the page that it leads to."""
        answer = self.post(path, form, as_)
        assert answer.status_code == 303, text_of(answer)
        return self.get(answer.headers["location"], as_)


@contextmanager
def web_desk(rt: RunTime, people: Mapping[str, tuple[str, Sequence[str]]] = PEOPLE, **more: Any) -> Iterator[WebDesk]:
    """The application over a run time; `more` replaces parts of its Site."""
    sessions = SignedIn(callers(people))
    site = site_over(rt, sessions=sessions, **more)
    with TestClient(web_over(site), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield WebDesk(client, site, sessions)


def text_of(answer: Any) -> str:
    """What a page says, without its markup, blanks in one."""
    reader = _Text()
    reader.feed(answer.text)
    return " ".join(" ".join(reader.said).split())


def title_of(answer: Any) -> str:
    """What the page's heading says."""
    head = answer.text.partition("<h1")[2].partition(">")[2].partition("</h1>")[0]
    reader = _Text()
    reader.feed(head)
    return " ".join("".join(reader.said).split())


@dataclass
class _Text(HTMLParser):
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _cookie(kind: str) -> str:
    return kind.replace(" ", "-")


def _signed_in(as_: str | None) -> dict[str, str]:
    return {} if as_ is None else {"cookie": f"{COOKIE}={_cookie(as_)}"}
